"""Conversations for tests, made at once; and what pages of them show, worked out simply."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from sqlalchemy import insert

from app.extensions import db
from app.models import Post, User, Visibility
from app.models.base import utc_now
from app.models.ids import new_id, time_of
from app.services.thread_places import ANCESTORS, CANDIDATES, LEVELS, REPLIES
from app.services.threads import SPREAD, Branch, Conversation


@dataclass(frozen=True, slots=True)
class Planted:
    """A post of a conversation that was made for a test.

    :ivar state: "shown", "hidden" from everybody but its author, or "gone"
    """

    id: int
    parent_id: int | None
    state: str


def plant(
    author: User,
    parents: Sequence[int | None],
    states: Sequence[str],
    texts: Sequence[str] = ("Soup",),
) -> list[Planted]:
    """Make a conversation in one go; each post is given by the number of the one it replies to.

    :param texts: what they say, one after the other and again
    """
    ids = [new_id() for _ in parents]
    planted = [
        Planted(id_, None if parent is None else ids[parent], state)
        for id_, parent, state in zip(ids, parents, states, strict=True)
    ]
    said = zip(planted, cycle(texts), strict=False)
    rows = [_columns(author, post, ids[0], text) for post, text in said]
    db.session.execute(insert(Post), rows)
    db.session.commit()
    return planted


def _columns(author: User, post: Planted, conversation_id: int, text: str) -> dict[str, object]:
    is_gone = post.state == "gone"
    return {
        "id": post.id,
        "author_id": author.id,
        "text": "" if is_gone else text,
        "html": "" if is_gone else f"<p>{text}</p>",
        "renderer_version": 1,
        "visibility": Visibility.DIRECT if post.state == "hidden" else Visibility.PUBLIC,
        "in_reply_to_id": post.parent_id,
        "conversation_id": conversation_id,
        "uri": f"test:{post.id}",
        "created_at": time_of(post.id),
        "deleted_at": utc_now() if is_gone else None,
    }


def grow(seed: int, size: int) -> tuple[list[int | None], list[str]]:
    """Return the shape of a conversation: some posts have many replies, and some lines are long."""
    dice = random.Random(seed)
    below = [
        min(dice.choice([0, 1, 2, dice.randrange(number), number - 1]), number - 1)
        for number in range(1, size)
    ]
    states = dice.choices(["shown", "gone", "hidden"], [7, 2, 1], k=size)
    return [None, *below], ["shown", *states[1:]]


class Model:
    """What pages of a conversation show to somebody who is not its author."""

    def __init__(self, planted: Sequence[Planted], page_size: int) -> None:
        self.posts = {post.id: post for post in planted}
        self.page_size = page_size

    def shown(self) -> list[int]:
        return [post.id for post in self.posts.values() if post.state == "shown"]

    def all_replies(self, id_: int) -> list[int]:
        return sorted(post.id for post in self.posts.values() if post.parent_id == id_)

    def replies(self, id_: int) -> list[int]:
        return [*filter(self.stands, self.all_replies(id_))]

    def found(self, id_: int, size: int, after: int = 0) -> tuple[list[int], int | None]:
        """Return the replies that are found for so many, and the last looked at, if all are."""
        number = CANDIDATES * (size + 1)
        looked_at = [reply for reply in self.all_replies(id_) if reply > after][:number]
        edge = looked_at[-1] if len(looked_at) == number else None
        return [*filter(self.stands, looked_at)][: size + 1], edge

    def stands(self, id_: int) -> bool:
        state = self.posts[id_].state
        return state == "shown" or (state == "gone" and bool(self.replies(id_)))

    def under(self, id_: int) -> Iterator[int]:
        """Yield the living posts below one that can be reached without passing a hidden one."""
        for reply in self.replies(id_):
            if self.posts[reply].state == "shown":
                yield reply
            yield from self.under(reply)

    def page(self, id_: int, after: int = 0) -> tuple[list[tuple], int | None]:
        """Return the branches of a page as `outline` does, and the cursor of the next one."""
        wanted, edge = self.found(id_, self.page_size, after)
        branches: list[tuple] = []
        room = SPREAD * self.page_size
        for reply in wanted[: self.page_size]:
            branch = self._branch(reply, 1)
            room -= _size(branch)
            if branches and room < 0:
                break
            branches.append(branch)
        has_more = len(wanted) > len(branches)
        return branches, branches[-1][0] if has_more else edge

    def _branch(self, id_: int, level: int) -> tuple:
        replies, edge = self.found(id_, REPLIES)
        below = replies[:REPLIES] if level < LEVELS else []
        branches = [self._branch(reply, level + 1) for reply in below]
        has_more = edge is not None or len(replies) > len(below)
        return id_, self.posts[id_].state == "gone", branches, has_more

    def above(self, id_: int) -> tuple[list[int | None], bool, bool]:
        """Return the ancestors on a page, whether one is hidden, and whether there are more."""
        found: list[int | None] = []
        post = self.posts[id_]
        while post.parent_id is not None:
            post = self.posts[post.parent_id]
            if len(found) >= ANCESTORS and any(found):
                return found, False, True
            if post.state == "hidden":
                return found, True, False
            found.insert(0, post.id if post.state == "shown" else None)
        return found, False, False


def outline(branch: Branch) -> tuple:
    return branch.id, branch.row is None, [outline(b) for b in branch.replies], branch.has_more


def _size(branch: tuple) -> int:
    return 1 + sum(map(_size, branch[2]))


def pages(ask: Callable[[int | None], Conversation]) -> Iterator[Conversation]:
    """Yield the pages of replies, one after the other."""
    after = None
    while True:
        page = ask(after)
        yield page
        after = page.after
        if after is None:
            return
