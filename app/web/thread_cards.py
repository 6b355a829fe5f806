"""What the page of a post shows of its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.models import User
from app.services.threads import Branch, Conversation
from app.web.post_cards import PostCard, post_card
from app.web.post_html import post_html


@dataclass(frozen=True, slots=True)
class BranchCard:
    """A reply, with those to it.

    :ivar html: the post; None for a tombstone
    :ivar name: of its author
    :ivar more_path: of the page with the replies to it that are not here; "" for none
    """

    html: Markup | None
    name: str
    replies: Sequence["BranchCard"]
    more_path: str


@dataclass(frozen=True, slots=True)
class ThreadCard:
    """A page of a conversation.

    :ivar ancestors: what the post replies to, the farthest first; None is a tombstone
    :ivar earlier_path: of the page with those before them; "" for none
    :ivar is_below_gone: whether the replies are those to a tombstone instead
    :ivar older: the cursor of the next page of replies, if there is one; the words are a pager's
    """

    post: PostCard
    ancestors: Sequence[Markup | None]
    earlier_path: str
    is_hidden_above: bool
    replies: Sequence[BranchCard]
    is_below_gone: bool
    older: int | None
    older_url: str
    newest_url: str
    is_first: bool


def thread_card(
    found: Conversation, actor: User | None, *, after: int | None, below: int | None
) -> ThreadCard:
    """Make the card of a page of a conversation, from what it was asked for with."""
    post = post_card(found.post, actor)
    first = f"{post.path}?below={below}" if below else post.path
    return ThreadCard(
        post=post,
        ancestors=[
            row and post_html(row, actor, threaded=True, context=False) for row in found.ancestors
        ],
        earlier_path=_earlier_path(found),
        is_hidden_above=found.is_hidden_above,
        replies=[_branch_card(branch, actor, post.path) for branch in found.replies],
        is_below_gone=below is not None,
        older=found.after,
        older_url=f"{first}{'&' if below else '?'}after={found.after}#replies",
        newest_url=f"{first}#replies",
        is_first=after is None,
    )


def _earlier_path(found: Conversation) -> str:
    """Return the path of the highest post that lives, if there are others above it."""
    highest = next((row for row in found.ancestors if row is not None), None)
    if highest is None or not found.has_earlier:
        return ""
    return f"/@{highest.username}/{highest.id}"


def _branch_card(branch: Branch, actor: User | None, living_path: str) -> BranchCard:
    """Make the card of a branch; `living_path` is of the nearest post above it that lives."""
    row = branch.row
    path = f"/@{row.username}/{row.id}" if row else living_path
    more_path = path if row else f"{path}?below={branch.id}"
    leads_on = bool(branch.replies or branch.has_more)
    return BranchCard(
        html=row and post_html(row, actor, threaded=leads_on, context=False),
        name=(row.display_name or row.username) if row else "",
        replies=[_branch_card(reply, actor, path) for reply in branch.replies],
        more_path=f"{more_path}#replies" if branch.has_more else "",
    )
