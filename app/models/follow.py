"""The followers association: who reads whom."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, CreatedAt, Id, UserFK, text_enum
from app.models.user import User


class FollowState(StrEnum):
    ACCEPTED = "accepted"
    REQUESTED = "requested"


# As words, not a value: SQLite uses a partial index only for literal conditions.
IS_REQUESTED = text("state = 'requested'")


class Follow(Base):
    __tablename__ = "followers"

    id: Mapped[Id]
    follower_id: Mapped[UserFK]
    followed_id: Mapped[UserFK]
    state: Mapped[FollowState] = mapped_column(
        text_enum(FollowState, "state"), default=FollowState.ACCEPTED
    )
    created_at: Mapped[CreatedAt]

    follower: Mapped[User] = relationship(lazy="raise", foreign_keys="Follow.follower_id")
    followed: Mapped[User] = relationship(lazy="raise", foreign_keys="Follow.followed_id")

    __table_args__ = (
        UniqueConstraint("follower_id", "followed_id"),
        Index(None, "follower_id", "id"),
        Index(None, "followed_id", "id"),
        Index(
            "ix_followers_requested",
            "followed_id",
            "id",
            sqlite_where=IS_REQUESTED,
            postgresql_where=IS_REQUESTED,
        ),
        CheckConstraint("follower_id <> followed_id", name="not_oneself"),
    )
