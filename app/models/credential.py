"""What is secret about a person with an account here. Timelines never load it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, text_enum


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Credential(Base):
    __tablename__ = "credentials"

    MAX_EMAIL = 254

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email: Mapped[str] = mapped_column(String(MAX_EMAIL))
    # The address without letter case: one account for each.
    email_key: Mapped[str] = mapped_column(String(MAX_EMAIL), unique=True)
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    # None: follow the browser.
    locale: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    theme: Mapped[Theme] = mapped_column(
        text_enum(Theme, "theme"), default=Theme.AUTO, server_default=Theme.AUTO.value
    )
    last_sign_in_at: Mapped[datetime | None]
