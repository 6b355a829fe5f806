"""A post; also a repost, so that a timeline is one query over one table."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import EMPTY, Base, BigId, Count, CreatedAt, Id, UserFK, text_enum
from app.models.user import User


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    MEMBERS = "members"
    FOLLOWERS = "followers"
    DIRECT = "direct"


LISTED = text("visibility = 'public' AND deleted_at IS NULL")


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[Id]
    author_id: Mapped[UserFK]
    text: Mapped[str] = mapped_column(Text)
    # Rendered once, at writing; the version tells which renderings to make anew.
    html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str | None] = mapped_column(String(16))
    visibility: Mapped[Visibility] = mapped_column(
        text_enum(Visibility, "visibility"), default=Visibility.PUBLIC
    )
    spoiler_text: Mapped[str] = mapped_column(String(255), default="", server_default=EMPTY)
    in_reply_to_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="SET NULL")
    )
    in_reply_to_user_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="SET NULL")
    )
    # The id of the first post of its conversation; no foreign key, since that one may go.
    conversation_id: Mapped[int] = mapped_column(BigId)
    repost_of_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="CASCADE")
    )
    uri: Mapped[str] = mapped_column(String(512), unique=True)
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
    # A deleted post stays as a tombstone without its words, to hold its thread together.
    deleted_at: Mapped[datetime | None]
    likes_count: Mapped[Count]
    reposts_count: Mapped[Count]
    replies_count: Mapped[Count]

    author: Mapped[User] = relationship(lazy="raise", foreign_keys="Post.author_id")

    __table_args__ = (
        Index(None, "author_id", "id"),
        Index("ix_posts_listed", "id", sqlite_where=LISTED, postgresql_where=LISTED),
        Index(None, "conversation_id", "id"),
        Index(None, "in_reply_to_id", "id"),
        Index(None, "in_reply_to_user_id"),
        # A member reposts a post once.
        Index("uq_posts_repost_of_id_author_id", "repost_of_id", "author_id", unique=True),
        CheckConstraint("deleted_at IS NULL OR (text = '' AND html = '')", name="tombstone"),
        CheckConstraint(
            "likes_count >= 0 AND reposts_count >= 0 AND replies_count >= 0", name="counts"
        ),
    )
