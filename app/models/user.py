"""What is public about a person. Everything secret is in `credential`."""

from datetime import UTC, datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, Index, String, Text, false, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import EMPTY, Base, Count, CreatedAt, Id, text_enum
from app.models.credential import Credential


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"


HIDDEN = text("suspended_at IS NOT NULL OR deletion_at IS NOT NULL")


class User(Base, UserMixin):
    __tablename__ = "users"

    MAX_USERNAME = 30
    MAX_DISPLAY_NAME = 50
    MAX_BIO = 200

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(255))
    # '' is here; other sites come with federation.
    domain: Mapped[str] = mapped_column(String(255), default="", server_default=EMPTY)
    # 50 characters as readers count them may be 400 code points: see services.text.
    display_name: Mapped[str] = mapped_column(String(400), default="", server_default=EMPTY)
    bio: Mapped[str] = mapped_column(Text, default="", server_default=EMPTY)
    bio_html: Mapped[str] = mapped_column(Text, default="", server_default=EMPTY)
    avatar_key: Mapped[str | None] = mapped_column(String(255))
    header_key: Mapped[str | None] = mapped_column(String(255))
    locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    bot: Mapped[bool] = mapped_column(default=False, server_default=false())
    role: Mapped[Role] = mapped_column(
        text_enum(Role, "role"), default=Role.MEMBER, server_default=Role.MEMBER.value
    )
    posts_count: Mapped[Count]
    following_count: Mapped[Count]
    followers_count: Mapped[Count]
    suspended_at: Mapped[datetime | None]
    # Hidden at once, erased at this moment; signing in before then calls it off.
    deletion_at: Mapped[datetime | None]
    # What is left holds other people's threads together and keeps the name taken.
    erased_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    uri: Mapped[str] = mapped_column(String(512), unique=True)

    credential: Mapped[Credential] = relationship(lazy="raise", passive_deletes=True)

    __table_args__ = (
        Index("uq_users_username_domain", func.lower(text("username")), "domain", unique=True),
        # One owner: two people who sign up first at the same moment cannot both be it.
        Index(
            "uq_users_owner",
            "role",
            unique=True,
            sqlite_where=text("role = 'owner'"),
            postgresql_where=text("role = 'owner'"),
        ),
        Index("ix_users_hidden", "id", sqlite_where=HIDDEN, postgresql_where=HIDDEN),
        Index("ix_users_deletion_at", "deletion_at"),
        Index("ix_users_followers_count_id", "followers_count", "id"),
        CheckConstraint(
            f"domain <> '' OR length(username) BETWEEN 2 AND {MAX_USERNAME}", name="username_length"
        ),
        CheckConstraint(
            "posts_count >= 0 AND following_count >= 0 AND followers_count >= 0", name="counts"
        ),
    )

    # Of the session this person came with: its token, which Flask-Login keeps in the cookie, its
    # id, and when the password was last given in it.
    session_token = ""
    session_id = 0
    verified_at = datetime.min.replace(tzinfo=UTC)

    def get_id(self) -> str:
        return self.session_token

    @property
    def name(self) -> str:
        return self.display_name or self.username
