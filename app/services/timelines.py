"""Lists of posts other than home, newest first. How they are read: see `post_rows`."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, cast, func, null, or_, select

from app.database import is_one_of
from app.extensions import db, settings
from app.models import Bookmark, Like, Picture, Pin, Post, PostTag, Tag, User
from app.services.errors import NotFound
from app.services.home import home, home_news
from app.services.pagination import Page, Rows, cut
from app.services.post_rows import (
    AFTER,
    AUTHOR,
    BEFORE,
    PostRow,
    count_shown,
    distinct,
    finished,
    limited,
    of_entries,
    page_of,
    page_of_entries,
    posts_for,
    run,
    shown,
)
from app.services.visibility import (
    ANY_MEMBER,
    Viewer,
    any_like,
    is_listed,
    is_no_reply,
    visible_as_post_to,
    visible_to,
    wanted_as_post_by,
    wanted_of_author_by,
)

__all__ = ["PostRow", "home", "home_news"]

# Pictures on a page of a gallery, which has rows of three.
GALLERY_SIZE = 30


class GalleryRow(NamedTuple):
    """A picture in the gallery of a profile; `id` is the cursor of the list."""

    id: int
    post_id: int
    position: int
    key: str
    small_width: int
    small_height: int
    placeholder: str
    alt: str
    is_folded: bool


def explore(viewer: User | None, before: int | None = None) -> Page[PostRow]:
    """Return everybody's public posts, without replies."""
    return page_of(_explore(any_like(viewer)), viewer, before)


@cache
def _explore(viewer: Viewer | None) -> Rows:
    listed = posts_for(viewer, Post.id).where(is_listed(), is_no_reply())
    return listed.where(wanted_as_post_by(viewer))


def explore_news(viewer: User | None, after: int) -> int:
    """Return how many posts explore has above one; at most one more than a page has."""
    return count_shown(_explore_news(any_like(viewer), settings.PAGE_SIZE + 1), viewer, after)


@cache
def _explore_news(viewer: Viewer | None, size: int) -> Rows:
    listed = select(Post.id).where(
        is_listed(),
        is_no_reply(),
        visible_as_post_to(viewer),
        wanted_as_post_by(viewer),
        Post.id > AFTER,
    )
    return shown(listed.order_by(Post.id).limit(size).subquery(), size)


def by_tag(viewer: User | None, name: str, before: int | None = None) -> Page[PostRow]:
    """Return public posts with a hashtag, given in its normal form."""
    return page_of(_by_tag(any_like(viewer)), viewer, before, name=name)


@cache
def _by_tag(viewer: Viewer | None) -> Rows:
    tag_id = select(Tag.id).where(Tag.name == bindparam("name")).scalar_subquery()
    tagged = posts_for(viewer, PostTag.post_id).join(PostTag, PostTag.post_id == Post.id)
    return tagged.where(PostTag.tag_id == tag_id, is_listed(), wanted_as_post_by(viewer))


def by_author(viewer: User | None, author_id: int, before: int | None = None) -> Page[PostRow]:
    """Return what somebody wrote and reposted, without replies; what they pinned comes first."""
    size = settings.PAGE_SIZE
    statement = _by_author(any_like(viewer), size, is_first=before is None)
    rows = run(statement, viewer, before, author_id=author_id)
    return page_of_entries(rows, viewer, before, size)


@cache
def _by_author(viewer: Viewer | None, size: int, *, is_first: bool) -> Rows:
    ids = (
        select(Post.id)
        .where(Post.author_id == AUTHOR, is_no_reply(), Post.id < BEFORE)
        .where(visible_to(viewer), wanted_of_author_by(viewer))
        .order_by(Post.id.desc())
    )
    if not is_first:
        return of_entries(viewer, distinct(ids, size).subquery())
    pinned = select(Pin.post_id).where(Pin.user_id == AUTHOR)
    others = ids.where(func.coalesce(Post.repost_of_id, Post.id).not_in(pinned))
    return of_entries(viewer, distinct(others, size).union_all(_pinned(viewer)).subquery())


def replies_by(viewer: User | None, author_id: int, before: int | None = None) -> Page[PostRow]:
    """Return somebody's replies."""
    return page_of(_replies_by(any_like(viewer)), viewer, before, author_id=author_id)


@cache
def _replies_by(viewer: Viewer | None) -> Rows:
    written = posts_for(viewer, Post.id).where(Post.author_id == AUTHOR, ~is_no_reply())
    return written.where(wanted_of_author_by(viewer))


def gallery_of(viewer: User | None, author_id: int, before: int | None = None) -> Page[GalleryRow]:
    """Return the pictures of somebody's posts, the newest first."""
    statement = limited(_gallery_of(any_like(viewer)), GALLERY_SIZE + 1)
    rows = run(statement, viewer, before, author_id=author_id)
    return cut(rows, GalleryRow, before, GALLERY_SIZE)


@cache
def _gallery_of(viewer: Viewer | None) -> Rows:
    return (
        select(
            Picture.id,
            Picture.post_id,
            Picture.position,
            Picture.key,
            Picture.small_width,
            Picture.small_height,
            Picture.placeholder,
            Picture.alt,
            or_(Post.sensitive, Post.spoiler_text != ""),
        )
        .join(Post, Post.id == Picture.post_id)
        .where(Picture.owner_id == AUTHOR, Picture.id < BEFORE)
        .where(visible_as_post_to(viewer), wanted_of_author_by(viewer))
        .order_by(Picture.id.desc())
    )


def liked_by(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return what the viewer liked, the latest like first; nobody else is shown that."""
    return page_of(_marked(Like), viewer, before)


def bookmarked_by(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return what the viewer keeps, the latest bookmark first."""
    return page_of(_marked(Bookmark), viewer, before)


@cache
def _marked(mark: type[Like] | type[Bookmark]) -> Rows:
    marked = posts_for(ANY_MEMBER, mark.id).join(mark, mark.post_id == Post.id)
    return marked.where(mark.user_id == ANY_MEMBER.id, wanted_as_post_by(ANY_MEMBER))


def one(viewer: User | None, post_id: int) -> PostRow:
    """Return a single post.

    :raises NotFound: also if the viewer may not see it, or it is a repost
    """
    rows = some(viewer, [post_id])
    if not rows:
        raise NotFound
    return rows[0]


def some(viewer: User | None, post_ids: Sequence[int]) -> list[PostRow]:
    """Return those of the posts that the viewer may see, the newest first."""
    statement = _some(any_like(viewer), db.engine.dialect.name)
    rows = run(statement, viewer, None, post_ids=list(post_ids))
    return finished([PostRow(*row) for row in rows], viewer)


@cache
def _some(viewer: Viewer | None, _dialect: str) -> Rows:
    return posts_for(viewer, Post.id).where(is_one_of(db, Post.id, "post_ids"))


def _pinned(viewer: Viewer | None) -> Rows:
    """Return an author's pinned posts, as `distinct` returns entries."""
    return (
        select(Post.id, Pin.position, cast(null(), BigInteger))
        .join(Pin, Pin.post_id == Post.id)
        .where(Pin.user_id == AUTHOR, visible_as_post_to(viewer), wanted_of_author_by(viewer))
    )
