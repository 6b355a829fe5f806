"""Counting anew what is unread of messages, for whom more or less is to be seen than before.

To be called after the row that causes it is written: see `message_counts`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Message, Participant, User
from app.services import jobs, message_counts
from app.services.message_counts import COLUMNS, Part, unwanting

# Conversations of one transaction.
BATCH = 100


def recount(user_id: int, other_ids: Collection[int]) -> None:
    """Make right what is unread for somebody in conversations with some others.

    The caller holds them all: nobody is just beginning a conversation with another (`pairs`).
    """
    recount_where(_is_about(user_id, other_ids))


def hold_between(one_id: int, other_id: int) -> Sequence[Part]:
    """Lock what the conversations of two, whom the caller holds, are to both, and return it."""
    is_theirs = Participant.user_id.in_([one_id, other_id])
    return message_counts.lock(
        is_theirs, or_(_is_about(one_id, [other_id]), _is_about(other_id, [one_id]))
    )


def recount_later(user_id: int) -> None:
    """Let a job recount for all who share a conversation with somebody who is hidden now, or back.

    There may be many. Each change has a job of its own: one that runs already does not go back to
    those whom it has counted for.
    """
    jobs.enqueue("recount_messages", user_id=user_id)


def recount_with(user_id: int, after: int) -> int | None:
    """Recount for all in some conversations that somebody takes part in, or wrote in.

    :param after: the conversation that was the last; 0 at first
    :return: the last one now; None if there is none
    """
    found: set[int] = set()
    for column, is_theirs in (
        (Participant.conversation_id, Participant.user_id == user_id),
        (Message.conversation_id, Message.sender_id == user_id),
    ):
        query = select(column).where(is_theirs, column > after).order_by(column).distinct()
        found.update(db.session.scalars(query.limit(BATCH)))
    batch = sorted(found)[:BATCH]
    if batch:
        recount_where(Participant.conversation_id.in_(batch))
    return batch[-1] if batch else None


def recount_where(*conditions: ColumnElement[bool]) -> None:
    """Count anew what is unread, and which message is the newest, for some members."""
    count_again(message_counts.lock(*conditions))


def count_again(parts: Sequence[Part]) -> None:
    """Count anew in rows that are locked, and let badges say so."""
    message_counts.tell_badges(parts, count_anew(parts))


def count_anew(parts: Sequence[Part]) -> Sequence[Part]:
    """Count anew in rows that are locked, and return what they are now."""
    if not parts:
        return []
    keys = [(part.conversation_id, part.user_id) for part in parts]
    is_one = tuple_(Participant.conversation_id, Participant.user_id).in_(keys)
    statement = update(Participant).where(is_one).values(**_counted()).returning(*COLUMNS)
    return [Part(*row) for row in message_counts.execute(statement)]


def unread_since(read_id: Any) -> ColumnElement[int]:
    """Return the count of what is unread in a row of participants to somebody who read so far."""
    return (
        select(func.count(Message.id))
        .where(
            *_is_there(),
            _is_wanted(),
            Message.id > read_id,
            Message.sender_id != Participant.user_id,
            Message.deleted_at.is_(None),
        )
        .scalar_subquery()
    )


def _is_about(user_id: int, other_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that it is somebody's place where one of some others is, or wrote."""
    theirs = aliased(Participant)
    shared = select(theirs.conversation_id).where(theirs.user_id.in_(other_ids))
    # Of a group that they have left, what they wrote is still there.
    written = select(Message.conversation_id).where(Message.sender_id.in_(other_ids))
    return and_(
        Participant.user_id == user_id,
        or_(
            # Also if they are just writing for the first time: this waits for them.
            Participant.conversation_id.in_(shared),
            Participant.conversation_id.in_(written),
        ),
    )


def _counted() -> dict[str, Any]:
    # A pair has its place whoever is unwanted: lists leave it out for as long as they are.
    newest = select(func.max(Message.id)).where(
        *_is_there(), or_(Participant.other_id.is_not(None), _is_wanted())
    )
    return {
        "unread_count": unread_since(Participant.read_id),
        "last_message_id": newest.scalar_subquery(),
    }


def _is_there() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message is in a conversation as one of its members has it."""
    return (
        Message.conversation_id == Participant.conversation_id,
        Message.id > Participant.cleared_id,
    )


def _is_wanted() -> ColumnElement[bool]:
    """Return the condition that a member is shown what the sender of a message writes."""
    sender = aliased(User)
    is_gone = exists().where(
        sender.id == Message.sender_id,
        or_(sender.suspended_at.is_not(None), sender.deletion_at.is_not(None)),
    )
    is_others = and_(
        ~is_gone.correlate(Message),
        *(~each.correlate(Message, Participant) for each in unwanting(Message.sender_id)),
    )
    # One's own words are there also for who is hidden meanwhile.
    return or_(Message.sender_id == Participant.user_id, is_others)
