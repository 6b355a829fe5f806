"""Conversations: begun, accepted, left and cleared. Lists of them are in `conversation_rows`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy import insert as insert_rows

from app.database import insert
from app.extensions import db
from app.models import (
    Conversation,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import message_counts, message_recipients, messages, notification_groups
from app.services.errors import (
    AlreadyPublished,
    FormUsed,
    NotAllowed,
    NotFound,
)
from app.services.message_delivery import Sent, checked, deliver, hold, sent_before

# Rows of one transaction: few, so that others need not wait.
BATCH = 100


def pair_with(viewer: User, other_id: int) -> int | None:
    """Return the id of the conversation of two, if there is one."""
    query = select(Participant.conversation_id).where(
        Participant.user_id == viewer.id, Participant.other_id == other_id
    )
    found: int | None = db.session.scalar(query)
    return found


def begin(sender: User, names: str, text: str, *, form_key: str | None = None) -> int:
    """Write to people, and return the id of the conversation.

    Two people have one, which goes on; more than two begin a new one each time.

    :param names, form_key: as in `message_recipients` and `messages.send`, which it may raise, too
    """
    source = checked(sender, text)
    sent = sent_before(sender, source, form_key)
    if sent is not None:
        return _begun_before(sender, names, sent)
    people = _held_recipients(sender, names)
    try:
        # So that a form that is sent twice in one moment leaves no group behind without a message.
        with db.session.begin_nested():
            conversation_id = _put(sender, [person.id for person in people])
            held = hold(sender, conversation_id)
            deliver(sender, held, source, form_key)
    except AlreadyPublished:
        sent = sent_before(sender, source, form_key)
        if sent is None:
            raise FormUsed from None
        return _begun_before(sender, names, sent)
    return conversation_id


def accept(viewer: User, conversation_id: int) -> None:
    """Take a conversation out of the requests. Doing it twice is the same as doing it once.

    :raises NotFound: also if they take no part in it
    """
    held = hold(viewer, conversation_id)
    after = message_counts.change(held.own, state=ParticipantState.ACCEPTED)
    message_counts.tell_badges([held.own], [after])


def leave(viewer: User, conversation_id: int) -> None:
    """Take no part any more in a group; the last one to leave takes it along.

    :raises NotFound: also if they take no part in it
    :raises NotAllowed: if it is no group
    """
    held = hold(viewer, conversation_id)
    if held.own.other_id is not None:
        raise NotAllowed
    _remove(held.id, viewer.id)
    message_counts.tell_badges([held.own], [])


def clear(viewer: User, conversation_id: int) -> None:
    """Remove all that was said so far in a conversation of two from one's own view.

    :raises NotFound: also if they take no part in it
    :raises NotAllowed: if it is a group, which one can leave
    """
    held = hold(viewer, conversation_id)
    if held.own.other_id is None:
        raise NotAllowed
    after = message_counts.change(
        held.own,
        cleared_id=held.last_message_id,
        read_id=held.last_message_id,
        last_message_id=None,
        unread_count=0,
    )
    notification_groups.remove_messages(viewer.id, held.id)
    message_counts.tell_badges([held.own], [after])


def erase(user_id: int) -> bool:
    """Erase some of what somebody wrote and took part in; return whether there may be more."""
    if messages.erase(user_id):
        return True
    query = (
        select(Participant.conversation_id)
        .where(Participant.user_id == user_id)
        .order_by(Participant.conversation_id)
        .limit(BATCH)
    )
    conversation_ids = db.session.scalars(query).all()
    order = select(Conversation.id).where(Conversation.id.in_(conversation_ids))
    db.session.execute(order.order_by(Conversation.id).with_for_update(key_share=True)).all()
    for conversation_id in conversation_ids:
        _remove(conversation_id, user_id)
    return len(conversation_ids) == BATCH


def _begun_before(sender: User, names: str, sent: Sent) -> int:
    """Return the conversation that a form wrote into when it was sent before.

    :raises FormUsed: if it is not with the people who are named now
    """
    members = (
        select(func.lower(User.username))
        .join(Participant, Participant.user_id == User.id)
        .where(Participant.conversation_id == sent.conversation_id)
    )
    wanted = {sender.username.lower(), *message_recipients.names_in(sender, names)}
    if set(db.session.scalars(members)) != wanted:
        raise FormUsed
    return sent.conversation_id


def _held_recipients(sender: User, names: str) -> Sequence[message_recipients.Recipient]:
    """Return the people named, whom nobody blocks or mutes in this moment: see `recount`."""
    everybody = [sender.username.lower(), *message_recipients.names_in(sender, names)]
    order = message_recipients.named(everybody).order_by(User.id).with_for_update(read=True)
    db.session.execute(order).all()
    return message_recipients.recipients(sender, names)


def _put(sender: User, other_ids: Sequence[int]) -> int:
    """Return the id of the conversation of the two, or of a new one if there are more."""
    pair = sorted([sender.id, *other_ids]) if len(other_ids) == 1 else []
    statement = (
        insert(db, Conversation)
        .values(id=new_id(), pair_key=":".join(map(str, pair)) or None, created_at=utc_now())
        # Both may begin in the same moment.
        .on_conflict_do_nothing(index_elements=["pair_key"])
        .returning(Conversation.id)
    )
    conversation_id: int | None = db.session.scalar(statement)
    if conversation_id is not None:
        _add_members(conversation_id, sender.id, other_ids)
        return conversation_id
    found = pair_with(sender, other_ids[0])
    if found is None:
        # Erased in this moment.
        raise NotFound
    return found


def _add_members(conversation_id: int, sender_id: int, other_ids: Sequence[int]) -> None:
    others = {sender_id: other_ids[0], other_ids[0]: sender_id} if len(other_ids) == 1 else {}
    rows = [
        {
            "conversation_id": conversation_id,
            "user_id": user_id,
            "other_id": others.get(user_id),
        }
        for user_id in (sender_id, *other_ids)
    ]
    db.session.execute(insert_rows(Participant), rows)


def _remove(conversation_id: int, user_id: int) -> None:
    """Remove a member of a conversation that is locked, and it as well if nobody is left.

    With them goes what they were told of it; so when the last one goes, nobody is told any more.
    """
    notification_groups.remove_messages(user_id, conversation_id)
    _execute(
        delete(Participant).where(
            Participant.conversation_id == conversation_id, Participant.user_id == user_id
        )
    )
    has_members = exists().where(Participant.conversation_id == Conversation.id)
    _execute(delete(Conversation).where(Conversation.id == conversation_id, ~has_members))


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
