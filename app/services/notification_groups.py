"""Keeping groups of notifications right: what is newest in them, and whether that is unread.

A notification is added or removed only by whoever has locked its group; groups are locked in the
order of their owners and of their ids, and before credentials. How many unread groups a member has,
their credentials say. That number changes only where a group becomes unread or read, in the same
transaction, so it is exact whoever does what at the same time.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, select, update

from app.database import insert, is_one_of, read_rows
from app.extensions import db
from app.models import Notification, NotificationGroup, NotificationKind, User
from app.models.base import utc_now
from app.services import badges
from app.services.notification_visibility import has_news
from app.services.users import is_active
from app.services.visibility import ANY_MEMBER


class GroupRow(NamedTuple):
    """A group that is locked until the transaction ends."""

    id: int
    user_id: int
    is_unread: bool


def put(kind: NotificationKind, target_id: int, newest: Mapping[int, int]) -> list[GroupRow]:
    """Return the groups of members, of which each is made or moved up, as they were before.

    :param newest: by member, lowest id first, the id of the notification that is to come
    """
    rows = [
        {"user_id": user_id, "kind": kind, "target_id": target_id, "latest_id": id_}
        for user_id, id_ in newest.items()
    ]
    statement = insert(db, NotificationGroup)
    later, latest = statement.excluded.latest_id, NotificationGroup.latest_id
    statement = statement.on_conflict_do_update(
        index_elements=["user_id", "kind", "target_id"],
        set_={"latest_id": case((later > latest, later), else_=latest)},
    ).returning(NotificationGroup.id, NotificationGroup.user_id, NotificationGroup.is_unread)
    return [GroupRow(*row) for row in db.session.execute(statement, rows)]


def lock(*conditions: ColumnElement[bool]) -> list[GroupRow]:
    """Lock groups, and return them. Only what is asked afterwards sees what others did before."""
    query = (
        select(NotificationGroup.id, NotificationGroup.user_id, NotificationGroup.is_unread)
        .where(*conditions)
        .order_by(NotificationGroup.user_id, NotificationGroup.id)
        .with_for_update()
    )
    return [GroupRow(*row) for row in db.session.execute(query)]


def mark_unread(groups: Sequence[GroupRow], oldest_id: int) -> None:
    """Note that there is something new in groups that are locked, of which none was unread.

    :param oldest_id: of what is new
    """
    if groups:
        # The clock of who has written before may be ahead.
        before = oldest_id - 1
        read_id = NotificationGroup.read_id
        lowered = case((read_id > before, before), else_=read_id)
        _change([group.id for group in groups], is_unread=True, read_id=lowered)
        _count(groups, 1)


def renew(groups: Sequence[GroupRow], changed_ids: Collection[int]) -> None:
    """Put groups right that are locked.

    :param changed_ids: of those from which notifications were removed
    """
    gone = _remove_empty(changed_ids)
    _move_down([id_ for id_ in changed_ids if id_ not in gone])
    with badges.at_once():
        _count([group for group in groups if group.is_unread and group.id in gone], -1)
        settle([group for group in groups if group.id not in gone])


def settle(groups: Sequence[GroupRow]) -> None:
    """Mark those of the groups, which are locked, as read that have no news for their owners."""
    unread = [group for group in groups if group.is_unread]
    without_news: list[GroupRow] = []
    for user_id in sorted({group.user_id for group in unread}):
        theirs = [group for group in unread if group.user_id == user_id]
        found = _without_news(user_id, [group.id for group in theirs])
        without_news += [group for group in theirs if group.id in found]
    mark_read(without_news)


def mark_read(groups: Sequence[GroupRow]) -> None:
    """Mark groups as read that are locked."""
    unread = [group for group in groups if group.is_unread]
    if unread:
        latest_id = NotificationGroup.latest_id
        _change([group.id for group in unread], is_unread=False, read_id=latest_id)
        _count(unread, -1)


def remove_messages(user_id: int, conversation_id: int) -> None:
    """Remove what a member was told of messages of a conversation; that is never unread."""
    _execute(
        delete(NotificationGroup).where(
            NotificationGroup.user_id == user_id,
            NotificationGroup.kind == NotificationKind.MESSAGE,
            NotificationGroup.target_id == conversation_id,
        )
    )


def _remove_empty(group_ids: Collection[int]) -> set[int]:
    if not group_ids:
        return set()
    is_empty = ~exists().where(Notification.group_id == NotificationGroup.id)
    emptied = delete(NotificationGroup).where(NotificationGroup.id.in_(group_ids), is_empty)
    return set(_execute(emptied.returning(NotificationGroup.id)).scalars())


def _move_down(group_ids: Sequence[int]) -> None:
    newest = select(func.max(Notification.id)).where(Notification.group_id == NotificationGroup.id)
    if group_ids:
        _change(group_ids, latest_id=newest.scalar_subquery())


def _without_news(user_id: int, group_ids: Sequence[int]) -> set[int]:
    values = {"viewer_id": user_id, "now": utc_now(), "group_ids": list(group_ids)}
    return {row.id for row in read_rows(db, _old(db.engine.dialect.name), values)}


@cache
def _old(_dialect: str) -> Select[Any]:
    # Who is hidden is not shown even what is theirs; it all stays as it is until they are back.
    is_owner_back = exists().where(User.id == ANY_MEMBER.id, is_active())
    return select(NotificationGroup.id).where(
        NotificationGroup.user_id == ANY_MEMBER.id,
        is_one_of(db, NotificationGroup.id, "group_ids"),
        ~has_news(),
        is_owner_back,
    )


def _count(groups: Sequence[GroupRow], sign: int) -> None:
    numbers = Counter(group.user_id for group in groups)
    badges.add(notifications={user_id: sign * number for user_id, number in numbers.items()})


def _change(group_ids: Sequence[int], **values: Any) -> None:
    _execute(update(NotificationGroup).where(NotificationGroup.id.in_(group_ids)).values(**values))


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
