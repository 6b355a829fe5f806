"""A post; also a repost, so that a timeline is one query over one table."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import EMPTY, Base, BigId, Count, CreatedAt, Id, UserFK, text_enum
from app.models.user import User


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    MEMBERS = "members"
    FOLLOWERS = "followers"
    DIRECT = "direct"

    # That of Enum is written in Python, and the rows of lists are keys.
    __hash__ = str.__hash__


# Posts that begin a conversation, for everybody to see.
LISTED = text(
    "visibility = 'public' AND deleted_at IS NULL"
    " AND in_reply_to_id IS NULL AND repost_of_id IS NULL"
)
IS_REPLY = text("in_reply_to_id IS NOT NULL")
IS_REPOST = text("repost_of_id IS NOT NULL")
# What lists walk: however many posts somebody deleted, they stand in nobody's way.
IS_ALIVE = text("deleted_at IS NULL")
IS_LIVE_REPLY = text("deleted_at IS NULL AND in_reply_to_id IS NOT NULL")
IS_LIVE_START = text("deleted_at IS NULL AND in_reply_to_id IS NULL")


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
    # The content warning: the line that the post is folded under. The name is that of federated
    # software; only columns, and rows read from them, have it. Elsewhere it is `warning`.
    spoiler_text: Mapped[str] = mapped_column(String(255), default="", server_default=EMPTY)
    # Its pictures are shown only when asked for.
    sensitive: Mapped[bool] = mapped_column(default=False, server_default=false())
    in_reply_to_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="SET NULL")
    )
    in_reply_to_user_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="SET NULL")
    )
    # The id of the first post of its conversation; no foreign key, since that one may go.
    conversation_id: Mapped[int] = mapped_column(BigId)
    # A repost has nothing else of its own: it is gone when the post is deleted.
    repost_of_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("posts.id", ondelete="CASCADE")
    )
    uri: Mapped[str] = mapped_column(String(512), unique=True)
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
    # Which version this is; the former ones are in `post_edits`.
    edits_count: Mapped[Count]
    # A deleted post stays as a tombstone without its words, to hold its thread together.
    deleted_at: Mapped[datetime | None]
    likes_count: Mapped[Count]
    reposts_count: Mapped[Count]
    # Of those that everybody can see.
    replies_count: Mapped[Count]
    pictures_count: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    # Of the form it came from, so that one that is sent twice is published once.
    form_key: Mapped[str | None] = mapped_column(String(64))

    author: Mapped[User] = relationship(lazy="raise", foreign_keys="Post.author_id")

    __table_args__ = (
        Index(None, "author_id", "id", sqlite_where=IS_ALIVE, postgresql_where=IS_ALIVE),
        Index(
            "ix_posts_replies",
            "author_id",
            "id",
            sqlite_where=IS_LIVE_REPLY,
            postgresql_where=IS_LIVE_REPLY,
        ),
        Index(
            "ix_posts_no_replies",
            "author_id",
            "id",
            sqlite_where=IS_LIVE_START,
            postgresql_where=IS_LIVE_START,
        ),
        Index("ix_posts_listed", "id", sqlite_where=LISTED, postgresql_where=LISTED),
        Index(None, "conversation_id", "id"),
        # Without the many that are no replies, or no reposts: SQLite would look for those here.
        Index(None, "in_reply_to_id", "id", sqlite_where=IS_REPLY, postgresql_where=IS_REPLY),
        Index(None, "in_reply_to_user_id"),
        # A member reposts a post once.
        Index(
            "uq_posts_repost_of_id_author_id",
            "repost_of_id",
            "author_id",
            unique=True,
            sqlite_where=IS_REPOST,
            postgresql_where=IS_REPOST,
        ),
        Index("uq_posts_author_id_form_key", "author_id", "form_key", unique=True),
        CheckConstraint("deleted_at IS NULL OR (text = '' AND html = '')", name="tombstone"),
        CheckConstraint(
            "likes_count >= 0 AND reposts_count >= 0 AND replies_count >= 0", name="counts"
        ),
    )
