"""Telling members of what others do, and taking it back, in the transaction that does it.

Each cause is a row. What is shown as one is a group of them: see `notification_groups`. See
docs/adr/0021-notifications.md.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from app.database import insert
from app.extensions import db
from app.models import (
    Notification,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
    User,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import (
    badges,
    jobs,
    notification_groups,
    notification_mails,
    notification_recipients,
    sweeping,
)
from app.services.errors import NotFound
from app.services.notification_groups import GroupRow

# Members of one transaction, and rows.
BATCH = 500
# Longer than a request takes.
AFTERWARDS = timedelta(seconds=30)


def today() -> int:
    """Return the number of the day: follows of one day are shown as one."""
    return utc_now().toordinal()


def tell(  # noqa: PLR0913 - what it is about, by name
    kind: NotificationKind,
    actor: User,
    recipient_ids: Collection[int],
    *,
    target_id: int,
    cause_id: int = 0,
    thread_id: int | None = None,
) -> None:
    """Tell members of something that the actor did. Told twice, it is told once.

    Not told are: the actor; who blocks the actor, is blocked by them, or mutes them with their
    notifications; who muted the conversation; who wants nothing of the kind; who is hidden.

    :param target_id: what is shown as one: the post, the conversation, of follows `today()`
    :param cause_id: the id of the post or the message; 0 of a follow
    :param thread_id: the conversation that the post belongs to
    """
    choices = notification_recipients.find(kind, actor, recipient_ids, thread_id)
    if not choices:
        return
    ids = {user_id: new_id() for user_id in choices}
    groups = notification_groups.put(kind, target_id, ids)
    added = _insert(kind, actor, cause_id, groups, ids, choices)
    # Told before; perhaps in another group, and then this one has nothing in it.
    others = [group for group in groups if group.id not in added]
    with badges.at_once():
        notification_groups.renew(others, [group.id for group in others])
        raised = [group for group in groups if group.id in added and not group.is_unread]
        _mail(kind, actor, raised, choices)
        if kind is not NotificationKind.MESSAGE:
            notification_groups.mark_unread(raised, min(ids.values()))


def take_back(
    kinds: Collection[NotificationKind],
    *,
    actor_id: int | None = None,
    user_ids: Collection[int] | None = None,
    cause_ids: Collection[int] | None = None,
    settling: Collection[int] = (),
) -> None:
    """Take back what members were told, because it is so no longer.

    :param actor_id: by whom; None for whoever
    :param user_ids: who were told; None for whoever
    :param cause_ids: of what; None for whatever, and then one of the others must be given
    :param settling: members who see less than before besides: see `settle`
    """
    conditions: list[ColumnElement[bool]] = [Notification.kind.in_(list(kinds))]
    if actor_id is not None:
        conditions.append(Notification.actor_id == actor_id)
    if user_ids is not None:
        conditions.append(Notification.user_id.in_(list(user_ids)))
    if cause_ids is not None:
        conditions.append(Notification.cause_id.in_(list(cause_ids)))
    _remove(*conditions, settling=settling)


def forget_between(one_id: int, other_id: int) -> None:
    """Take back all that either of two was told of the other, of whom one has blocked the other.

    Both are settled.
    """
    is_between = or_(
        and_(Notification.user_id == one_id, Notification.actor_id == other_id),
        and_(Notification.user_id == other_id, Notification.actor_id == one_id),
    )
    _remove(is_between, settling=[one_id, other_id])
    settle_again(one_id, other_id)


def mark_all_read(viewer: User, up_to: int) -> None:
    """Note that the viewer has read what they were told up to an id; later ones stay unread."""
    groups = notification_groups.lock(
        _is_unread_of([viewer.id]), NotificationGroup.latest_id <= up_to
    )
    notification_groups.mark_read(groups)


def mark_one_read(viewer: User, group_id: int) -> None:
    """Note that the viewer has read what they are shown as one.

    :raises NotFound: if it is not theirs
    """
    groups = notification_groups.lock(
        NotificationGroup.user_id == viewer.id, NotificationGroup.id == group_id
    )
    if not groups:
        raise NotFound
    notification_groups.mark_read(groups)
    # It was changed past the session, and is going to be shown.
    db.session.refresh(viewer.credential, ["unread_notifications"])


def settle(user_id: int) -> None:
    """Make right what is unread of a member, of which they may or want to see less than before."""
    groups = notification_groups.lock(_is_unread_of([user_id]))
    notification_groups.settle(groups)


def settle_later(actor_id: int) -> None:
    """Let a job make right what is unread of all whom somebody told of something.

    For when somebody is hidden: there may be many. Without a key: a job that runs may be past those
    whom it concerns now.
    """
    jobs.enqueue("settle_told_by", actor_id=actor_id)


def settle_again(*user_ids: int) -> None:
    """Let a job make right what is unread of members who have just muted or blocked somebody.

    A request that had begun before may tell them of something afterwards. Also of who was hidden
    and is back, since meanwhile nothing of theirs is settled.
    """
    for user_id in user_ids:
        jobs.enqueue("settle_notifications", run_at=utc_now() + AFTERWARDS, user_id=user_id)


def told_by(actor_id: int, after: int) -> Sequence[int]:
    """Return members whom somebody told of something, lowest id first, so many at a time."""
    query = (
        select(Notification.user_id)
        .where(Notification.actor_id == actor_id, Notification.user_id > after)
        .order_by(Notification.user_id)
        .distinct()
        .limit(BATCH)
    )
    return db.session.scalars(query).all()


def erase(user_id: int) -> bool:
    """Remove some of what somebody was told, or told others; return whether there may be more."""
    some = select(Notification.id).where(Notification.actor_id == user_id).limit(BATCH)
    if told_ids := db.session.scalars(some).all():
        _remove(Notification.id.in_(told_ids))
        return True
    has_more = sweeping.sweep(Notification.id, Notification.user_id == user_id)
    return has_more or sweeping.sweep(NotificationGroup.id, NotificationGroup.user_id == user_id)


def _insert(  # noqa: PLR0913, PLR0917 - a row
    kind: NotificationKind,
    actor: User,
    cause_id: int,
    groups: Sequence[GroupRow],
    ids: Mapping[int, int],
    choices: Mapping[int, NotificationChoice],
) -> set[int]:
    """Return the ids of the groups for which there was no such row before."""
    rows = [
        {
            "id": ids[group.user_id],
            "group_id": group.id,
            "user_id": group.user_id,
            "kind": kind,
            "actor_id": actor.id,
            "cause_id": cause_id,
            "awaits_digest": choices[group.user_id] is NotificationChoice.DIGEST,
        }
        for group in groups
    ]
    statement = (
        insert(db, Notification)
        .on_conflict_do_nothing(index_elements=["user_id", "kind", "actor_id", "cause_id"])
        .returning(Notification.group_id)
    )
    return set(db.session.scalars(statement, rows))


def _mail(
    kind: NotificationKind,
    actor: User,
    raised: Sequence[GroupRow],
    choices: Mapping[int, NotificationChoice],
) -> None:
    mailed = {
        group.user_id: group.id
        for group in raised
        if choices[group.user_id] is NotificationChoice.MAIL
    }
    notification_mails.write(kind, actor, mailed)


def _remove(*conditions: ColumnElement[bool], settling: Collection[int] = ()) -> None:
    """Remove notifications, and settle members."""
    theirs = select(Notification.group_id).where(*conditions)
    is_concerned: ColumnElement[bool] = NotificationGroup.id.in_(theirs)
    if settling:
        is_concerned = or_(is_concerned, _is_unread_of(settling))
    groups = notification_groups.lock(is_concerned)
    if not groups:
        return
    is_held = Notification.group_id.in_([group.id for group in groups])
    statement = delete(Notification).where(*conditions, is_held).returning(Notification.group_id)
    removed = db.session.scalars(statement.execution_options(synchronize_session=False))
    notification_groups.renew(groups, set(removed))


def _is_unread_of(user_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(NotificationGroup.user_id.in_(user_ids), NotificationGroup.is_unread)
