"""How each database is asked for what has some words. Statements are made once; see `timelines`.

All return ids of what is found, the newest first, and only of what is for the viewer: that is
asked before anything is counted or cut off, or a full page would tell of what is hidden. PostgreSQL
is asked twice if need be, since no plan suits all words. One that many posts have is soon found by
walking down the newest; one that few have, by the GIN index, which knows all of them but no order.
SQLite's index is in order.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.models import Post, PostWords
from app.models.base import BigId
from app.models.ids import MAX_ID
from app.services.pagination import Rows
from app.services.search_language import Term
from app.services.search_words import quoted
from app.services.visibility import Viewer, visible_as_post_to, wanted_as_post_by

# So many of the newest posts are walked for those that have the words: some 4 ms of work.
WINDOW = 10_000
# So many of the newest of what is found are put in order of how relevant they are.
RANKED = 1_000

FROM_ID = bindparam("from_id", type_=BigId)
BELOW_ID = bindparam("below_id", type_=BigId)
WANTED: ColumnElement[Any] = cast(bindparam("wanted"), TSQUERY)
_INDEX = table("post_words_index", column("rowid", BigId))
_IS_MATCH = literal_column("post_words_index").op("MATCH")(bindparam("wanted"))
ROWID = _INDEX.c.rowid


def tsquery(terms: Iterable[Term]) -> str:
    """Write terms as a tsquery. All of them are to be met."""
    return " & ".join(("" if term.is_wanted else "!") + _followed(term) for term in terms)


def match(terms: Sequence[Term]) -> str:
    """Write terms as FTS5 is asked. One at least is to be wanted; all are to be met."""
    wanted = " AND ".join(_phrase(term) for term in terms if term.is_wanted)
    unwanted = " OR ".join(_phrase(term) for term in terms if not term.is_wanted)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def is_found_by(viewer: Viewer | None) -> ColumnElement[bool]:
    """Return the condition that a search finds a post for a viewer, if it has the words."""
    return and_(visible_as_post_to(viewer), wanted_as_post_by(viewer))


@cache
def walked(viewer: Viewer | None) -> Rows:
    """PostgreSQL: those among the newest that have the words."""
    window = _window().subquery()
    return (
        select(window.c.post_id)
        .join(Post, Post.id == window.c.post_id)
        .where(_has_words(window), is_found_by(viewer))
        .order_by(window.c.post_id.desc())
    )


@cache
def walked_seen(viewer: Viewer | None) -> Rows:
    """PostgreSQL: as `walked`, of as many as the viewer sees; where the walk is all there is."""
    window = _seen_window(viewer)
    return select(window.c.post_id).where(_has_words(window)).order_by(window.c.post_id.desc())


@cache
def walk_end(viewer: Viewer | None) -> Rows:
    """PostgreSQL: how many posts `walked_seen` goes through, and which is the last."""
    window = _seen_window(viewer)
    return select(func.count(window.c.post_id), func.min(window.c.post_id))


@cache
def indexed(viewer: Viewer | None) -> Rows:
    """PostgreSQL: all that have the words."""
    found = _newest_matches()
    is_seen = _looked_up(viewer, found).lateral()
    return select(found.c.post_id).join(is_seen, true()).order_by(found.c.post_id.desc())


@cache
def walked_ranked(viewer: Viewer | None) -> Rows:
    """PostgreSQL: as `walked_seen`, with how relevant they are."""
    window = _seen_window(viewer)
    return (
        select(window.c.post_id, func.ts_rank(window.c.words, WANTED, 1))
        .where(_has_words(window))
        .order_by(window.c.post_id.desc())
        .limit(RANKED)
    )


@cache
def indexed_ranked(viewer: Viewer | None) -> Rows:
    """PostgreSQL: as `indexed`, with how relevant they are."""
    # All are ranked at once: to come back for the words of some would take longer.
    found = _newest_matches(func.ts_rank(PostWords.words, WANTED, 1).label("rank"))
    is_seen = _looked_up(viewer, found).lateral()
    query = select(found.c.post_id, found.c.rank).join(is_seen, true())
    return query.order_by(found.c.post_id.desc()).limit(RANKED)


@cache
def streamed(viewer: Viewer | None) -> Rows:
    """SQLite: those that have the words."""
    return select(ROWID).where(*_is_seen_match(viewer)).order_by(ROWID.desc())


@cache
def streamed_words(viewer: Viewer | None) -> Rows:
    """SQLite: as `streamed`, with all their words, by which `search_ranks` ranks them."""
    found = select(ROWID, PostWords.words).join(PostWords, PostWords.post_id == ROWID)
    return found.where(*_is_seen_match(viewer)).order_by(ROWID.desc()).limit(RANKED)


def _followed(term: Term) -> str:
    words = [quoted(word) for word in term.words]
    return f"({' <-> '.join(words)}{':*' if term.is_prefix else ''})"


def _phrase(term: Term) -> str:
    words = " ".join(term.words).replace('"', '""')
    return f'"{words}"{" *" if term.is_prefix else ""}'


def _window() -> Rows:
    return (
        select(PostWords.post_id, PostWords.words)
        .where(PostWords.post_id < BELOW_ID, PostWords.post_id >= FROM_ID)
        .order_by(PostWords.post_id.desc())
        .limit(WINDOW)
    )


def _seen_window(viewer: Viewer | None) -> Subquery:
    seen = _window().join(Post, Post.id == PostWords.post_id).where(is_found_by(viewer))
    return seen.subquery()


def _newest_matches(*columns: Any) -> Subquery:
    # Materialised: else PostgreSQL might walk down the posts for a word that none of them has.
    found = (
        select(PostWords.post_id, *columns)
        .where(PostWords.words.op("@@")(WANTED))
        .where(PostWords.post_id < BELOW_ID, PostWords.post_id >= FROM_ID)
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    # A limit that limits nothing: it keeps PostgreSQL to looking them up in this order, one by one,
    # until there are enough, in place of walking down all posts beside them.
    return select(found).order_by(found.c.post_id.desc()).limit(MAX_ID).subquery()


def _looked_up(viewer: Viewer | None, found: Subquery) -> Rows:
    is_it = Post.id == found.c.post_id
    return select(literal_column("1")).where(is_it, is_found_by(viewer)).limit(1)


def _has_words(window: Subquery) -> ColumnElement[bool]:
    return window.c.words.op("@@")(WANTED)


def _is_seen_match(viewer: Viewer | None) -> tuple[ColumnElement[bool], ...]:
    is_seen = exists().where(Post.id == ROWID, is_found_by(viewer))
    return _IS_MATCH, ROWID < BELOW_ID, ROWID >= FROM_ID, is_seen
