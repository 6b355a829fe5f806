"""Muting: of somebody a member is shown nothing unasked, for a time; and nobody else knows.

What is shown follows from the row alone (`visibility`), and is over by the clock.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from app.database import insert
from app.extensions import db, settings
from app.models import Mute, User
from app.models.base import utc_now
from app.services import badges, blocks, message_recounts, notifications, pairs, sweeping, users
from app.services.errors import NotAllowed
from app.services.pagination import Page, below, fetch
from app.services.visibility import is_mute_by, is_shown_to

# Mutes of one member that are over, for one transaction: so that others need not wait for long.
BATCH = 20


class Duration(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    FOREVER = "forever"


LENGTHS = {
    Duration.HOUR: timedelta(hours=1),
    Duration.DAY: timedelta(days=1),
    Duration.WEEK: timedelta(weeks=1),
    Duration.MONTH: timedelta(days=30),
}


class MutedRow(NamedTuple):
    """Somebody whom the viewer mutes; `key` is the cursor of the list."""

    key: int
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    until: datetime
    hides_notifications: bool


def mute(
    actor: User,
    target: User,
    duration: Duration = Duration.FOREVER,
    *,
    hides_notifications: bool = True,
) -> None:
    """Let the actor see nothing of the target unasked. Done once more, it begins anew.

    :raises NotAllowed: if the target is the actor
    """
    if actor.id == target.id:
        raise NotAllowed
    pairs.hold(actor.id, target.id)
    length = LENGTHS.get(duration)
    values = {
        "expires_at": utc_now() + length if length else Mute.FOREVER,
        "hides_notifications": hides_notifications,
    }
    db.session.execute(
        insert(db, Mute)
        .values(muter_id=actor.id, muted_id=target.id, **values)
        .on_conflict_do_update(index_elements=["muter_id", "muted_id"], set_=values)
    )
    with badges.at_once():
        message_recounts.recount(actor.id, [target.id])
        notifications.settle(actor.id)
    blocks.note_change(actor.id)
    notifications.settle_again(actor.id)


def unmute(actor: User, target: User) -> None:
    """End a mute. Nothing happens if there is none."""
    pairs.hold(actor.id, target.id)
    statement = delete(Mute).where(Mute.muter_id == actor.id, Mute.muted_id == target.id)
    ended = statement.returning(Mute.id).execution_options(synchronize_session=False)
    if db.session.scalar(ended) is not None:
        _count_again(actor.id, [target.id])


def listed(viewer: User, before: int | None = None) -> Page[MutedRow]:
    """Return whom the viewer mutes, the latest first."""
    columns = (
        *(User.id, User.username, User.display_name, User.avatar_key),
        *(Mute.expires_at, Mute.hides_notifications),
    )
    query = (
        select(Mute.id, *columns)
        .join(Mute, Mute.muted_id == User.id)
        .where(is_mute_by(viewer), below(Mute.id, before))
        .where(users.is_active(), is_shown_to(viewer))
        .order_by(Mute.id.desc())
    )
    return fetch(query, MutedRow, before, settings.PAGE_SIZE)


def sweep() -> bool:
    """Remove mutes of one member that are over, and count again the messages that they kept out.

    :return: whether there may be more
    """
    is_over = Mute.expires_at <= utc_now()
    muter_id = db.session.scalar(select(Mute.muter_id).where(is_over).limit(1))
    if muter_id is None:
        return False
    query = select(Mute.muted_id).where(Mute.muter_id == muter_id, is_over).limit(BATCH)
    muted_ids = db.session.scalars(query).all()
    pairs.hold(muter_id, *muted_ids)
    # Asked again: it may have begun anew meanwhile.
    gone = delete(Mute).where(Mute.muter_id == muter_id, Mute.muted_id.in_(muted_ids), is_over)
    db.session.execute(gone.execution_options(synchronize_session=False))
    _count_again(muter_id, muted_ids)
    return True


def erase(user_id: int) -> bool:
    """Remove some mutes by somebody and of them; return whether there may be more."""
    return sweeping.sweep(Mute.id, or_(Mute.muter_id == user_id, Mute.muted_id == user_id))


def _count_again(muter_id: int, muted_ids: Collection[int]) -> None:
    """Count what is unread again when mutes have ended; what is notified of stays as read."""
    message_recounts.recount(muter_id, muted_ids)
    blocks.note_change(muter_id)
