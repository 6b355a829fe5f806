"""What open pages ask for again and again: whether there is anything new for their reader."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, bindparam, func, select

from app.database import read_rows
from app.extensions import db
from app.models import Credential, Participant, Post, User, UserSession
from app.models.base import BigId
from app.services import sessions
from app.services.pagination import Rows
from app.services.visibility import is_for_members


class LiveState(NamedTuple):
    """All that may have changed for a reader; 0 for nothing.

    :ivar newest_post_id: of those that all members may see: by it a list knows when to look. Of
        others it would tell when somebody wrote to chosen people
    :ivar last_message_id: in the conversation that was asked about, as far as it is theirs
    """

    viewer_id: int
    unread_notifications: int
    unread_messages: int
    newest_post_id: int
    last_message_id: int


def look(token: str, conversation_id: int) -> LiveState | None:
    """Return what there is for the member whose session has this token; None if it does not hold.

    One query past the session's objects, since a thousand open pages ask this fifty times a second.
    It does not note that the session is in use: a page that is left open is no use of it.
    """
    values = {"conversation": conversation_id, **sessions.values_of(token)}
    rows = read_rows(db, _state(), values)
    return LiveState(*rows[0]) if rows else None


@cache
def _state() -> Rows:
    return (
        select(
            Credential.user_id,
            Credential.unread_notifications,
            Credential.unread_messages,
            func.coalesce(_newest_post(), 0),
            func.coalesce(_last_message(), 0),
        )
        .select_from(UserSession)
        .join(User, User.id == UserSession.user_id)
        .join(Credential, Credential.user_id == User.id)
        .where(sessions.holds())
    )


def _newest_post() -> ScalarSelect[Any]:
    newest = select(Post.id).where(is_for_members(), Post.deleted_at.is_(None))
    return newest.order_by(Post.id.desc()).limit(1).scalar_subquery()


def _last_message() -> ScalarSelect[Any]:
    return (
        select(Participant.last_message_id)
        .where(
            Participant.user_id == Credential.user_id,
            Participant.conversation_id == bindparam("conversation", type_=BigId),
        )
        .correlate(Credential)
        .scalar_subquery()
    )
