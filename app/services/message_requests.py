"""Where what somebody writes arrives: in a conversation that is accepted, or among the requests.

Members choose whose messages come in. That is looked up when a conversation is new to them: when it
begins, after they have cleared it, and after a block between the two has ended. Whoever has
accepted it, or written in it, goes on with it whatever they choose later.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import exists, or_, select

from app.extensions import db
from app.models import (
    Credential,
    Follow,
    FollowState,
    Message,
    MessagesFrom,
    Participant,
    ParticipantState,
)
from app.services import message_counts
from app.services.message_counts import Part


def receive(sender_id: int, parts: Sequence[Part]) -> Sequence[Part]:
    """Let those who have nothing of a conversation yet get it where they want it.

    :param parts: theirs, locked
    :return: what those are now
    """
    new = [part for part in parts if part.last_message_id is None]
    welcome = _welcoming(sender_id, [part.user_id for part in new])
    return [_put(part, welcome) if part in new else part for part in parts]


def begin_anew(one_id: int, other_id: int) -> None:
    """Let each of two, between whom a block has ended, choose as if the other were a stranger.

    To be called while nothing between them is counted: before it is counted anew.
    """
    pair = (one_id, other_id)
    parts = message_counts.lock(Participant.user_id.in_(pair), Participant.other_id.in_(pair))
    for part in parts:
        sender_id = other_id if part.user_id == one_id else one_id
        if not part.unread_count and not _has_written(part):
            _put(part, _welcoming(sender_id, [part.user_id]))


def _put(part: Part, welcome: Collection[int]) -> Part:
    states = ParticipantState
    state = states.ACCEPTED if part.user_id in welcome else states.REQUESTED
    return part if part.state is state else message_counts.change(part, state=state)


def _has_written(part: Part) -> bool:
    query = select(
        exists().where(
            Message.sender_id == part.user_id,
            Message.conversation_id == part.conversation_id,
            Message.id > Participant.cleared_id,
        )
    ).where(
        Participant.conversation_id == part.conversation_id, Participant.user_id == part.user_id
    )
    return bool(db.session.scalar(query))


def _welcoming(sender_id: int, recipient_ids: Iterable[int]) -> Collection[int]:
    """Return the ids of those who want messages of somebody without being asked."""
    ids = sorted(recipient_ids)
    if not ids:
        return ()
    follows = exists().where(
        Follow.follower_id == Credential.user_id,
        Follow.followed_id == sender_id,
        Follow.state == FollowState.ACCEPTED,
    )
    lets_in = or_(
        Credential.messages_from == MessagesFrom.EVERYONE,
        (Credential.messages_from == MessagesFrom.FOLLOWED) & follows,
    )
    query = select(Credential.user_id).where(Credential.user_id.in_(ids), lets_in)
    return set(db.session.scalars(query))
