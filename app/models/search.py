"""The words by which posts, people and hashtags are found: see `services.search_words`.

On PostgreSQL a GIN index finds them. On SQLite a table of FTS5 does, which is called as these with
`_index` behind it, and which triggers keep the same. No foreign keys: were an index damaged, they
would let nobody delete a post. Words of what is gone find nothing, and `search_index` removes them.
"""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId

Vector = Text().with_variant(TSVECTOR(), "postgresql")


class PostWords(Base):
    __tablename__ = "post_words"

    post_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Vector)


class UserWords(Base):
    __tablename__ = "user_words"

    user_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Vector)


class TagWords(Base):
    __tablename__ = "tag_words"

    tag_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Vector)
