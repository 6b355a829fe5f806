"""Home: what the people and hashtags that a member follows have brought, newest first.

There are two ways to it, which find the same. What each costs: docs/adr/0004-home-timeline.md.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.database import for_each
from app.extensions import db, settings
from app.models import Follow, FollowState, Post, PostTag, TagFollow, User
from app.services.pagination import Page, Rows
from app.services.post_rows import (
    AFTER,
    BEFORE,
    PostRow,
    count_shown,
    distinct,
    is_window_full,
    of_entries,
    page_of_entries,
    run,
    shown,
    window_size,
)
from app.services.visibility import (
    ANY_MEMBER,
    is_listed,
    unwanted_by,
    visible_as_post_to,
    visible_to,
    wanted_as_post_by,
    wanted_by,
)

# From how many followed people on it is worth while to look through the newest posts of all first.
MANY = 200
# How many of those.
WALK = 5_000


def home(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return posts and reposts of the viewer and of followed people, and of followed hashtags."""
    size, dialect = settings.PAGE_SIZE, db.engine.dialect.name
    if viewer.following_count >= MANY:
        rows = run(_by_time(dialect, size), viewer, before)
        if is_window_full(rows):
            return page_of_entries(rows, viewer, before, size)
    rows = run(_by_author(dialect, size), viewer, before)
    return page_of_entries(rows, viewer, before, size)


def home_news(viewer: User, after: int) -> int:
    """Return how many posts of others home has above an entry.

    It is at most one more than a page has; and if more than `WALK` were written here since, those
    before them are not counted.
    """
    size = settings.PAGE_SIZE + 1
    return count_shown(_news(db.engine.dialect.name, size), viewer, after)


@cache
def _by_time(_dialect: str, size: int) -> Rows:
    """Return the statement that walks the newest posts, whoever wrote them, until a page is full.

    What it finds is a page only if the window is full: there may be more beyond the walk.
    """
    window = window_size(size)
    recent = _walked(select(Post).where(Post.id < BEFORE, visible_to(ANY_MEMBER)))
    ids = select(recent.id).where(_is_for_home(recent, window)).order_by(recent.id.desc())
    return of_entries(ANY_MEMBER, distinct(ids, size).subquery())


@cache
def _news(_dialect: str, size: int) -> Rows:
    recent = _walked(select(Post).where(Post.id > AFTER, visible_to(ANY_MEMBER)))
    ids = select(recent.id).where(recent.author_id != ANY_MEMBER.id, _is_for_home(recent, size))
    return shown(ids.order_by(recent.id.desc()).limit(size).subquery(), size)


def _walked(newest: Select[Post]) -> Any:
    wanted = newest.where(Post.deleted_at.is_(None), wanted_by(ANY_MEMBER))
    return aliased(Post, wanted.order_by(Post.id.desc()).limit(WALK).subquery())


def _is_for_home(post: Any, window: int) -> ColumnElement[bool]:
    """Return the condition that somebody followed wrote a post, or that a followed hashtag has it.

    PostgreSQL looks each up in a list made once, since OR keeps it from joining.
    """
    tagged = _tagged(window)
    return or_(
        post.author_id == ANY_MEMBER.id, post.author_id.in_(_followed()), post.id.in_(tagged)
    )


@cache
def _by_author(_dialect: str, size: int) -> Rows:
    """Return the statement that begins with whom the viewer follows.

    First the authors who wrote last below the cursor, as many as a page can need, since no other
    can be on it; then as many posts of each, which is all that can be on it.
    """
    window = window_size(size)
    authors = _newest_authors(window).cte("authors")
    found = _newest_posts(authors, window).union(_tagged(window)).subquery()
    ids = select(found.c.id).order_by(found.c.id.desc())
    return of_entries(ANY_MEMBER, distinct(ids, size).subquery())


def _followed() -> Select[int]:
    return select(Follow.followed_id.label("author_id")).where(
        Follow.follower_id == ANY_MEMBER.id, Follow.state == FollowState.ACCEPTED
    )


def _newest_authors(size: int) -> Rows:
    """Return (author_id, newest) of the `size` authors who wrote last below the cursor."""
    # Else all posts of somebody muted would be looked at for one that is to be shown.
    followed = _followed().where(Follow.followed_id.not_in(unwanted_by(ANY_MEMBER)))
    everyone = followed.union_all(select(ANY_MEMBER.id)).subquery()
    newest = _ids_of(everyone).limit(1).scalar_subquery()
    found = (
        select(everyone.c.author_id, newest.label("newest"))
        .order_by(literal_column("newest").desc().nulls_last())
        .limit(size)
        .subquery()
    )
    # Asked out here, or PostgreSQL would look for each author's newest post twice.
    return select(found.c.author_id, found.c.newest).where(found.c.newest.is_not(None))


def _newest_posts(authors: CTE, size: int) -> Select[int]:
    """Return the ids of the newest posts below the cursor, at most `size` of each author."""
    # With a full list of authors, each has a post at or above the lowest; none below is needed.
    is_full = func.count() == size
    lowest = select(case((is_full, func.min(authors.c.newest)), else_=0)).select_from(authors)
    newest = _ids_of(authors).where(Post.id >= lowest.scalar_subquery()).limit(size)
    return for_each(db, authors, newest, Post.id)


def _ids_of(authors: FromClause) -> Select[int]:
    """Return the ids of one author's posts, newest first: a walk down the index (author_id, id)."""
    return (
        select(Post.id)
        .where(Post.author_id == authors.c.author_id, Post.id < BEFORE)
        .where(visible_to(ANY_MEMBER), wanted_by(ANY_MEMBER))
        .order_by(Post.id.desc())
        .correlate(authors)
    )


def _tagged(size: int) -> Select[int]:
    """Return the ids of the newest public posts with each hashtag that the viewer follows."""
    tags = select(TagFollow.tag_id).where(TagFollow.user_id == ANY_MEMBER.id).subquery()
    newest = (
        select(Post.id)
        .join(PostTag, PostTag.post_id == Post.id)
        .where(PostTag.tag_id == tags.c.tag_id, PostTag.post_id < BEFORE)
        .where(is_listed(), visible_as_post_to(ANY_MEMBER), wanted_as_post_by(ANY_MEMBER))
        .order_by(PostTag.post_id.desc())
        .limit(size)
        .correlate(tags)
    )
    return for_each(db, tags, newest, Post.id)
