"""Whom members want out of their sight: blocks, mutes, and muted conversations of posts."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, CreatedAt, Id, UserFK


class Block(Base):
    """Neither of the two sees the other any more."""

    __tablename__ = "blocks"

    id: Mapped[Id]
    blocker_id: Mapped[UserFK]
    blocked_id: Mapped[UserFK]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index("uq_blocks_blocker_id_blocked_id", "blocker_id", "blocked_id", unique=True),
        Index(None, "blocked_id", "blocker_id"),
        CheckConstraint("blocker_id <> blocked_id", name="not_oneself"),
    )


class Mute(Base):
    """The muter is no longer shown what the other one writes, and the other one does not know."""

    __tablename__ = "mutes"

    # A moment rather than none, so that one condition tells what is over.
    FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

    id: Mapped[Id]
    muter_id: Mapped[UserFK]
    muted_id: Mapped[UserFK]
    expires_at: Mapped[datetime] = mapped_column(default=FOREVER)
    # Whether notifications of them are unwanted, too.
    hides_notifications: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index("uq_mutes_muter_id_muted_id", "muter_id", "muted_id", unique=True),
        Index(None, "muted_id"),
        Index(None, "expires_at"),
        CheckConstraint("muter_id <> muted_id", name="not_oneself"),
    )


class ThreadMute(Base):
    """A conversation of posts that a member wants to hear nothing more of."""

    __tablename__ = "thread_mutes"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # As in `posts.conversation_id`, which is no foreign key either.
    conversation_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    created_at: Mapped[CreatedAt]

    # Whoever tells of a post asks who has muted its conversation.
    __table_args__ = (Index(None, "conversation_id"),)
