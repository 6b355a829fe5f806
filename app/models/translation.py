"""A post in another language, as a translation service gave it."""

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import EMPTY, Base, CreatedAt, Id, PostFK


class Translation(Base):
    __tablename__ = "translations"

    id: Mapped[Id]
    post_id: Mapped[PostFK]
    # The language it is in.
    language: Mapped[str] = mapped_column(String(16))
    # Of the post (`edits_count`) that was translated.
    version: Mapped[int] = mapped_column(Integer)
    html: Mapped[str] = mapped_column(Text)
    spoiler_text: Mapped[str] = mapped_column(Text, default="", server_default=EMPTY)
    # Who translated it, to be named beside it.
    provider: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("post_id", "language"),)
