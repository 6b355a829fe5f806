"""Liking, keeping and pinning posts.

Each first locks the post, so that it is not deleted meanwhile, and so that nobody waits for each
other in a circle: those who act on the same post do so one after the other, for a moment.
"""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.database import insert
from app.extensions import db, settings
from app.models import Bookmark, Like, NotificationKind, Pin, Post, User
from app.permissions import can_pin_post, is_confirmed
from app.services import post_notifications, users
from app.services.errors import NotAllowed, NotConfirmed, NotFound, PinsFull
from app.services.pagination import Page, Rows, below, fetch
from app.services.post_notifications import Reacted
from app.services.users import PersonRow
from app.services.visibility import visible_to


def like(actor: User, post_id: int) -> int:
    """Let the actor like a post. Doing it twice is the same as doing it once.

    :return: the id of the post; where that of a repost was given, of what it repeats
    :raises NotFound: also if the actor may not see it
    :raises NotConfirmed: if the actor has to confirm an address first
    """
    liked = _add(Like, actor, post_id)
    if liked is not None:
        post = count(Post.likes_count, liked, 1)
        post_notifications.tell_reaction(NotificationKind.LIKE, actor, liked, post)
    return liked or original_id(actor, post_id)


def unlike(actor: User, post_id: int) -> int:
    """Let the actor no longer like a post, also if they may not see it any more.

    :return: as `like`
    :raises NotFound: if they do not like it and may not see it
    """
    liked = _remove(Like, actor, post_id)
    if liked is not None:
        post = count(Post.likes_count, liked, -1)
        post_notifications.take_back_reaction(NotificationKind.LIKE, actor, liked, post)
    return liked or original_id(actor, post_id)


def bookmark(actor: User, post_id: int) -> int:
    """Let the actor keep a post to read it again. What it returns and raises: as `like`."""
    return _add(Bookmark, actor, post_id) or original_id(actor, post_id)


def unbookmark(actor: User, post_id: int) -> int:
    """Let the actor no longer keep a post. What it returns and raises: as `unlike`."""
    return _remove(Bookmark, actor, post_id) or original_id(actor, post_id)


def pin(actor: User, post_id: int) -> None:
    """Show a post of the actor's at the top of their profile, in the highest place that is free.

    :raises NotFound: also if the actor may not see it
    :raises NotAllowed: if it is somebody else's, or only for those it mentions
    :raises NotConfirmed: if the actor has to confirm an address first
    :raises PinsFull: if no place is free
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    post = db.session.execute(
        acted_on(actor, post_id, Post.id, Post.author_id, Post.visibility)
    ).one_or_none()
    if post is None:
        raise NotFound
    if not can_pin_post(actor, post.author_id, post.visibility):
        raise NotAllowed
    is_pinned = db.session.scalar(select(exists().where(Pin.post_id == post.id)))
    # Another post may take a place in this moment; then the next one is tried.
    if not is_pinned and not any(_take(place, post) for place in range(1, Pin.MAX + 1)):
        raise PinsFull(Pin.MAX)


def unpin(actor: User, post_id: int) -> int:
    """No longer show a post at the top of the actor's profile. Returns and raises: as `unlike`."""
    return _remove(Pin, actor, post_id) or original_id(actor, post_id)


def likers(viewer: User | None, post_id: int, before: int | None = None) -> Page[PersonRow]:
    """Return who likes a post, the latest like first; nobody if the viewer may not see it."""
    is_seen = select(Post.id).where(Post.id == post_id, visible_to(viewer)).exists()
    query = (
        users.people(viewer, Like.id)
        .join(Like, Like.user_id == User.id)
        .where(Like.post_id == post_id, below(Like.id, before), is_seen)
    )
    return fetch(query, PersonRow, before, settings.PAGE_SIZE)


def acted_on(
    actor: User, post_id: int, *columns: Any, or_if: ColumnElement[bool] | None = None
) -> Rows:
    """Return the query of a post that the actor sees, locked; of a repost, what it repeats.

    :param or_if: the condition under which it is found although the actor does not see it
    """
    repost = aliased(Post)
    repeated = select(repost.repost_of_id).where(repost.id == post_id).scalar_subquery()
    return (
        select(*columns)
        .where(
            Post.id == func.coalesce(repeated, post_id),
            visible_to(actor) if or_if is None else or_(or_if, visible_to(actor)),
        )
        .with_for_update(of=Post, key_share=True)
    )


def original_id(actor: User, post_id: int) -> int:
    """Return the id of a post that the actor sees; of a repost, that of what it repeats.

    :raises NotFound: also if the actor may not see it
    """
    found: int | None = db.session.scalar(acted_on(actor, post_id, Post.id))
    if found is None:
        raise NotFound
    return found


def count(column: InstrumentedAttribute[int], post_id: int, change: int) -> Reacted:
    """Count what was done to a post; return whose that is."""
    statement = (
        update(Post)
        .where(Post.id == post_id)
        .values({column: column + change})
        .returning(Post.author_id, Post.conversation_id)
        .execution_options(synchronize_session=False)
    )
    return Reacted(*db.session.execute(statement).one())


def _add(model: type[Like | Bookmark], actor: User, post_id: int) -> int | None:
    """Return the id of the post, or None if the row was there."""
    if not is_confirmed(actor):
        raise NotConfirmed
    # One statement for finding the post and for the row: likes are many.
    statement = (
        insert(db, model)
        .from_select(["user_id", "post_id"], acted_on(actor, post_id, literal(actor.id), Post.id))
        .on_conflict_do_nothing(index_elements=["user_id", "post_id"])
        .returning(model.post_id)
    )
    added: int | None = db.session.scalar(statement)
    return added


def _remove(model: type[Like | Bookmark | Pin], actor: User, post_id: int) -> int | None:
    """Return the id of the post, or None if there was no row."""
    # By another name: it stands inside the statement that deletes from the same table.
    own = aliased(model)
    is_own = exists().where(own.user_id == actor.id, own.post_id == Post.id)
    found = acted_on(actor, post_id, Post.id, or_if=is_own).scalar_subquery()
    statement = (
        delete(model)
        .where(model.user_id == actor.id, model.post_id == found)
        .returning(model.post_id)
        .execution_options(synchronize_session=False)
    )
    removed: int | None = db.session.scalar(statement)
    return removed


def _take(place: int, post: Any) -> bool:
    """Pin a post in a place; return whether it was free."""
    statement = (
        insert(db, Pin)
        .values(post_id=post.id, user_id=post.author_id, position=place)
        .on_conflict_do_nothing(index_elements=["user_id", "position"])
        .returning(Pin.post_id)
    )
    return db.session.scalar(statement) is not None
