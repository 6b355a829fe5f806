"""The private conversations of a member, to be taken along as far as they see them on the pages."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from app.models import Message, Participant, ParticipantState, User
from app.services import batches, conversation_rows
from app.services.pagination import Rows, below
from app.services.personal_data import iso, with_whole_links
from app.services.visibility import hidden_from, is_shown_to


class MemberRecord(NamedTuple):
    """Somebody who takes part in a conversation, or did; who was erased has no name any more."""

    username: str
    display_name: str
    is_erased: bool = False


class ConversationRecord(NamedTuple):
    """A conversation, and what it is to the member.

    :ivar cleared_id: the member has removed messages up to this one from their view
    :ivar is_pair: whether it is one of two; else it is one of a group
    :ivar members: the others
    """

    id: int
    since: datetime
    state: ParticipantState
    read_id: int
    cleared_id: int
    is_pair: bool
    members: Sequence[MemberRecord] = ()


class MessageRecord(NamedTuple):
    """A message and who sent it; a deleted one is without its words."""

    id: int
    conversation_id: int
    username: str
    display_name: str
    is_erased: bool
    text: str
    html: str
    created_at: datetime
    deleted_at: datetime | None

    @property
    def sender(self) -> MemberRecord:
        return MemberRecord(self.username, self.display_name, self.is_erased)


def conversations(user: User, before: int) -> Iterator[list[ConversationRecord]]:
    """Yield the conversations of a member below an id, those that began last first."""
    query: Rows = (
        select(
            Participant.conversation_id,
            Participant.created_at,
            Participant.state,
            Participant.read_id,
            Participant.cleared_id,
            User.username,
            User.display_name,
            User.erased_at.is_not(None),
        )
        .select_from(Participant)
        .outerjoin(User, User.id == Participant.other_id)
        .where(
            Participant.user_id == user.id,
            below(Participant.conversation_id, before),
            # Else there is nothing in it for them.
            Participant.last_message_id.is_not(None),
            or_(Participant.other_id.is_(None), is_shown_to(user, Participant.other_id)),
        )
    )
    found = batches.of(query, _conversation, Participant.conversation_id)
    return (_with_members(user, batch) for batch in found)


def messages(
    user: User, conversation: ConversationRecord, before: int
) -> Iterator[list[MessageRecord]]:
    """Yield what a member sees of a conversation below an id, the newest first."""
    query: Rows = (
        select(
            Message.id,
            Message.conversation_id,
            User.username,
            User.display_name,
            User.erased_at.is_not(None),
            Message.text,
            Message.html,
            Message.created_at,
            Message.deleted_at,
        )
        .join(User, User.id == Message.sender_id)
        .where(
            Message.conversation_id == conversation.id,
            Message.id > conversation.cleared_id,
            Message.sender_id.not_in(hidden_from(user)),
            below(Message.id, before),
        )
    )

    return batches.of(query, MessageRecord, Message.id)


def conversation_json(conversation: ConversationRecord) -> dict[str, Any]:
    return {
        "id": str(conversation.id),
        "group": not conversation.is_pair,
        "since": iso(conversation.since),
        "state": conversation.state.value,
        "read_up_to": str(conversation.read_id),
        "members": [_member_json(member) for member in conversation.members],
    }


def message_json(message: MessageRecord) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "conversation_id": str(message.conversation_id),
        "sender": _member_json(message.sender),
        "sent_at": iso(message.created_at),
        "deleted_at": iso(message.deleted_at),
        "text": message.text,
        "html": with_whole_links(message.html),
    }


def _member_json(member: MemberRecord) -> dict[str, Any]:
    username = None if member.is_erased else member.username
    return {"user_name": username, "display_name": member.display_name}


def _conversation(*columns: Any) -> ConversationRecord:
    *own, username, display_name, is_erased = columns
    others = [MemberRecord(username, display_name, is_erased)] if username else []
    return ConversationRecord._make((*own, bool(others), others))


def _with_members(user: User, batch: Sequence[ConversationRecord]) -> list[ConversationRecord]:
    groups = conversation_rows.members(user, [each.id for each in batch if not each.is_pair])
    return [
        each
        if each.is_pair
        else each._replace(
            members=[MemberRecord(row.username, row.display_name) for row in groups[each.id]]
        )
        for each in batch
    ]
