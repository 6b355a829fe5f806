"""What is unread of messages: counted where it changes, so that no page has to count.

`participants.unread_count` counts the messages of a conversation that are for a member, wanted by
them, and newer than what they read; `credentials.unread_messages` counts their conversations in
which that is not 0, but for requests. It changes only where the other goes from 0 or back to 0.
What is counted anew is in `message_recounts`.

Whoever changes a row of `participants` locks it first, and only then looks at messages, blocks and
mutes: so of two things that happen at once, the later one knows of the earlier one. Rows are locked
in one order: people (`pairs`), posts, the conversation, participants, groups of notifications,
credentials (`badges`); and of several by their keys, by one statement.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Exists,
    and_,
    exists,
    or_,
    select,
    update,
)

from app.extensions import db
from app.models import (
    Block,
    Mute,
    Participant,
    ParticipantState,
)
from app.models.base import utc_now
from app.services import badges

# Conversations of one transaction.
BATCH = 100


class Part(NamedTuple):
    """What a conversation is to one of its members."""

    conversation_id: int
    user_id: int
    other_id: int | None
    state: ParticipantState
    unread_count: int
    read_id: int
    last_message_id: int | None

    @property
    def is_counted(self) -> bool:
        """Whether the badge of the member counts this conversation."""
        return self.state is ParticipantState.ACCEPTED and self.unread_count > 0


COLUMNS = (
    Participant.conversation_id,
    Participant.user_id,
    Participant.other_id,
    Participant.state,
    Participant.unread_count,
    Participant.read_id,
    Participant.last_message_id,
)


def lock(*conditions: ColumnElement[bool]) -> Sequence[Part]:
    """Lock what conversations are to members, and return it."""
    query = (
        select(*COLUMNS)
        .where(*conditions)
        .order_by(Participant.conversation_id, Participant.user_id)
        .with_for_update(key_share=True)
    )
    return [Part(*row) for row in db.session.execute(query)]


def change(part: Part, **values: Any) -> Part:
    """Change a row that is locked, and return what it is now."""
    statement = update(Participant).where(_is(part)).values(**values).returning(*COLUMNS)
    return Part(*execute(statement).one())


def add_unread(conversation_id: int, user_ids: Collection[int], message_id: int) -> Sequence[Part]:
    """Note a new message for some members, whose rows are locked; return what those are now."""
    if not user_ids:
        return []
    statement = (
        update(Participant)
        .where(
            Participant.conversation_id == conversation_id,
            Participant.user_id.in_(sorted(user_ids)),
        )
        .values(unread_count=Participant.unread_count + 1, last_message_id=message_id)
        .returning(*COLUMNS)
    )
    return [Part(*row) for row in execute(statement)]


def tell_badges(before: Iterable[Part], after: Iterable[Part]) -> None:
    """Let the badges of members say what has changed."""
    changes: dict[int, int] = {}
    for parts, sign in ((before, -1), (after, 1)):
        for part in parts:
            if part.is_counted:
                changes[part.user_id] = changes.get(part.user_id, 0) + sign
    badges.add(messages=changes)


def unwanting(sender_id: Any) -> tuple[Exists, Exists]:
    """Return the conditions that a member and a sender are blocked, and that one is muted.

    The member is that of the row of participants.
    """
    member_id = Participant.user_id
    is_blocked = exists().where(
        or_(
            and_(Block.blocker_id == member_id, Block.blocked_id == sender_id),
            and_(Block.blocker_id == sender_id, Block.blocked_id == member_id),
        )
    )
    is_muted = exists().where(
        Mute.muter_id == member_id, Mute.muted_id == sender_id, Mute.expires_at > utc_now()
    )
    return is_blocked, is_muted


def _is(part: Part) -> ColumnElement[bool]:
    return and_(
        Participant.conversation_id == part.conversation_id, Participant.user_id == part.user_id
    )


def execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
