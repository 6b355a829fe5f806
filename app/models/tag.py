"""Hashtags, the posts that carry them, who follows them, and those of the day.

Names are normalised: see `services.rendering`.
"""

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, CreatedAt, Id


class Tag(Base):
    __tablename__ = "tags"

    MAX_NAME = 255

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(MAX_NAME), unique=True)
    created_at: Mapped[CreatedAt]


class PostTag(Base):
    __tablename__ = "post_tags"

    tag_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )

    __table_args__ = (Index(None, "post_id"),)


class TagFollow(Base):
    """A hashtag whose public posts a member wants at home."""

    __tablename__ = "tag_follows"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tag_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index(None, "tag_id"),)


class TagTrend(Base):
    """A hashtag of the day, as a job counted it last."""

    __tablename__ = "tag_trends"

    # The first comes first.
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("tags.id", ondelete="CASCADE"), unique=True
    )
    posts_count: Mapped[int] = mapped_column(Integer)
    people_count: Mapped[int] = mapped_column(Integer)
