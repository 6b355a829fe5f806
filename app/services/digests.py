"""The daily digest: one mail for what a member was notified of since the last and has not read."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update

from app.extensions import db
from app.models import Credential, Notification, NotificationChoice, User
from app.models.base import utc_now
from app.models.notification import AWAITS_DIGEST
from app.permissions import is_hidden
from app.services import jobs, notification_rows, outbox, users
from app.services.errors import NothingToSay
from app.services.notification_choices import choice_of
from app.services.notification_rows import NotificationRow

KIND = "digest"
EVERY = timedelta(days=1)
# Groups that it names, and up to how many are looked at to tell how many more there are.
MAX = 20
MAX_LOOKED_AT = 200
# Members of one transaction.
BATCH = 500


def due(after: int) -> Sequence[int]:
    """Return some members with something for a digest whose last one is a day old, by id.

    :param after: the last one of the batch before
    """
    awaiting = select(Notification.user_id).where(AWAITS_DIGEST, Notification.user_id > after)
    query = (
        select(User.id)
        .join(User.credential)
        .where(User.id.in_(awaiting), _is_due(), users.is_active())
        .order_by(User.id)
        .limit(BATCH)
    )
    return db.session.scalars(query).all()


def queue(user_ids: Sequence[int]) -> None:
    """Have digests sent to members, each by a job of its own."""
    for user_id in user_ids:
        jobs.enqueue(
            "send_digest", priority=jobs.IDLE, unique_key=f"digest:{user_id}", user_id=user_id
        )


def send(user_id: int) -> None:
    """Write a digest to a member, if it is due and there is something to say."""
    query = users.with_credential().where(User.id == user_id, users.is_active(), _is_due())
    user = db.session.scalar(query)
    if user is None:
        return
    group_ids = [row.id for row in _unread(user, _take(user_id), MAX_LOOKED_AT)]
    # Whoever could sign up with the address of another could have that one written to.
    if not group_ids or not user.credential.email_claimed:
        return
    more = len(group_ids) - MAX
    outbox.write(KIND, user.credential, group_ids=group_ids[:MAX], more=max(more, 0))
    user.credential.digested_at = utc_now()
    db.session.flush()


def find(user: User, group_ids: Sequence[int]) -> list[NotificationRow]:
    """Return what a digest tells of.

    :raises NothingToSay: if the member has read it all, or may or wants to hear of it no longer
    """
    rows = [] if is_hidden(user) else _unread(user, group_ids, MAX)
    if not rows:
        raise NothingToSay
    return rows


def _is_due() -> ColumnElement[bool]:
    return or_(Credential.digested_at.is_(None), Credential.digested_at <= utc_now() - EVERY)


def _take(user_id: int) -> set[int]:
    """Return the groups of what awaits a digest, which from now on it does not."""
    statement = (
        update(Notification)
        .where(Notification.user_id == user_id, AWAITS_DIGEST)
        .values(awaits_digest=False)
        .returning(Notification.group_id)
        .execution_options(synchronize_session=False)
    )
    return set(db.session.scalars(statement))


def _unread(user: User, group_ids: Sequence[int] | set[int], limit: int) -> list[NotificationRow]:
    choices = user.credential.notification_choices
    return [
        row
        for row in notification_rows.of_groups(user, group_ids, limit)
        if row.is_unread and choice_of(choices, row.kind) is NotificationChoice.DIGEST
    ]
