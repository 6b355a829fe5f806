"""Secrets that work once: links in mails, and the step between password and code.

The secret itself is derived from the row's id and the master key; the table holds its SHA-256.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, UserFK, text_enum


class Purpose(StrEnum):
    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    SECOND_FACTOR = "second_factor"


class OneTimeToken(Base):
    __tablename__ = "one_time_tokens"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[Purpose] = mapped_column(text_enum(Purpose, "purpose"))
    user_id: Mapped[UserFK]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "user_id", "purpose"), Index(None, "expires_at"))
