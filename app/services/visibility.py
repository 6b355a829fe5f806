"""The one answer to who may see a post. Every query of posts starts here."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.database import has_one
from app.models import Follow, FollowState, Mention, Post, User, Visibility
from app.models.base import BigId

# For everybody, with an account or without.
OPEN = (Visibility.PUBLIC, Visibility.UNLISTED)
# Those whose authors named whom they are for.
NAMED = (Visibility.FOLLOWERS, Visibility.DIRECT)

# Post, or an alias of it.
PostTable = Any


class _AnyMember:
    """A viewer whom a statement gets to know only when it is run, as `viewer_id`."""

    id = bindparam("viewer_id", type_=BigId)


ANY_MEMBER = _AnyMember()
Viewer = User | _AnyMember


def any_like(viewer: User | None) -> Viewer | None:
    """Return for whom a statement is made that is kept: any member, or anybody at all."""
    return None if viewer is None else ANY_MEMBER


def values_of(viewer: User | None) -> dict[str, Any]:
    """Return what such a statement is told when it is run."""
    return {} if viewer is None else {"viewer_id": viewer.id}


def visible_to(viewer: Viewer | None, post: PostTable = Post) -> ColumnElement[bool]:
    """Return the condition that a post may be seen by a viewer; None is anybody at all.

    A repost is seen by those who see the post that it repeats.

    :param post: an alias, where a query has several posts in a row
    """
    original = aliased(Post)
    is_repeatable = exists().where(original.id == post.repost_of_id, _is_shown(viewer, original))
    return and_(_is_shown(viewer, post), or_(post.repost_of_id.is_(None), is_repeatable))


def visible_as_post_to(viewer: Viewer | None, post: PostTable = Post) -> ColumnElement[bool]:
    """Return the condition that it is a post, not a repost, and may be seen by a viewer.

    Where reposts are left out anyway, it says the same as `visible_to` in half the words, which
    PostgreSQL plans in half the time.
    """
    return and_(post.repost_of_id.is_(None), _is_shown(viewer, post))


def _is_shown(viewer: Viewer | None, post: PostTable) -> ColumnElement[bool]:
    alive = and_(post.deleted_at.is_(None), post.author_id.not_in(_hidden_people()))
    return and_(alive, or_(_is_one_of(post, OPEN), _shared_with(viewer, post)))


def _is_one_of(post: PostTable, kinds: Sequence[Visibility]) -> ColumnElement[bool]:
    # Words, not values: a list of values is put into the statement anew whenever it is run.
    words: list[ColumnElement[Any]] = [literal_column(f"'{kind.value}'") for kind in kinds]
    return cast("ColumnElement[bool]", post.visibility.in_(words))


def _hidden_people() -> Select[int]:
    # A list made once, not a look for each post: as an anti-join it would keep PostgreSQL from
    # walking an index in order and stopping early (measured: 54 ms against 5 for a home).
    return select(User.id).where(or_(User.suspended_at.is_not(None), User.deletion_at.is_not(None)))


def _shared_with(viewer: Viewer | None, post: PostTable) -> ColumnElement[bool]:
    if viewer is None:
        return false()
    follows = exists().where(
        Follow.follower_id == viewer.id,
        Follow.followed_id == post.author_id,
        Follow.state == FollowState.ACCEPTED,
    )
    is_named = has_one(Mention.post_id == post.id, Mention.user_id == viewer.id)
    return or_(
        post.author_id == viewer.id,
        post.visibility == Visibility.MEMBERS,
        and_(post.visibility == Visibility.FOLLOWERS, follows),
        and_(_is_one_of(post, NAMED), is_named),
    )


def written_by(author_id: int) -> ColumnElement[bool]:
    """Return the condition that somebody wrote a post, whoever may see it. For erasing only."""
    return Post.author_id == author_id


def is_listed() -> ColumnElement[bool]:
    """Return the condition that a post appears where everybody's posts are listed.

    Written without parameters: SQLite uses a partial index only for literal conditions.
    """
    return and_(Post.visibility == literal_column("'public'"), Post.deleted_at.is_(None))


def is_no_reply() -> ColumnElement[bool]:
    return Post.in_reply_to_id.is_(None)


def is_no_repost() -> ColumnElement[bool]:
    return Post.repost_of_id.is_(None)
