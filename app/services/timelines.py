"""Lists of posts, newest first. Columns, not entities: a page is read, never changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, literal, select

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
    avatar_key: str | None


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
            User.avatar_key,
        )
        .join(User, User.id == Post.author_id)
        .where(visible_to(viewer))
        .order_by(Post.id.desc())
    )


def home(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return posts by the viewer and by the people they follow."""
    size = settings.PAGE_SIZE
    authors = _newest_authors(viewer, before, size + 1).cte("authors")
    # With a full list of authors, each has a post at or above the lowest; none below is needed.
    lowest = case((func.count() == size + 1, func.min(authors.c.newest)), else_=0)
    query = _posts(viewer).where(
        Post.author_id.in_(select(authors.c.author_id)),
        below(Post.id, before),
        Post.id >= select(lowest).select_from(authors).scalar_subquery(),
    )
    return fetch(query, PostRow, before, size)


def _newest_authors(viewer: User, before: int | None, size: int) -> Rows:
    """Return (author_id, newest) of the `size` authors who wrote last below the cursor.

    One look into the index on (author_id, id) for each followed person, however much anybody
    wrote: no page of a home can need an author beyond these.
    """
    followed = select(Follow.followed_id.label("author_id")).where(
        Follow.follower_id == viewer.id, Follow.state == FollowState.ACCEPTED
    )
    everyone = followed.union_all(select(literal(viewer.id, Follow.followed_id.type))).subquery()
    newest = (
        select(Post.id)
        .where(Post.author_id == everyone.c.author_id, below(Post.id, before), visible_to(viewer))
        .order_by(Post.id.desc())
        .limit(1)
        .correlate(everyone)
        .scalar_subquery()
    )
    found = select(everyone.c.author_id, newest.label("newest")).subquery()
    return (
        select(found.c.author_id, found.c.newest)
        .where(found.c.newest.is_not(None))
        .order_by(found.c.newest.desc())
        .limit(size)
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
