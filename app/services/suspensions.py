"""Suspending members: hidden and signed out, until it is lifted."""

from datetime import datetime

from sqlalchemy import update

from app.extensions import db
from app.models import Role, User
from app.models.base import utc_now
from app.permissions import can_leave
from app.services import (
    exports,
    message_recounts,
    notifications,
    sessions,
    suggestions,
    tokens,
    trends,
)
from app.services.errors import OwnerMustStay


def suspend(user: User) -> None:
    """Hide somebody and what they wrote, and sign them out everywhere.

    :raises OwnerMustStay: if the site would have no owner
    """
    if not can_leave(user):
        raise OwnerMustStay
    _set(user, user.suspended_at or utc_now())
    sessions.end_all(user.id)
    tokens.end_all(user.id)
    exports.end_pending(user.id)
    suggestions.forget()
    trends.forget()
    notifications.settle_later(user.id)
    message_recounts.recount_later(user.id)


def lift(user: User) -> None:
    """Let somebody sign in again, and others see what they wrote."""
    _set(user, None)
    notifications.settle_again(user.id)
    message_recounts.recount_later(user.id)


def _set(user: User, at: datetime | None) -> None:
    statement = (
        update(User)
        # Asked again, since the site may have been handed over to them just now.
        .where(User.id == user.id, User.role != Role.OWNER)
        .values(suspended_at=at)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None and at is not None:
        raise OwnerMustStay
