"""Whom members may want to follow, as jobs found out: nobody waits for that at reading."""

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId


class Suggestion(Base):
    """Somebody for one member: followed by people whom that member follows."""

    __tablename__ = "suggestions"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # The first comes first.
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    suggested_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))
    # How many of those whom the member follows follow them.
    common_count: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index(None, "suggested_id"),)


class PopularPerson(Base):
    """Somebody for everybody: active, and followed by many."""

    __tablename__ = "popular_people"

    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), unique=True
    )
