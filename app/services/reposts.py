"""Repeating a post for one's followers. A repost is a row of its own in `posts`."""

from sqlalchemy import delete, exists, literal
from sqlalchemy.orm import aliased

from app.database import insert
from app.extensions import db, settings
from app.models import NotificationKind, Post, User
from app.models.ids import new_id, time_of
from app.models.post import IS_REPOST
from app.permissions import REPEATABLE, can_repost, is_confirmed
from app.services import post_notifications, users
from app.services.errors import NotAllowed, NotConfirmed, NotFound
from app.services.pagination import Page, below, fetch
from app.services.reactions import acted_on, count, original_id
from app.services.rendering import RENDERER_VERSION
from app.services.users import PersonRow
from app.services.visibility import visible_to


def repost(actor: User, post_id: int, *, repost_id: int | None = None) -> int:
    """Let the actor repost a post. Doing it twice is the same as doing it once.

    :param repost_id: the id of an older moment, for what is imported
    :return: the id of the post; where that of a repost was given, of what it repeats
    :raises NotFound: also if the actor may not see it
    :raises NotAllowed: if it is for some people only
    :raises NotConfirmed: if the actor has to confirm an address first
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    reposted = _insert(actor, post_id, repost_id or new_id())
    if reposted is None:
        return _before(actor, post_id)
    post = count(Post.reposts_count, reposted, 1)
    post_notifications.tell_reaction(NotificationKind.REPOST, actor, reposted, post)
    return reposted


def undo(actor: User, post_id: int) -> int:
    """Take back the actor's repost of a post, also if they may not see that any more.

    :return: as `repost`
    :raises NotFound: if they did not repost it and may not see it
    """
    own = aliased(Post)
    is_own = exists().where(own.author_id == actor.id, own.repost_of_id == Post.id)
    # Of itself: it stands in the same table as what is deleted.
    found = acted_on(actor, post_id, Post.id, or_if=is_own).correlate(None).scalar_subquery()
    statement = (
        delete(Post)
        .where(Post.author_id == actor.id, Post.repost_of_id == found)
        .returning(Post.repost_of_id)
        .execution_options(synchronize_session=False)
    )
    reposted: int | None = db.session.scalar(statement)
    if reposted is not None:
        post = count(Post.reposts_count, reposted, -1)
        post_notifications.take_back_reaction(NotificationKind.REPOST, actor, reposted, post)
    return reposted or original_id(actor, post_id)


def reposters(viewer: User | None, post_id: int, before: int | None = None) -> Page[PersonRow]:
    """Return who reposted a post, the latest first; nobody if the viewer may not see it."""
    query = (
        users.people(viewer, Post.id)
        .join(Post, Post.author_id == User.id)
        .where(Post.repost_of_id == post_id, below(Post.id, before), visible_to(viewer))
    )
    return fetch(query, PersonRow, before, settings.PAGE_SIZE)


def _insert(actor: User, post_id: int, id_: int) -> int | None:
    """Return the id of the post, or None if nothing was to be done or may be."""
    row = {
        "id": literal(id_),
        "author_id": literal(actor.id),
        "text": literal(""),
        "html": literal(""),
        "renderer_version": literal(RENDERER_VERSION),
        "visibility": Post.visibility,
        "conversation_id": literal(id_),
        "repost_of_id": Post.id,
        "uri": literal(f"{settings.base_url}/posts/{id_}"),
        "created_at": literal(time_of(id_), Post.created_at.type),
    }
    original = acted_on(actor, post_id, *row.values()).where(Post.visibility.in_(REPEATABLE))
    statement = (
        insert(db, Post)
        .from_select(list(row), original)
        .on_conflict_do_nothing(index_elements=["repost_of_id", "author_id"], index_where=IS_REPOST)
        .returning(Post.repost_of_id)
    )
    reposted: int | None = db.session.scalar(statement)
    return reposted


def _before(actor: User, post_id: int) -> int:
    """Return the id of a post that was reposted before, or raise why it cannot be."""
    post = db.session.execute(acted_on(actor, post_id, Post.id, Post.visibility)).one_or_none()
    if post is None:
        raise NotFound
    if not can_repost(post.visibility):
        raise NotAllowed
    id_: int = post.id
    return id_
