"""Conversations as their members see them. Each is read through the row of the member's own part.

So what somebody takes no part in is not there for them, whoever they are. The statements are made
once, as those of posts are; see `post_rows`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.database import is_one_of, read_rows
from app.extensions import db, settings
from app.models import Conversation, Message, Participant, ParticipantState, User
from app.models.base import BigId
from app.models.ids import MAX_ID
from app.services.errors import NotFound
from app.services.pagination import Page, Rows, cut
from app.services.visibility import ANY_MEMBER, hidden_from, is_shown_to, unwanted_by, values_of

# Characters of the newest message that a list shows.
EXCERPT = 200
# Requests that are counted one by one.
MANY = 99

_Theirs = aliased(Participant, name="theirs")
_Other = aliased(User, name="other")
_Sender = aliased(User, name="sender")
_CONVERSATION = bindparam("conversation_id", type_=BigId)


class ConversationRow(NamedTuple):
    """A conversation, and what it is to one of its members.

    :ivar key: the newest message for this member, which is the cursor of the list; None for none
    :ivar last_message_id: the newest message of all
    :ivar other_id: the other one of a pair; None in a group, and so are the names that follow
    :ivar other_state: what it is to the other one; None also if they are gone for good
    :ivar other_read_id: how far they have read
    :ivar text: the beginning of the newest message; None also if this member may not see it, and so
        are its sender and their names
    """

    key: int | None
    id: int
    last_message_id: int
    state: ParticipantState
    unread_count: int
    read_id: int
    other_id: int | None
    username: str | None
    display_name: str | None
    avatar_key: str | None
    erased_at: datetime | None
    other_state: ParticipantState | None
    other_read_id: int | None
    sender_id: int | None
    text: str | None
    deleted_at: datetime | None
    sender_username: str | None
    sender_display_name: str | None
    sender_erased_at: datetime | None


class MemberRow(NamedTuple):
    """Somebody else in a group."""

    conversation_id: int
    id: int
    username: str
    display_name: str
    avatar_key: str | None


def listed(
    viewer: User, state: ParticipantState, before: int | None = None
) -> Page[ConversationRow]:
    """Return a member's conversations, that with the newest message first."""
    size = settings.PAGE_SIZE
    values = {"state": state, "before": MAX_ID if before is None else before, "size": size + 1}
    rows = read_rows(db, _listed(), values | values_of(viewer))
    return cut(rows, ConversationRow, before, size)


def one(viewer: User, conversation_id: int) -> ConversationRow:
    """Return a conversation of a member's.

    :raises NotFound: also if they take no part in it, or may not see the other one of a pair
    """
    values = {"conversation_id": conversation_id, **values_of(viewer)}
    rows = read_rows(db, _one(), values)
    if not rows:
        raise NotFound
    return ConversationRow(*rows[0])


def requests_count(viewer: User) -> int:
    """Return how many conversations wait to be accepted; of very many, not all are counted."""
    [[count]] = read_rows(db, _requests(), values_of(viewer))
    return int(count)


def members(viewer: User, conversation_ids: Collection[int]) -> Mapping[int, Sequence[MemberRow]]:
    """Return who else takes part in groups of a member's, those who were there first, first."""
    found: dict[int, list[MemberRow]] = defaultdict(list)
    if conversation_ids:
        values = {"ids": sorted(conversation_ids), **values_of(viewer)}
        for row in read_rows(db, _members(db.engine.dialect.name), values):
            found[row.conversation_id].append(MemberRow(*row))
    return found


@cache
def _listed() -> Rows:
    return (
        _rows()
        .where(
            Participant.state == bindparam("state", type_=Participant.state.type),
            Participant.last_message_id < bindparam("before", type_=BigId),
            or_(
                Participant.other_id.is_(None),
                Participant.other_id.not_in(unwanted_by(ANY_MEMBER)),
            ),
        )
        .order_by(Participant.last_message_id.desc())
        .limit(bindparam("size"))
    )


@cache
def _one() -> Rows:
    is_shown = is_shown_to(ANY_MEMBER, Participant.other_id)
    return _rows().where(
        Participant.conversation_id == _CONVERSATION,
        or_(Participant.other_id.is_(None), is_shown),
    )


def _rows() -> Rows:
    return (
        select(
            Participant.last_message_id.label("key"),
            Conversation.id,
            Conversation.last_message_id,
            Participant.state,
            Participant.unread_count,
            Participant.read_id,
            Participant.other_id,
            _Other.username,
            _Other.display_name,
            _Other.avatar_key,
            _Other.erased_at,
            _Theirs.state,
            _Theirs.read_id,
            Message.sender_id,
            func.substr(Message.text, 1, EXCERPT),
            Message.deleted_at,
            _Sender.username,
            _Sender.display_name,
            _Sender.erased_at,
        )
        .select_from(Participant)
        .join(Conversation, Conversation.id == Participant.conversation_id)
        .outerjoin(_Other, _Other.id == Participant.other_id)
        .outerjoin(
            _Theirs,
            and_(
                _Theirs.conversation_id == Participant.conversation_id,
                _Theirs.user_id == Participant.other_id,
            ),
        )
        .outerjoin(
            Message,
            and_(
                Message.id == Participant.last_message_id,
                Message.sender_id.not_in(hidden_from(ANY_MEMBER)),
            ),
        )
        .outerjoin(_Sender, _Sender.id == Message.sender_id)
        .where(Participant.user_id == ANY_MEMBER.id)
    )


@cache
def _requests() -> Rows:
    some = (
        select(Participant.conversation_id)
        .where(
            Participant.user_id == ANY_MEMBER.id,
            Participant.state == ParticipantState.REQUESTED,
            Participant.last_message_id.is_not(None),
            or_(
                Participant.other_id.is_(None),
                Participant.other_id.not_in(unwanted_by(ANY_MEMBER)),
            ),
        )
        .limit(MANY + 1)
        .subquery()
    )
    return select(func.count(some.c.conversation_id))


@cache
def _members(_dialect: str) -> Rows:
    own = aliased(Participant, name="own")
    return (
        select(
            Participant.conversation_id,
            User.id,
            User.username,
            User.display_name,
            User.avatar_key,
        )
        .select_from(own)
        .join(Participant, Participant.conversation_id == own.conversation_id)
        .join(User, User.id == Participant.user_id)
        .where(
            own.user_id == ANY_MEMBER.id,
            is_one_of(db, own.conversation_id, "ids"),
            User.id != ANY_MEMBER.id,
            is_shown_to(ANY_MEMBER),
        )
        .order_by(Participant.conversation_id, Participant.created_at, User.id)
    )
