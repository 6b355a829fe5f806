"""What search engines are told to look at: profiles and posts that everybody may see.

An id tells the time it was made, so a file of the sitemap is what was made in a span of time: it is
found by an index, it does not change any more when the span is over, and nothing is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal, null, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import Post, User
from app.models.base import BigId
from app.models.ids import MAX_ID, SEQUENCE_BITS
from app.services.pagination import Rows
from app.services.users import is_active
from app.services.visibility import is_listed, is_no_reply, visible_as_post_to

# As many addresses as the protocol lets a file have, and files an index.
MOST = 50_000
BATCH = 5_000

Kind = Literal["posts", "people"]
KINDS: tuple[Kind, ...] = ("posts", "people")


class Address(NamedTuple):
    """A page: of a post, or, without one, of a person."""

    id: int
    username: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Span:
    """How ids are cut into files: the number of one is that of its span since 1970."""

    days: int

    @property
    def size(self) -> int:
        return (timedelta(days=self.days) // timedelta(milliseconds=1)) << SEQUENCE_BITS


_SPANS: dict[Kind, _Span] = {"posts": _Span(1), "people": _Span(28)}
_LOWEST = bindparam("lowest", type_=BigId)
_BELOW = bindparam("below", type_=BigId)


def numbers(kind: Kind) -> list[int]:
    """Return the numbers of the files that have something in them, the newest first."""
    size = _SPANS[kind].size
    return [id_ // size for id_ in db.session.scalars(_newest_of_each(kind))]


def addresses(kind: Kind, number: int) -> Iterator[list[Address]]:
    """Yield what is in a file, a batch at a time, the newest first.

    Should more have come in its time than a file may have, the newest are in it.
    """
    size = _SPANS[kind].size
    lowest, below = (min(edge * size, MAX_ID) for edge in (number, number + 1))
    for _ in range(MOST // BATCH):
        values = {"lowest": lowest, "below": below}
        rows = db.session.execute(_addresses(kind), values).all()
        if rows:
            yield [Address(*row) for row in rows]
        if len(rows) < BATCH:
            return
        below = rows[-1].id


@cache
def _addresses(kind: Kind) -> Rows:
    query = _posts_of_all() if kind == "posts" else _people_of_all()
    key = _key(kind)
    return query.where(key >= _LOWEST, key < _BELOW).order_by(key.desc()).limit(BATCH)


@cache
def _newest_of_each(kind: Kind) -> Any:
    """Return the newest id in each span: from one it is a single look at the index to the next."""
    size = literal(_SPANS[kind].size, BigId)
    newest = _newest(kind, literal(MAX_ID, BigId))
    spans = select(newest.label("id")).cte("spans", recursive=True)
    start = spans.c.id - spans.c.id % size
    spans = spans.union_all(
        select(_newest(kind, start)).select_from(spans).where(spans.c.id.is_not(None))
    )
    return select(spans.c.id).where(spans.c.id.is_not(None)).limit(MOST // 2)


def _newest(kind: Kind, below: ColumnElement[int]) -> Any:
    key = _key(kind)
    query = _posts_of_all() if kind == "posts" else _people_of_all()
    return (
        query.with_only_columns(key)
        .where(key < below)
        .order_by(key.desc())
        .limit(1)
        .scalar_subquery()
    )


def _key(kind: Kind) -> InstrumentedAttribute[int]:
    return Post.id if kind == "posts" else User.id


def _posts_of_all() -> Rows:
    """Return posts that begin a conversation, of which the index has them in order."""
    return (
        select(Post.id, User.username, func.coalesce(Post.edited_at, Post.created_at))
        .join(User, User.id == Post.author_id)
        .where(visible_as_post_to(None), is_listed(), is_no_reply())
    )


def _people_of_all() -> Rows:
    return select(User.id, User.username, null()).where(
        is_active(), User.domain == "", User.posts_count > 0
    )
