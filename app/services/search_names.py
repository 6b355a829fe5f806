"""Searching people and hashtags, by how their names begin."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.database.deadline import time_limit
from app.extensions import db
from app.models import Base, Credential, Post, PostTag, Tag, TagTrend, TagWords, User, UserWords
from app.models.base import BigId
from app.services import search_statements as statements
from app.services import users
from app.services.pagination import Page, Rows
from app.services.search import PATIENCE, available, cut, is_sqlite
from app.services.search_language import Search
from app.services.users import PersonRow
from app.services.visibility import any_like, unwanted_by, values_of

# So many are put in their order, the first of them; nobody reads on to the end.
MOST = 1_000


class TagRow(NamedTuple):
    """A hashtag.

    :ivar today: how many posts had it lately, if they were many; else 0
    """

    id: int
    name: str
    today: int


def people(viewer: User | None, search: Search, before: int | None = None) -> Page[PersonRow]:
    """Return people by user name, name and bio: those so called first, then the most followed.

    Who has not confirmed their address is not found, as nobody is suggested to follow them: else
    whoever can sign up could put words there for everybody to find. Their page is there.

    :param search: what `search_language.parse_names` returned
    :raises SearchUnavailable: if there is no answer in time, or no index
    """
    name = search.text.removeprefix("@").lower()
    is_called = case(
        (func.lower(User.username) == name, 2),
        (func.lower(User.username).startswith(name, autoescape=True), 1),
        else_=0,
    )
    is_confirmed = exists().where(Credential.user_id == User.id, Credential.email_claimed)
    found = select(User.id).where(
        User.id.in_(_having(UserWords, search)),
        users.is_active(),
        User.id.not_in(unwanted_by(any_like(viewer))),
        is_confirmed,
    )
    order = is_called.desc(), User.followers_count.desc(), User.id.desc()
    ids, older = cut(_ids(found.order_by(*order), search, values_of(viewer)), before)
    listed = users.people(viewer, User.id).where(User.id.in_(ids))
    rows = {row.id: PersonRow(*row) for row in db.session.execute(listed)}
    return Page([rows[id_] for id_ in ids if id_ in rows], older, is_first=before is None)


def tags(viewer: User | None, search: Search, before: int | None = None) -> Page[TagRow]:
    """Return hashtags: those of today first, then the shortest.

    :param search: what `search_language.parse_names` returned
    :raises SearchUnavailable: if there is no answer in time, or no index
    """
    found = (
        select(Tag.id)
        .outerjoin(TagTrend, TagTrend.tag_id == Tag.id)
        .where(Tag.id.in_(_having(TagWords, search)), _is_seen_by(viewer))
        .order_by(TagTrend.position.nulls_last(), func.length(Tag.name), Tag.name)
    )
    ids, older = cut(_ids(found, search, values_of(viewer)), before)
    rows = {row.id: TagRow(*row) for row in db.session.execute(_tags(ids))}
    return Page([rows[id_] for id_ in ids if id_ in rows], older, is_first=before is None)


def _is_seen_by(viewer: User | None) -> ColumnElement[bool]:
    # One that stands only in what the viewer may not see is told to nobody.
    return exists().where(
        PostTag.tag_id == Tag.id,
        Post.id == PostTag.post_id,
        statements.is_found_by(any_like(viewer)),
    )


def _tags(ids: Sequence[int]) -> Rows:
    return (
        select(Tag.id, Tag.name, func.coalesce(TagTrend.posts_count, 0))
        .outerjoin(TagTrend, TagTrend.tag_id == Tag.id)
        .where(Tag.id.in_(ids))
    )


def _ids(query: Select[int], search: Search, values: Mapping[str, Any]) -> Sequence[int]:
    """Return the first of what is found, all of it for the viewer to see."""
    if not search.terms:
        return []
    with available(), time_limit(db, PATIENCE):
        return db.session.scalars(query.limit(MOST), values).all()


def _having(model: type[Base], search: Search) -> Select[Any]:
    """Return the query of the ids of those that have the words."""
    name = model.__tablename__
    if is_sqlite():
        is_match = literal_column(f"{name}_index").op("MATCH")(statements.match(search.terms))
        return select(table(f"{name}_index", column("rowid", BigId)).c.rowid).where(is_match)
    [key] = model.__table__.primary_key
    wanted = cast(statements.tsquery(search.terms), TSQUERY)
    return select(key).where(model.__table__.c.words.op("@@")(wanted))
