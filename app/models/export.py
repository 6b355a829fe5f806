"""A copy of all that a member wrote and did, as a file to take along."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, UserFK, text_enum


class ExportState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Export(Base):
    __tablename__ = "exports"

    id: Mapped[Id]
    user_id: Mapped[UserFK]
    state: Mapped[ExportState] = mapped_column(
        text_enum(ExportState, "state"), default=ExportState.PENDING
    )
    # The name of the file in the folder of exports: random, so that it cannot be guessed.
    file_name: Mapped[str] = mapped_column(String(64), unique=True)
    # Bytes.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[CreatedAt]
    # When the file goes; set when it is ready.
    expires_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "user_id", "id"), Index(None, "expires_at"))
