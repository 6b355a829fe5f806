"""A former version of a post."""

from datetime import datetime

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, PostFK, UtcDateTime


class PostEdit(Base):
    __tablename__ = "post_edits"

    id: Mapped[Id]
    post_id: Mapped[PostFK]
    # 0 is the post as it was first published.
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    spoiler_text: Mapped[str] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(16))
    # What its pictures were described with, in their order.
    alts: Mapped[list[str]] = mapped_column(JSON)
    # When this version was written.
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())

    __table_args__ = (UniqueConstraint("post_id", "version"),)
