"""Searching posts. Whatever is typed finds something or nothing.

See docs/adr/0017-search.md for why it is fast, and where it stops looking.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.database import is_transient, is_unavailable
from app.database.deadline import TookTooLong, time_limit
from app.extensions import db, settings
from app.models import User
from app.models.ids import MAX_ID
from app.services import search_statements as statements
from app.services import timelines
from app.services.errors import SearchUnavailable
from app.services.pagination import Page
from app.services.search_language import Search, Term
from app.services.search_ranks import relevance
from app.services.search_words import ANY_POST, from_word
from app.services.timelines import PostRow
from app.services.users import is_active, is_named
from app.services.visibility import any_like, values_of

# In seconds. Who would wait longer has typed something that half of all posts have.
PATIENCE = 1.5
# With fewer of them among the newest posts, the most relevant are looked for among all.
ENOUGH_TO_RANK = 50
_ANY = Term((ANY_POST,))

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """Ids of what is found, in their order, and where to go on if these are not all."""

    ids: Sequence[int]
    older: int | None


def newest(viewer: User | None, search: Search, before: int | None = None) -> Page[PostRow]:
    """Return the posts that a search finds, the newest first.

    A page may be short, where the viewer may not see much of what is found; the next goes on.

    :raises SearchUnavailable: if there is no answer in time, or no index
    """
    terms = _terms(search)
    if terms is None:
        return _page(viewer, Found([], None), before)
    values = _values(viewer, search, before)
    find = _newest_on_sqlite if is_sqlite() else _newest_on_postgresql
    with available():
        found = find(viewer, terms, values)
    return _page(viewer, found, before)


def best(viewer: User | None, search: Search, before: int | None = None) -> Page[PostRow]:
    """Return the posts that a search finds, the most relevant first, of the newest of them.

    :raises SearchUnavailable: if there is no answer in time, or no index
    """
    terms = _terms(search)
    if terms is None or not search.marked():
        return newest(viewer, search, before)
    values = _values(viewer, search, None)
    find = _ranked_on_sqlite if is_sqlite() else _ranked_on_postgresql
    with available():
        ranked = find(viewer, terms, values)
    ids = [id_ for id_, _ in sorted(ranked, key=lambda row: (-row[1], -row[0]))]
    return _page(viewer, cut(ids, before), before)


@contextmanager
def available() -> Iterator[None]:
    """Tell what is wrong with the index from what else may be wrong.

    :raises SearchUnavailable: if there is no answer in time, or no index
    """
    try:
        yield
    except TookTooLong as error:
        raise SearchUnavailable("slow") from error
    except DBAPIError as error:
        if is_transient(error) or is_unavailable(error):
            raise
        log.exception("the search does not work")
        raise SearchUnavailable("broken") from error


def cut(ids: Sequence[int], before: int | None) -> Found:
    """Return the page that follows the cursor, or the first if that is no longer among them."""
    size = settings.PAGE_SIZE
    start = ids.index(before) + 1 if before in ids else 0
    page = ids[start : start + size]
    return Found(page, page[-1] if len(ids) > start + size else None)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _page(viewer: User | None, found: Found, before: int | None) -> Page[PostRow]:
    rows = {row.id: row for row in timelines.some(viewer, found.ids)} if found.ids else {}
    items = [rows[id_] for id_ in found.ids if id_ in rows]
    return Page(items, found.older, is_first=before is None)


def _terms(search: Search) -> list[Term] | None:
    """Return the terms of a search, with those for its authors; None if it can find nothing."""
    if search.is_empty:
        return None
    terms = list(search.terms)
    for author in search.authors:
        query = select(User.id).where(is_named(author.username), is_active())
        author_id = db.session.scalar(query)
        if author_id is not None:
            terms.append(Term((from_word(author_id),), author.is_wanted))
        elif author.is_wanted:
            return None
    return terms


def _values(viewer: User | None, search: Search, before: int | None) -> dict[str, Any]:
    below_id = min(search.below_id, MAX_ID if before is None else before)
    return {"from_id": search.from_id, "below_id": below_id} | values_of(viewer)


def _newest_on_sqlite(viewer: User | None, terms: list[Term], values: dict[str, Any]) -> Found:
    statement = statements.streamed(any_like(viewer)).limit(settings.PAGE_SIZE + 1)
    values["wanted"] = statements.match(_with_something_wanted(terms))
    with time_limit(db, PATIENCE):
        return _first(db.session.scalars(statement, values).all(), None)


def _newest_on_postgresql(viewer: User | None, terms: list[Term], values: dict[str, Any]) -> Found:
    values["wanted"] = statements.tsquery(_with_something_wanted(terms))
    if not any(term.is_wanted for term in terms):
        return _walked(viewer, values)
    size = settings.PAGE_SIZE
    statement = statements.walked(any_like(viewer)).limit(size + 1)
    ids = db.session.scalars(statement, values).all()
    if len(ids) <= size:
        with time_limit(db, PATIENCE):
            statement = statements.indexed(any_like(viewer)).limit(size + 1)
            ids = db.session.scalars(statement, values).all()
    return _first(ids, None)


def _walked(viewer: User | None, values: dict[str, Any]) -> Found:
    """Return what lacks words; the index finds who has a word, not who has none."""
    statement = statements.walked_seen(any_like(viewer)).limit(settings.PAGE_SIZE + 1)
    with time_limit(db, PATIENCE):
        ids = db.session.scalars(statement, values).all()
        if len(ids) > settings.PAGE_SIZE:
            return _first(ids, None)
        seen, last = db.session.execute(statements.walk_end(any_like(viewer)), values).one()
    return _first(ids, last if seen == statements.WINDOW else None)


def _first(ids: Sequence[int], end: int | None) -> Found:
    """Return the first page of what was found; the next begins at the end if that is not full."""
    size = settings.PAGE_SIZE
    return Found(ids[:size], ids[size - 1] if len(ids) > size else end)


def _ranked_on_sqlite(
    viewer: User | None, terms: list[Term], values: dict[str, Any]
) -> Sequence[Any]:
    values["wanted"] = statements.match(_with_something_wanted(terms))
    with time_limit(db, PATIENCE):
        rows = db.session.execute(statements.streamed_words(any_like(viewer)), values).all()
    return [(id_, relevance(words, terms)) for id_, words in rows]


def _ranked_on_postgresql(
    viewer: User | None, terms: list[Term], values: dict[str, Any]
) -> Sequence[Any]:
    values["wanted"] = statements.tsquery(terms)
    with time_limit(db, PATIENCE):
        rows = db.session.execute(statements.walked_ranked(any_like(viewer)), values).all()
        if len(rows) >= ENOUGH_TO_RANK:
            return rows
        return db.session.execute(statements.indexed_ranked(any_like(viewer)), values).all()


def _with_something_wanted(terms: list[Term]) -> list[Term]:
    return terms if any(term.is_wanted for term in terms) else [_ANY, *terms]
