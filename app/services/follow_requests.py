"""Who has asked to follow somebody who approves followers, and what they are answered."""

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, update

from app.extensions import db, settings
from app.models import Follow, FollowState, NotificationKind, User
from app.services import follows, notifications, pairs, suggestions, users
from app.services.pagination import Page, below, fetch
from app.services.users import PersonRow


def listed(viewer: User, before: int | None = None) -> Page[PersonRow]:
    """Return who has asked to follow the viewer, the newest first."""
    query = (
        users.people(viewer, Follow.id)
        .join(Follow, Follow.follower_id == User.id)
        .where(
            Follow.followed_id == viewer.id,
            users.is_request(),
            below(Follow.id, before),
        )
    )
    return fetch(query, PersonRow, before, settings.PAGE_SIZE)


def approve(actor: User, requester: User) -> None:
    """Let somebody follow the actor. Nothing happens if they do not ask to, or no longer."""
    pairs.hold(requester.id, actor.id)
    statement = (
        update(Follow).where(_is_request(requester, actor)).values(state=FollowState.ACCEPTED)
    )
    if _is_answered(statement):
        follows.count(requester.id, actor.id, 1)
        _settle(actor, requester)


def refuse(actor: User, requester: User) -> None:
    """Forget that somebody asked to follow the actor. They may ask again."""
    pairs.hold(requester.id, actor.id)
    if _is_answered(delete(Follow).where(_is_request(requester, actor))):
        _settle(actor, requester)


def _is_request(requester: User, of: User) -> ColumnElement[bool]:
    return and_(Follow.follower_id == requester.id, Follow.followed_id == of.id, users.is_request())


def _settle(actor: User, requester: User) -> None:
    """Take back that the actor was told: there is nothing left to answer."""
    suggestions.forget(requester.id)
    notifications.take_back(
        [NotificationKind.FOLLOW_REQUEST], actor_id=requester.id, user_ids=[actor.id]
    )


def _is_answered(statement: Any) -> bool:
    """Answer a request; return whether there was one."""
    changed = statement.returning(Follow.id).execution_options(synchronize_session=False)
    return db.session.scalar(changed) is not None
