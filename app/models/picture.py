"""A picture of a post. What members look like is in `users.avatar_key` and `users.header_key`."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import EMPTY, Base, BigId, CreatedAt, Id, UserFK


class Picture(Base):
    """A picture, kept in two sizes. Without a post it is one that is being written."""

    __tablename__ = "pictures"

    MAX_PER_POST = 4
    MAX_ALT = 1_500

    id: Mapped[Id]
    owner_id: Mapped[UserFK]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.id", ondelete="SET NULL"))
    # From 0, in the order in which the author chose them.
    position: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    # Of its files and its address: random, so that it says nothing and cannot be guessed.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    # In pixels, of the large size and of the small one.
    width: Mapped[int]
    height: Mapped[int]
    small_width: Mapped[int]
    small_height: Mapped[int]
    # A data: URI of a few hundred bytes, to show while the small size is on its way.
    placeholder: Mapped[str] = mapped_column(Text)
    # In bytes, of all its files.
    size: Mapped[int] = mapped_column(BigInteger)
    # What is on it, for those who cannot see it.
    alt: Mapped[str] = mapped_column(Text, default="", server_default=EMPTY)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index(None, "post_id", "position"),
        Index(None, "owner_id", "id"),
        CheckConstraint(
            "width > 0 AND height > 0 AND small_width > 0 AND small_height > 0", name="dimensions"
        ),
        CheckConstraint(f"position BETWEEN 0 AND {MAX_PER_POST - 1}", name="position"),
    )
