"""Private messages: conversations, who takes part in them, and what they write.

Not to be confused with the conversations of posts, which `posts.conversation_id` holds together.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Count, CreatedAt, Id, UserFK, text_enum


class ParticipantState(StrEnum):
    ACCEPTED = "accepted"
    # Somebody wrote from whom this member does not want messages without being asked.
    REQUESTED = "requested"


class Conversation(Base):
    __tablename__ = "conversations"

    # With whom it began.
    MAX_PARTICIPANTS = 20

    id: Mapped[Id]
    # "<lower id>:<higher id>" of the two whose conversation it is, so that they have one; None of
    # a group.
    pair_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    # Whoever writes locks the row; so ids of messages grow in the order in which others see them.
    last_message_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    created_at: Mapped[CreatedAt]


class Participant(Base):
    """A member of a conversation, and how far they have read."""

    __tablename__ = "participants"

    conversation_id: Mapped[int] = mapped_column(
        BigId,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # The other one of a pair; None in a group.
    other_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    state: Mapped[ParticipantState] = mapped_column(
        text_enum(ParticipantState, "state"), default=ParticipantState.ACCEPTED
    )
    # The newest message for this member, by which their conversations are sorted; None if there is
    # none, and then the conversation is in no list of theirs.
    last_message_id: Mapped[int | None] = mapped_column(BigId)
    # Of messages of others that are for this member and newer than what they read.
    unread_count: Mapped[Count]
    read_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    # Messages up to this one this member has removed from their own view.
    cleared_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index(None, "user_id", "state", "last_message_id"),
        Index(None, "other_id"),
        CheckConstraint("unread_count >= 0", name="unread_count"),
    )


class Message(Base):
    __tablename__ = "messages"

    MAX_LENGTH = 2_000

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("conversations.id", ondelete="CASCADE")
    )
    sender_id: Mapped[UserFK]
    text: Mapped[str] = mapped_column(Text)
    # Rendered once, at writing; naming somebody in it tells nobody.
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    # A deleted message leaves its place, without its words.
    deleted_at: Mapped[datetime | None]
    # Of the form it came from, so that one that is sent twice is one message.
    form_key: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("sender_id", "form_key"),
        Index(None, "conversation_id", "id"),
        Index(None, "sender_id", "conversation_id", "id"),
        CheckConstraint("deleted_at IS NULL OR (text = '' AND html = '')", name="tombstone"),
    )
