"""What only a person with an account here is to know. Timelines never load it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, text_enum


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


CLAIMED = text("email_claimed")


class Credential(Base):
    __tablename__ = "credentials"

    MAX_EMAIL = 254

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email: Mapped[str] = mapped_column(String(MAX_EMAIL))
    # The address without letter case.
    email_key: Mapped[str] = mapped_column(String(MAX_EMAIL))
    # Whether the address is this account's: one account for each. Where addresses are confirmed,
    # that makes it so, and anybody may type any address until then; else the first to give it.
    email_claimed: Mapped[bool]
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None]
    # The secret of the second factor is derived from this and the master key.
    totp_seed: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    totp_enabled_at: Mapped[datetime | None]
    # The time step of the last code taken: none is taken twice.
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # None: follow the browser.
    locale: Mapped[str | None] = mapped_column(String(16))
    # None: never chosen, so that of the browser at the next sign-in; "": follow the browser.
    time_zone: Mapped[str | None] = mapped_column(String(64))
    theme: Mapped[Theme] = mapped_column(
        text_enum(Theme, "theme"), default=Theme.AUTO, server_default=Theme.AUTO.value
    )
    last_sign_in_at: Mapped[datetime | None]
    # Whether single keys, such as j and k, do something.
    shortcuts: Mapped[bool] = mapped_column(default=True, server_default=true())
    # How far home has been read. All entries up to this id have been, ...
    home_seen_id: Mapped[int | None] = mapped_column(BigId)
    # ... and those between two others, if reading broke off above it: see `services.reading`.
    home_top_id: Mapped[int | None] = mapped_column(BigId)
    home_bottom_id: Mapped[int | None] = mapped_column(BigId)
    # Kinds of mail that this person does not want: see `services.mail_choices`.
    unwanted_mails: Mapped[list[str]] = mapped_column(JSON, default=list)

    __table_args__ = (
        Index(
            "uq_credentials_email_key",
            "email_key",
            unique=True,
            sqlite_where=CLAIMED,
            postgresql_where=CLAIMED,
        ),
        Index("ix_credentials_email_key", "email_key"),
    )
