"""Hashtags and the posts that carry them. Names are normalised: see `services.rendering`."""

from sqlalchemy import ForeignKey, Index, String
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
