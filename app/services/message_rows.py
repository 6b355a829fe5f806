"""The messages of a conversation, read through the part that the reader takes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from app.database import read_rows
from app.extensions import db, settings
from app.models import Conversation, Message, Participant, User
from app.models.base import BigId
from app.models.ids import MAX_ID
from app.services.errors import NotFound
from app.services.pagination import Rows
from app.services.visibility import ANY_MEMBER, is_shown_to, values_of

_CONVERSATION = bindparam("conversation_id", type_=BigId)


class MessageRow(NamedTuple):
    id: int
    sender_id: int
    html: str
    created_at: datetime
    deleted_at: datetime | None
    username: str
    display_name: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A stretch of a conversation, the oldest message first.

    :ivar earlier: the cursor of the page before it, if there is one
    :ivar later: the cursor of the page after it; None on the page that ends with the newest message
    """

    items: Sequence[MessageRow]
    earlier: int | None
    later: int | None


def page(
    viewer: User, conversation_id: int, *, before: int | None = None, after: int | None = None
) -> MessagePage:
    """Return the messages before or after a cursor, or the newest.

    There are none for somebody who takes no part in the conversation: see `conversation_rows.one`.
    """
    if after is not None:
        return _after(viewer, conversation_id, after)
    found = _read(_older(), viewer, conversation_id, MAX_ID if before is None else before)
    items = found[: settings.PAGE_SIZE][::-1]
    has_earlier = len(found) > len(items)
    # What lies on the other side of the cursor, the reader came from.
    later = None if before is None else items[-1].id if items else before - 1
    return MessagePage(items, items[0].id if has_earlier else None, later)


class News(NamedTuple):
    """The next messages after one, and that one, unless the reader does not see it any more."""

    above: MessageRow | None
    items: Sequence[MessageRow]


def news(viewer: User, conversation_id: int, after: int) -> News:
    """Return the next messages after one.

    :raises NotFound: also if the viewer takes no part in the conversation
    """
    values = {"conversation_id": conversation_id, **values_of(viewer)}
    newest = read_rows(db, _newest(), values)
    if not newest:
        raise NotFound
    if newest[0][0] <= after:
        return News(None, [])
    found = _read(_newer(), viewer, conversation_id, after - 1)
    if found and found[0].id == after:
        return News(found[0], found[1:])
    return News(None, found[: settings.PAGE_SIZE])


def _after(viewer: User, conversation_id: int, after: int) -> MessagePage:
    found = _read(_newer(), viewer, conversation_id, after)
    items = found[: settings.PAGE_SIZE]
    has_later = len(found) > len(items)
    earlier = items[0].id if items else after + 1
    return MessagePage(items, earlier, items[-1].id if has_later else None)


def _read(statement: Rows, viewer: User, conversation_id: int, cursor: int) -> Sequence[MessageRow]:
    values = {
        "conversation_id": conversation_id,
        "cursor": cursor,
        "size": settings.PAGE_SIZE + 1,
        **values_of(viewer),
    }
    return [MessageRow(*row) for row in read_rows(db, statement, values)]


@cache
def _older() -> Rows:
    return _rows().where(Message.id < bindparam("cursor", type_=BigId)).order_by(Message.id.desc())


@cache
def _newer() -> Rows:
    return _rows().where(Message.id > bindparam("cursor", type_=BigId)).order_by(Message.id)


@cache
def _newest() -> Rows:
    return (
        select(Conversation.last_message_id)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(
            Conversation.id == _CONVERSATION,
            Participant.user_id == ANY_MEMBER.id,
            or_(
                Participant.other_id.is_(None),
                is_shown_to(ANY_MEMBER, Participant.other_id),
            ),
        )
    )


def _rows() -> Rows:
    return (
        select(
            Message.id,
            Message.sender_id,
            Message.html,
            Message.created_at,
            Message.deleted_at,
            User.username,
            User.display_name,
            User.erased_at,
        )
        .join(
            Participant,
            and_(
                Participant.conversation_id == Message.conversation_id,
                Participant.user_id == ANY_MEMBER.id,
            ),
        )
        .join(User, User.id == Message.sender_id)
        .where(
            Message.conversation_id == _CONVERSATION,
            Message.id > Participant.cleared_id,
            is_shown_to(ANY_MEMBER, Message.sender_id),
        )
        .limit(bindparam("size"))
    )
