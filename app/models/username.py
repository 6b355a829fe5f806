"""Every user name that was ever given out, so that nobody gets somebody else's former name."""

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, UserFK


class Username(Base):
    __tablename__ = "usernames"

    # SHA-256 of the name in lower case: a name stays taken when its owner is erased, and the table
    # does not say what it was.
    name_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UserFK]
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index(None, "user_id"),)
