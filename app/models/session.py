"""A signed-in browser. The cookie holds a random token; this table only its SHA-256."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, CreatedAt, Id, UserFK
from app.models.user import User


class UserSession(Base):
    __tablename__ = "sessions"

    MAX_USER_AGENT = 255

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[UserFK]
    remembered: Mapped[bool]
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[datetime]
    # When the password was last given: sensitive pages ask for it again after a while.
    verified_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ip: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(String(MAX_USER_AGENT))

    user: Mapped[User] = relationship(lazy="raise")

    __table_args__ = (
        Index(None, "user_id", "last_seen_at"),
        Index(None, "expires_at"),
    )
