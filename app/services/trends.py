"""Tags today: the hashtags that most people used within a day, as a job counts them."""

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, delete, exists, func, select
from sqlalchemy import insert as insert_rows

from app.extensions import db
from app.models import Post, PostTag, Tag, TagTrend
from app.models.base import BigId, utc_now
from app.models.ids import id_at
from app.services.pagination import Rows
from app.services.visibility import is_listed, visible_as_post_to

WINDOW = timedelta(days=1)
MAX = 10
# Where so many people write in a day, a hashtag takes two of them: nobody makes one alone.
MANY_AUTHORS = 20
# Seconds for which a process keeps what it has read: it is the same for everybody.
KEPT_FOR = 60


class TrendRow(NamedTuple):
    """A hashtag, in how many posts it stands, and how many people wrote those."""

    name: str
    posts_count: int
    people_count: int


class Count(NamedTuple):
    tag_id: int
    posts_count: int
    people_count: int


class _Kept(NamedTuple):
    rows: Sequence[TrendRow]
    until: float


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def today() -> Sequence[TrendRow]:
    """Return the hashtags of the day, the first first, as they were counted last."""
    kept = _kept.get(db.engine)
    if kept is None or kept.until <= time.monotonic():
        rows = db.session.execute(_stored(), {"since": id_at(utc_now() - WINDOW)})
        kept = remember([TrendRow(*row) for row in rows])
    return kept.rows


def remember(rows: Sequence[TrendRow]) -> _Kept:
    """Let pages of this process show these for a while, without a look at the database."""
    kept = _Kept(rows, time.monotonic() + KEPT_FOR)
    _kept[db.engine] = kept
    return kept


def forget() -> None:
    """Let pages of this process look at the database again."""
    _kept.pop(db.engine, None)


def count() -> list[Count]:
    """Count the hashtags of the day. Reads a day of posts, however many there are in all."""
    since = id_at(utc_now() - WINDOW)
    people = func.count(Post.author_id.distinct())
    posts = func.count(Post.id)
    query: Rows = (
        select(PostTag.tag_id, posts, people)
        .join(Post, Post.id == PostTag.post_id)
        .where(PostTag.post_id > since, Post.id > since, is_listed(), visible_as_post_to(None))
        .group_by(PostTag.tag_id)
        .having(people >= _people_needed(since))
        .order_by(people.desc(), posts.desc(), PostTag.tag_id.desc())
        .limit(MAX)
    )
    return [Count(*row) for row in db.session.execute(query)]


def store(counts: Sequence[Count]) -> None:
    """Let these be the hashtags of the day."""
    db.session.execute(delete(TagTrend).execution_options(synchronize_session=False))
    if counts:
        rows = [{"position": place, **row._asdict()} for place, row in enumerate(counts)]
        db.session.execute(insert_rows(TagTrend), rows)
    forget()


@cache
def _stored() -> Rows:
    since = bindparam("since", type_=BigId)
    # Whoever used it may have been hidden, or have deleted the post, since it was counted.
    is_still_used = exists().where(
        PostTag.tag_id == TagTrend.tag_id,
        PostTag.post_id > since,
        Post.id == PostTag.post_id,
        is_listed(),
        visible_as_post_to(None),
    )
    return (
        select(Tag.name, TagTrend.posts_count, TagTrend.people_count)
        .join(TagTrend, TagTrend.tag_id == Tag.id)
        .where(is_still_used)
        .order_by(TagTrend.position)
    )


def _people_needed(since: int) -> int:
    authors = (
        select(Post.author_id)
        .where(Post.id > since, is_listed(), visible_as_post_to(None))
        .distinct()
        .limit(MANY_AUTHORS)
    )
    return 2 if len(db.session.scalars(authors).all()) == MANY_AUTHORS else 1
