"""What a member was told of, to be taken along."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from app.models import Notification, NotificationGroup, NotificationKind, Post, User
from app.services import batches
from app.services.notification_visibility import ABOUT_POSTS, is_by_somebody_shown, is_of, is_shown
from app.services.pagination import Rows
from app.services.personal_data import iso
from app.services.visibility import values_of

# The conditions are about others of the same tables.
_Told = aliased(Notification, name="told")
_About = aliased(Post, name="about")


class NotificationRecord(NamedTuple):
    """Who did what, and when.

    :ivar uri: the post that it is about
    :ivar target_id: the conversation that it is about, if it is a message
    """

    actor_id: int
    cause_id: int
    kind: NotificationKind
    username: str
    uri: str | None
    target_id: int
    at: datetime


def notifications(user: User) -> Iterator[list[NotificationRecord]]:
    """Yield what a member was told of and is still shown: kind by kind, and by who did it.

    So they stand in an index; one by time would cost each notification that is written.
    """
    query = _told(user).params(values_of(user))
    key = (_Told.actor_id, _Told.cause_id)
    return chain.from_iterable(
        batches.of(query.where(_Told.kind == kind), NotificationRecord, *key)
        for kind in NotificationKind
    )


def notification_json(record: NotificationRecord) -> dict[str, Any]:
    is_message = record.kind is NotificationKind.MESSAGE
    return {
        "kind": record.kind.value,
        "user_name": record.username,
        "post_uri": record.uri,
        "conversation_id": str(record.target_id) if is_message else None,
        "at": iso(record.at),
    }


def _told(user: User) -> Rows:
    return (
        select(
            _Told.actor_id,
            _Told.cause_id,
            _Told.kind,
            User.username,
            _About.uri,
            NotificationGroup.target_id,
            _Told.created_at,
        )
        .select_from(_Told)
        .join(NotificationGroup, NotificationGroup.id == _Told.group_id)
        .join(User, User.id == _Told.actor_id)
        .outerjoin(_About, and_(is_of(*ABOUT_POSTS), _About.id == NotificationGroup.target_id))
        .where(
            _Told.user_id == user.id,
            exists().where(Notification.id == _Told.id, is_by_somebody_shown()),
            is_shown(),
        )
    )
