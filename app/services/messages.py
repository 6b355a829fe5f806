"""Private messages: sent, deleted, marked as read. What is read of them is in `message_rows`."""

from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.extensions import db
from app.models import Conversation, Message, NotificationKind, Participant, User
from app.models.base import utc_now
from app.services import message_counts, message_recounts, notifications
from app.services.errors import AlreadyPublished, FormUsed, NotFound
from app.services.message_delivery import checked, deliver, hold, hold_unseen, own_part, sent_before

# Rows of one transaction: few, so that others need not wait.
BATCH = 500


def send(sender: User, conversation_id: int, text: str, *, form_key: str | None = None) -> int:
    """Write to the others in a conversation, and return the id of the message.

    A request is accepted by that, and the conversation read.

    :param form_key: of the form it was typed into: one that is sent twice is one message
    :raises NotConfirmed: if the sender has to confirm an address first
    :raises NotFound: also if the sender takes no part in it, or may not see the other one
    :raises NotAllowed: if the other one is gone for good
    :raises FormUsed: if the form was sent before, and says something else now
    :raises text.InvalidText, TextMissing, TextTooLong: if the text cannot be sent
    """
    source = checked(sender, text)
    sent = sent_before(sender, source, form_key)
    if sent is None:
        try:
            return deliver(sender, hold(sender, conversation_id), source, form_key)
        except AlreadyPublished:
            # In this very moment.
            sent = sent_before(sender, source, form_key)
    if sent is None or sent.conversation_id != conversation_id:
        raise FormUsed
    return sent.id


def delete(actor: User, conversation_id: int, message_id: int) -> None:
    """Take the words out of a message of one's own; its place stays. Twice is the same as once.

    That can be done also where the other one may no longer be seen.

    :raises NotFound: also if it is somebody else's
    """
    held = hold_unseen(actor, conversation_id)
    is_own = (
        Message.id == message_id,
        Message.conversation_id == held.id,
        Message.sender_id == actor.id,
    )
    if db.session.scalar(select(Message.id).where(*is_own)) is None:
        raise NotFound
    _bury(*is_own)
    after = message_recounts.count_anew(held.others)
    notifications.take_back([NotificationKind.MESSAGE], cause_ids=[message_id])
    message_counts.tell_badges(held.others, after)


def mark_read(viewer: User, conversation_id: int, message_id: int) -> None:
    """Note that a member has read a conversation up to a message.

    :raises NotFound: also if they take no part in it
    """
    parts = message_counts.lock(*own_part(viewer, conversation_id))
    if not parts:
        raise NotFound
    newest = select(Conversation.last_message_id).where(Conversation.id == conversation_id)
    # What was not written yet, nobody has read.
    read_id = min(message_id, db.session.scalars(newest).one())
    if read_id > parts[0].read_id:
        unread_count = message_recounts.unread_since(read_id)
        now = message_counts.change(parts[0], read_id=read_id, unread_count=unread_count)
        message_counts.tell_badges(parts, [now])


def erase(user_id: int) -> bool:
    """Take the words out of some of somebody's messages; return whether there may be more."""
    query = (
        select(Message.id, Message.conversation_id)
        .where(Message.sender_id == user_id, Message.deleted_at.is_(None))
        .order_by(Message.conversation_id, Message.id)
        .limit(BATCH)
    )
    rows = db.session.execute(query).all()
    if rows:
        message_ids = [row.id for row in rows]
        parts = message_counts.lock(
            Participant.conversation_id.in_({row.conversation_id for row in rows}),
            Participant.unread_count > 0,
        )
        _bury(Message.id.in_(message_ids))
        after = message_recounts.count_anew(parts)
        notifications.take_back([NotificationKind.MESSAGE], cause_ids=message_ids)
        message_counts.tell_badges(parts, after)
    return len(rows) == BATCH


def _bury(*conditions: ColumnElement[bool]) -> None:
    _execute(
        update(Message)
        .where(*conditions, Message.deleted_at.is_(None))
        .values(text="", html="", deleted_at=utc_now())
    )


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
