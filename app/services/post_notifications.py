"""Whom a post tells that it is there: those it names, and whoever it replies to.

And what its author is told of it: who likes and who reposts it. Only those who may see it are told:
a post for chosen people is none for whom it only replies to.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import exists, select

from app.extensions import db
from app.models import Follow, FollowState, NotificationKind, User, Visibility
from app.services import badges, notifications
from app.services.contents import MentionChange
from app.services.visibility import NAMED


class PostFacts(NamedTuple):
    """A post, as far as it matters for whom it tells of itself.

    :ivar replied_id: the author of what it replies to
    """

    id: int
    conversation_id: int
    visibility: Visibility
    replied_id: int | None


class Reacted(NamedTuple):
    """A post that somebody likes or reposts."""

    author_id: int
    conversation_id: int


def tell(author: User, post: PostFacts, named: Collection[int]) -> None:
    """Tell people of a new post.

    :param named: the ids of those it names
    """
    replied = _replied(author, post, named)
    with badges.at_once():
        _tell(NotificationKind.REPLY, author, post, replied)
        _tell(NotificationKind.MENTION, author, post, set(named) - {post.replied_id})


def tell_anew(author: User, post: PostFacts, named: MentionChange) -> None:
    """Tell those whom an edited post names now, and take it back from whom it named before."""
    added, removed = named.now - named.before, named.before - named.now
    with badges.at_once():
        _tell(NotificationKind.REPLY, author, post, added & {post.replied_id})
        _tell(NotificationKind.MENTION, author, post, added - {post.replied_id})
        if removed:
            _take_back_from(removed, author, post)


def tell_reaction(kind: NotificationKind, actor: User, post_id: int, post: Reacted) -> None:
    """Tell the author of a post that it is liked or reposted."""
    notifications.tell(
        kind,
        actor,
        [post.author_id],
        target_id=post_id,
        cause_id=post_id,
        thread_id=post.conversation_id,
    )


def take_back_reaction(kind: NotificationKind, actor: User, post_id: int, post: Reacted) -> None:
    """Take back what `tell_reaction` told."""
    notifications.take_back(
        [kind], actor_id=actor.id, user_ids=[post.author_id], cause_ids=[post_id]
    )


def _take_back_from(removed: Collection[int], author: User, post: PostFacts) -> None:
    # Who is replied to may be told of a reply that they no longer see.
    is_hidden = post.replied_id in removed and post.visibility in NAMED
    notifications.take_back(
        [NotificationKind.MENTION],
        actor_id=author.id,
        user_ids=removed,
        cause_ids=[post.id],
        settling=[post.replied_id] if post.replied_id and is_hidden else [],
    )


def _tell(kind: NotificationKind, author: User, post: PostFacts, user_ids: Collection[int]) -> None:
    notifications.tell(
        kind,
        author,
        user_ids,
        target_id=post.id,
        cause_id=post.id,
        thread_id=post.conversation_id,
    )


def _replied(author: User, post: PostFacts, named: Collection[int]) -> Collection[int]:
    """Return the id of whoever a post replies to, if they may see it."""
    if post.replied_id is None or post.replied_id == author.id:
        return ()
    is_seen = post.visibility not in NAMED or post.replied_id in named
    if is_seen or (post.visibility is Visibility.FOLLOWERS and _follows(post.replied_id, author)):
        return (post.replied_id,)
    return ()


def _follows(follower_id: int, followed: User) -> bool:
    is_follow = exists().where(
        Follow.follower_id == follower_id,
        Follow.followed_id == followed.id,
        Follow.state == FollowState.ACCEPTED,
    )
    return bool(db.session.scalar(select(is_follow)))
