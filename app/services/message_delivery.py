"""Bringing a private message into its conversation, one after the other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select, update

from app.database import insert
from app.extensions import db
from app.models import (
    Conversation,
    Message,
    NotificationKind,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.permissions import is_confirmed
from app.services import mentions, message_counts, message_requests, notifications, rendering
from app.services import text as texts
from app.services.errors import (
    AlreadyPublished,
    FormUsed,
    NotAllowed,
    NotConfirmed,
    NotFound,
    TextMissing,
    TextTooLong,
)
from app.services.message_counts import Part
from app.services.visibility import is_shown_to


class Sent(NamedTuple):
    """A message that a form made."""

    id: int
    conversation_id: int


class Held(NamedTuple):
    """A conversation whose row is locked, with the parts that its members take in it."""

    id: int
    last_message_id: int
    own: Part
    others: Sequence[Part]


def checked(sender: User, text: str) -> str:
    """Return the text of a message as it is kept; what it raises: as `messages.send`."""
    if not is_confirmed(sender):
        raise NotConfirmed
    source = texts.clean_text(text, multiline=True)
    if not source:
        raise TextMissing
    if not texts.is_bounded(source, Message.MAX_LENGTH):
        raise TextTooLong(texts.length(source), Message.MAX_LENGTH)
    return source


def sent_before(sender: User, source: str, form_key: str | None) -> Sent | None:
    """Return what a form made when it was sent before.

    :raises FormUsed: if that is something else
    """
    if form_key is None:
        return None
    query = select(Message.id, Message.conversation_id, Message.text).where(
        Message.sender_id == sender.id, Message.form_key == form_key
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    if row.text != source:
        raise FormUsed
    return Sent(row.id, row.conversation_id)


def hold(member: User, conversation_id: int) -> Held:
    """Lock a conversation of a member's, so that all that happens in it happens in one order.

    :raises NotFound: also if they take no part in it, or may not see the other one of a pair
    """
    held = _hold(member, conversation_id, exists().where(*own_part(member, conversation_id)))
    # They may have blocked each other while this was waiting.
    if held.own.other_id is not None and not _sees(member, held.own.other_id):
        raise NotFound
    return held


def hold_unseen(member: User, conversation_id: int) -> Held:
    """Lock a conversation of a member's, also if they may no longer see the other one of a pair.

    :raises NotFound: also if they take no part in it
    """
    return _hold(member, conversation_id, exists().where(*_takes_part(member, conversation_id)))


def deliver(sender: User, held: Held, source: str, form_key: str | None) -> int:
    """Write a message into a conversation that is held, and return its id.

    :raises AlreadyPublished: if its form was sent before
    :raises NotAllowed: if there is nobody left whom it could reach in a pair
    """
    if held.own.other_id is not None and not held.others:
        raise NotAllowed
    id_ = _insert(sender, held, source, form_key)
    if held.own.other_id is not None or not held.last_message_id:
        # Who joins in an old group is no stranger who writes to somebody.
        held = held._replace(others=message_requests.receive(sender.id, held.others))
    own = message_counts.change(
        held.own,
        state=ParticipantState.ACCEPTED,
        last_message_id=id_,
        unread_count=0,
        read_id=id_,
    )
    counting = _who_counts(sender, held)
    before = [part for part in held.others if part.user_id in counting]
    after = _count(held, counting, id_)
    told = [part.user_id for part in after if part.state is ParticipantState.ACCEPTED]
    notifications.tell(NotificationKind.MESSAGE, sender, told, target_id=held.id, cause_id=id_)
    message_counts.tell_badges([held.own, *before], [own, *after])
    return id_


def own_part(member: User, conversation_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a member takes part in a conversation, and may see with whom."""
    return (
        *_takes_part(member, conversation_id),
        or_(Participant.other_id.is_(None), is_shown_to(member, Participant.other_id)),
    )


def _takes_part(member: User, conversation_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Participant.conversation_id == conversation_id, Participant.user_id == member.id)


def _hold(member: User, conversation_id: int, is_theirs: ColumnElement[bool]) -> Held:
    query = select(Conversation.id, Conversation.last_message_id).where(
        Conversation.id == conversation_id, is_theirs
    )
    row = db.session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFound
    parts = message_counts.lock(Participant.conversation_id == conversation_id)
    own = next((part for part in parts if part.user_id == member.id), None)
    # They may have left while this was waiting.
    if own is None:
        raise NotFound
    return Held(row.id, row.last_message_id, own, [part for part in parts if part != own])


def _sees(member: User, other_id: int) -> bool:
    query = select(User.id).where(User.id == other_id, is_shown_to(member))
    return db.session.scalar(query) is not None


def _insert(sender: User, held: Held, source: str, form_key: str | None) -> int:
    # Another process may be ahead by its clock; in a conversation, later is always greater.
    id_ = max(new_id(), held.last_message_id + 1)
    # Names become links, and that is all: nobody is told.
    html = rendering.render(source, mentions.resolve).html
    statement = (
        insert(db, Message)
        .values(
            id=id_,
            conversation_id=held.id,
            sender_id=sender.id,
            text=source,
            html=html,
            form_key=form_key,
            created_at=utc_now(),
        )
        # Of this index only: two equal ids are to fail, and the transaction to run again.
        .on_conflict_do_nothing(index_elements=["sender_id", "form_key"])
        .returning(Message.id)
    )
    if db.session.scalar(statement) is None:
        raise AlreadyPublished
    _execute(update(Conversation).where(Conversation.id == held.id).values(last_message_id=id_))
    return id_


def _who_counts(sender: User, held: Held) -> set[int]:
    """Return the ids of those for whom a new message is unread."""
    is_blocked, is_muted = message_counts.unwanting(sender.id)
    query = select(Participant.user_id).where(
        Participant.conversation_id == held.id,
        Participant.user_id != sender.id,
        ~is_blocked,
        ~is_muted,
    )
    return set(db.session.scalars(query))


def _count(held: Held, counting: set[int], id_: int) -> Sequence[Part]:
    if held.own.other_id is not None and not counting:
        # In a pair that one mutes, the newest is known for when they no longer do.
        _execute(
            update(Participant)
            .where(Participant.conversation_id == held.id)
            .values(last_message_id=id_)
        )
    return message_counts.add_unread(held.id, counting, id_)


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
