"""What only a person with an account here is to know. Timelines never load it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Count, text_enum


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class MessagesFrom(StrEnum):
    """Whose private messages come in at once; those of others wait as requests."""

    EVERYONE = "everyone"
    FOLLOWED = "followed"
    NOBODY = "nobody"


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

    # Where each kind of notification reaches them, if they chose: see
    # `services.notification_choices`.
    notification_choices: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    messages_from: Mapped[MessagesFrom] = mapped_column(
        text_enum(MessagesFrom, "messages_from"),
        default=MessagesFrom.EVERYONE,
        server_default=MessagesFrom.EVERYONE.value,
    )
    # Groups of notifications, and conversations, with something unread. Here, since each page shows
    # them and each page loads this row; counted in the transactions that change them.
    unread_notifications: Mapped[Count]
    unread_messages: Mapped[Count]
    # Counts up when whom they block or mute changes, or who blocks them: a part of the keys of what
    # processes keep for a member.
    hiding_version: Mapped[Count]
    # When they were last sent a digest.
    digested_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_credentials_email_key",
            "email_key",
            unique=True,
            sqlite_where=CLAIMED,
            postgresql_where=CLAIMED,
        ),
        Index("ix_credentials_email_key", "email_key"),
        CheckConstraint("unread_notifications >= 0", name="unread_notifications"),
        CheckConstraint("unread_messages >= 0", name="unread_messages"),
    )
