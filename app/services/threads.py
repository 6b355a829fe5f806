"""A post in its conversation: what it replies to, and the tree of replies to it.

However long or deep a conversation is, two statements read a page of it: one finds which posts
stand where, by walking the index (in_reply_to_id, id); one reads them, as any list is read. How
many posts they find is bounded at each step: so many ancestors, so many levels of replies, so many
replies to each. What lies beyond has pages of its own.

Deleted posts keep their places as long as something below them can be seen. A tombstone has no page
of its own: what is too much below one is another page of the nearest living post above it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.extensions import settings
from app.models import User
from app.services import timelines
from app.services.errors import NotFound
from app.services.thread_places import (
    ANCESTORS,
    FARTHEST,
    LEVELS,
    LOOKED_AT,
    REPLIES,
    Place,
    places,
)
from app.services.timelines import PostRow

# How many posts a page may hold for each direct reply that it may hold.
SPREAD = 4


@dataclass(frozen=True, slots=True)
class Branch:
    """A reply, with those to it.

    :ivar row: None for a tombstone
    :ivar has_more: whether there are more replies to it than stand here
    """

    id: int
    row: PostRow | None
    replies: Sequence["Branch"]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """A page of a conversation.

    :ivar ancestors: what the post replies to, the farthest first; None is a tombstone
    :ivar has_earlier: whether there are more of them
    :ivar is_hidden_above: whether they end at one that the viewer may not see
    :ivar replies: the oldest first
    :ivar after: the cursor of the next page of them, if there is one
    """

    post: PostRow
    ancestors: Sequence[PostRow | None]
    has_earlier: bool
    is_hidden_above: bool
    replies: Sequence[Branch]
    after: int | None


def conversation(
    viewer: User | None, post_id: int, *, after: int | None = None, below: int | None = None
) -> Conversation:
    """Return a post with what it replies to and a page of the replies to it.

    :param after: the cursor of the page; None is the first
    :param below: a tombstone of the same conversation whose replies are asked for instead
    :raises NotFound: also if the viewer may not see the post, or it is deleted
    """
    root_id = below or post_id
    found = places(viewer, post_id, root_id, after)
    root = next((place for place in found if place.id == root_id and place.level == 0), None)
    if root is None:
        raise NotFound
    above = [place for place in found if place.level < 0]
    tree = _Tree([place for place in found if place.level > 0])
    replies, cursor = tree.page(root)
    rows = _rows(viewer, [post_id, *tree.living(replies), *(place.id for place in above)])
    if post_id not in rows:
        # Deleted since.
        raise NotFound
    near = _near(above)
    shown = [place for place in near if place.is_gone or place.is_shown]
    return Conversation(
        post=rows[post_id],
        ancestors=[rows.get(place.id) for place in shown],
        has_earlier=len(near) < len(above),
        is_hidden_above=len(shown) < len(near),
        replies=[tree.branch(place, rows) for place in replies],
        after=cursor,
    )


def _near(above: Sequence[Place]) -> Sequence[Place]:
    """Return those of what a post replies to that are shown: up to one that has a page."""
    number = ANCESTORS
    while number < min(len(above), FARTHEST) and all(place.is_gone for place in above[-number:]):
        number += 1
    return above[-number:]


def _rows(viewer: User | None, post_ids: Sequence[int]) -> dict[int, PostRow]:
    return {row.id: row for row in timelines.some(viewer, post_ids)}


class _Tree:
    """The replies that were found, of which a page shows some."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.replies: dict[int | None, list[Place]] = {}
        for place in places:
            self.replies.setdefault(place.parent_id, []).append(place)
        # With as many as are looked at, the last level is not whole, and tells nothing.
        is_whole = len(places) < LOOKED_AT * settings.PAGE_SIZE
        self.depth = LEVELS if is_whole else places[-1].level - 2

    def page(self, root: Place) -> tuple[list[Place], int | None]:
        """Return as many of the direct replies as fit, but one at least, and the next cursor.

        There may be none at all among those that were looked at, and a cursor to those after them.
        """
        size = settings.PAGE_SIZE
        direct = self.replies.get(root.id, [])
        room, number = SPREAD * size, 0
        for place in direct[:size]:
            room -= len([*self.on_page([place])])
            if room < 0 < number:
                break
            number += 1
        return direct[:number], direct[number - 1].id if number < len(direct) else root.edge

    def on_page(self, places: Iterable[Place]) -> Iterator[Place]:
        """Yield replies and all that stands below them on the page."""
        for place in places:
            yield place
            yield from self.on_page(self.below(place))

    def living(self, places: Iterable[Place]) -> list[int]:
        return [place.id for place in self.on_page(places) if not place.is_gone]

    def below(self, place: Place) -> list[Place]:
        """Return the replies to one that stand below it on the page."""
        return self.replies.get(place.id, [])[:REPLIES] if place.level < self.depth else []

    def branch(self, place: Place, rows: dict[int, PostRow]) -> Branch:
        below = self.below(place)
        return Branch(
            id=place.id,
            row=rows.get(place.id),
            replies=[self.branch(reply, rows) for reply in below],
            has_more=place.edge is not None or len(below) < len(self.replies.get(place.id, [])),
        )
