"""The followers association: who reads whom."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, CreatedAt, Id, UserFK, text_enum
from app.models.user import User


class FollowState(StrEnum):
    ACCEPTED = "accepted"
    REQUESTED = "requested"


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
        CheckConstraint("follower_id <> followed_id", name="not_oneself"),
    )
