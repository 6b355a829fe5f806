"""Lists of posts, newest first. Columns, not entities: a page is read, never changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CTE, FromClause, Select, case, func, literal, literal_column, select

from app.database import for_each
from app.extensions import db, settings
from app.models import Follow, FollowState, Post, PostTag, Tag, User
from app.services.errors import NotFound
from app.services.pagination import Page, Rows, below, fetch
from app.services.visibility import is_listed, visible_to


class PostRow(NamedTuple):
    id: int
    html: str
    language: str | None
    created_at: datetime
    author_id: int
    username: str
    display_name: str


def _posts(viewer: User | None) -> Rows:
    return (
        select(
            Post.id,
            Post.html,
            Post.language,
            Post.created_at,
            Post.author_id,
            User.username,
            User.display_name,
        )
        .join(User, User.id == Post.author_id)
        .where(visible_to(viewer))
        .order_by(Post.id.desc())
    )


def home(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return posts by the viewer and by the people they follow.

    What it costs depends on how many they follow, not on how much anybody wrote: first the authors
    who wrote last below the cursor, as many as a page has posts, since no other can be on it; then
    as many posts of each, which is all that can be on it. See docs/adr/0004-home-timeline.md.
    """
    size = settings.PAGE_SIZE
    authors = _newest_authors(viewer, before, size + 1).cte("authors")
    candidates = _newest_posts(viewer, authors, before, size + 1).subquery()
    query = _posts(viewer).where(Post.id.in_(select(candidates.c.id)))
    return fetch(query, PostRow, before, size)


def _newest_authors(viewer: User, before: int | None, size: int) -> Rows:
    """Return (author_id, newest) of the `size` authors who wrote last below the cursor."""
    followed = select(Follow.followed_id.label("author_id")).where(
        Follow.follower_id == viewer.id, Follow.state == FollowState.ACCEPTED
    )
    everyone = followed.union_all(select(literal(viewer.id, Follow.followed_id.type))).subquery()
    newest = _ids_of(viewer, everyone, before).limit(1).scalar_subquery()
    found = (
        select(everyone.c.author_id, newest.label("newest"))
        .order_by(literal_column("newest").desc().nulls_last())
        .limit(size)
        .subquery()
    )
    # Asked out here, or PostgreSQL would look for each author's newest post twice.
    return select(found.c.author_id, found.c.newest).where(found.c.newest.is_not(None))


def _newest_posts(viewer: User, authors: CTE, before: int | None, size: int) -> Rows:
    """Return the ids of the newest posts below the cursor, at most `size` of each author."""
    # With a full list of authors, each has a post at or above the lowest; none below is needed.
    is_full = func.count() == size
    lowest = select(case((is_full, func.min(authors.c.newest)), else_=0)).select_from(authors)
    newest = _ids_of(viewer, authors, before).where(Post.id >= lowest.scalar_subquery()).limit(size)
    return for_each(db, authors, newest, Post.id)


def _ids_of(viewer: User, authors: FromClause, before: int | None) -> Select[int]:
    """Return the ids of one author's posts, newest first: a walk down the index (author_id, id)."""
    return (
        select(Post.id)
        .where(Post.author_id == authors.c.author_id, below(Post.id, before), visible_to(viewer))
        .order_by(Post.id.desc())
        .correlate(authors)
    )


def explore(viewer: User | None, before: int | None = None) -> Page[PostRow]:
    """Return everybody's public posts."""
    query = _posts(viewer).where(is_listed(), below(Post.id, before))
    return fetch(query, PostRow, before, settings.PAGE_SIZE)


def by_author(viewer: User | None, author_id: int, before: int | None = None) -> Page[PostRow]:
    """Return the posts of one person."""
    query = _posts(viewer).where(Post.author_id == author_id, below(Post.id, before))
    return fetch(query, PostRow, before, settings.PAGE_SIZE)


def by_tag(viewer: User | None, name: str, before: int | None = None) -> Page[PostRow]:
    """Return public posts with a hashtag, given in its normal form."""
    query = (
        _posts(viewer)
        .join(PostTag, PostTag.post_id == Post.id)
        .where(
            PostTag.tag_id == select(Tag.id).where(Tag.name == name).scalar_subquery(),
            below(PostTag.post_id, before),
            is_listed(),
        )
        .order_by(None)
        .order_by(PostTag.post_id.desc())
    )
    return fetch(query, PostRow, before, settings.PAGE_SIZE)


def one(viewer: User | None, post_id: int) -> PostRow:
    """Return a single post.

    :raises NotFound: also if the viewer may not see it
    """
    row = db.session.execute(_posts(viewer).where(Post.id == post_id)).one_or_none()
    if row is None:
        raise NotFound
    return PostRow(*row)
