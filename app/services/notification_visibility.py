"""Which notifications a member is shown: by whom, and of what, they may and want to see.

The conditions are those of statements that are given `values_of(member)` when they are run.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select

from app.models import (
    Mute,
    Notification,
    NotificationGroup,
    NotificationKind,
    Participant,
    ParticipantState,
    Post,
    ThreadMute,
)
from app.services.visibility import ANY_MEMBER, hidden_from, visible_as_post_to

MENTIONS = (NotificationKind.MENTION, NotificationKind.REPLY)
FOLLOWS = (NotificationKind.FOLLOW, NotificationKind.FOLLOW_REQUEST)
REACTIONS = (NotificationKind.LIKE, NotificationKind.REPOST)
ABOUT_POSTS = (*MENTIONS, *REACTIONS)


def is_by_somebody_shown(notification: Any = Notification) -> ColumnElement[bool]:
    """Return the condition that a notification is by somebody of whom a member wants to hear.

    :param notification: an alias, where a query has several in a row
    """
    muted = select(Mute.muted_id).where(
        Mute.muter_id == ANY_MEMBER.id,
        Mute.hides_notifications,
        Mute.expires_at > ANY_MEMBER.now,
    )
    actor_id = notification.actor_id
    return and_(actor_id.not_in(hidden_from(ANY_MEMBER)), actor_id.not_in(muted))


def is_post_shown() -> ColumnElement[bool]:
    """Return the condition that a member is shown notifications about a post."""
    muted = select(ThreadMute.conversation_id).where(ThreadMute.user_id == ANY_MEMBER.id)
    return and_(visible_as_post_to(ANY_MEMBER), Post.conversation_id.not_in(muted))


def is_conversation_shown() -> ColumnElement[bool]:
    """Return the condition that it is the place of a member in a conversation that they see."""
    return and_(
        Participant.user_id == ANY_MEMBER.id,
        Participant.state == ParticipantState.ACCEPTED,
        Participant.last_message_id.is_not(None),
    )


def is_of(*kinds: NotificationKind) -> ColumnElement[bool]:
    """Return the condition that a group is of one of these kinds.

    In words, not values: partial indexes are used for literal conditions only.
    """
    words: list[ColumnElement[Any]] = [literal_column(f"'{kind.value}'") for kind in kinds]
    return cast("ColumnElement[bool]", NotificationGroup.kind.in_(words))


def is_shown() -> ColumnElement[bool]:
    """Return the condition that a group of the member's is on their page."""
    return and_(_is_about_something_shown(), _has_somebody_shown())


def has_news() -> ColumnElement[bool]:
    """Return the condition that the member has not read all that they are shown of a group."""
    is_newer = Notification.id > NotificationGroup.read_id
    return and_(_is_about_something_shown(), _has_somebody_shown(is_newer))


def _is_about_something_shown() -> ColumnElement[bool]:
    is_about_post = exists().where(Post.id == NotificationGroup.target_id, is_post_shown())
    is_about_conversation = exists().where(
        Participant.conversation_id == NotificationGroup.target_id, is_conversation_shown()
    )
    return or_(
        is_of(*FOLLOWS),
        and_(is_of(NotificationKind.MESSAGE), is_about_conversation),
        and_(is_of(*ABOUT_POSTS), is_about_post),
    )


def _has_somebody_shown(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        Notification.group_id == NotificationGroup.id, is_by_somebody_shown(), *conditions
    )
