"""Who is told of something, and where: those who want to hear of it, and of whoever did it."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import bindparam, select

from app.database import is_one_of, read_rows
from app.extensions import db
from app.models import (
    Block,
    Credential,
    Mute,
    NotificationChoice,
    NotificationKind,
    ThreadMute,
    User,
)
from app.models.base import BigId, UtcDateTime, utc_now
from app.services.notification_choices import choice_of
from app.services.pagination import Rows
from app.services.users import is_active

ACTOR = bindparam("actor_id", type_=BigId)
# A conversation of posts; 0 is none.
THREAD = bindparam("thread_id", type_=BigId)
NOW = bindparam("now", type_=UtcDateTime())


def find(
    kind: NotificationKind, actor: User, user_ids: Collection[int], thread_id: int | None
) -> dict[int, NotificationChoice]:
    """Return those of the members who are to be told, lowest id first, and what they chose."""
    others = sorted(set(user_ids) - {actor.id})
    if not others:
        return {}
    values = {
        "actor_id": actor.id,
        "recipient_ids": others,
        "thread_id": thread_id or 0,
        "now": utc_now(),
    }
    rows = read_rows(db, _listening(db.engine.dialect.name), values)
    found = {row.user_id: choice_of(row.notification_choices, kind) for row in rows}
    return {
        id_: chosen for id_, chosen in found.items() if chosen is not NotificationChoice.NOTHING
    }


@cache
def _listening(_dialect: str) -> Rows:
    member = Credential.user_id
    return (
        select(member, Credential.notification_choices)
        .join(User, User.id == member)
        .where(
            is_one_of(db, member, "recipient_ids"),
            is_active(),
            member.not_in(select(Block.blocker_id).where(Block.blocked_id == ACTOR)),
            member.not_in(select(Block.blocked_id).where(Block.blocker_id == ACTOR)),
            member.not_in(
                select(Mute.muter_id).where(
                    Mute.muted_id == ACTOR, Mute.hides_notifications, Mute.expires_at > NOW
                )
            ),
            member.not_in(select(ThreadMute.user_id).where(ThreadMute.conversation_id == THREAD)),
        )
        .order_by(member)
    )
