"""What members do with posts: like, keep and pin them. A repost is a post of its own."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, CreatedAt, Id, PostFK, UserFK


class Like(Base):
    __tablename__ = "likes"

    id: Mapped[Id]
    user_id: Mapped[UserFK]
    post_id: Mapped[PostFK]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("user_id", "post_id"),
        Index(None, "user_id", "id"),
        Index(None, "post_id", "id"),
    )


class Bookmark(Base):
    """A post that a member keeps to read again. Nobody else learns of it."""

    __tablename__ = "bookmarks"

    id: Mapped[Id]
    user_id: Mapped[UserFK]
    post_id: Mapped[PostFK]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("user_id", "post_id"),
        Index(None, "user_id", "id"),
        Index(None, "post_id"),
    )


class Pin(Base):
    """A post at the top of its author's profile, in one of a few places."""

    __tablename__ = "pins"

    MAX = 5

    post_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[UserFK]
    # The first is the highest. Unique and bounded, so that nobody can have more than there are.
    position: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("user_id", "position"),
        CheckConstraint(f"position BETWEEN 1 AND {MAX}", name="position"),
    )
