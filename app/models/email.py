"""The outbox: a message is a row of the transaction that causes it; a job sends it.

What it says is put together when it is sent, so the table holds no links that sign in.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import EMPTY, Base, BigId, CreatedAt, Id, UserFK, text_enum
from app.models.credential import Credential


class EmailState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    # The server refused it for good.
    FAILED = "failed"


class Email(Base):
    __tablename__ = "emails"

    id: Mapped[Id]
    # The name of a function in `app.emails.messages` or `app.emails.notifications`.
    kind: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UserFK]
    # Another member whom it names, whose name goes when they do.
    about_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    recipient: Mapped[str] = mapped_column(String(Credential.MAX_EMAIL))
    locale: Mapped[str] = mapped_column(String(16))
    # What the function wants to know besides the user.
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The same however often it is tried, so that a mailbox can tell a second copy.
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[EmailState] = mapped_column(
        text_enum(EmailState, "state"), default=EmailState.PENDING
    )
    error: Mapped[str] = mapped_column(String(500), default="", server_default=EMPTY)
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "user_id"),
        Index(None, "about_id"),
        # Addresses differ in letter case only for those who would be written to more often.
        Index("ix_emails_recipient_created_at", func.lower(text("recipient")), "created_at"),
        Index(None, "created_at"),
    )
