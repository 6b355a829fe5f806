"""Muting a conversation of posts: nothing of it is shown unasked, nor is its muter told of any."""

from typing import NamedTuple

from sqlalchemy import delete, func, or_, select

from app.database import insert
from app.extensions import db, settings
from app.models import Post, ThreadMute, User
from app.services import notifications, sweeping
from app.services import text as texts
from app.services.errors import NotFound
from app.services.pagination import Page, below, fetch
from app.services.visibility import visible_as_post_to


class MutedConversationRow(NamedTuple):
    """A conversation that the viewer muted, by its first post; `key` is the cursor of the list.

    :ivar username: of who began it; None if the viewer may not see that post, or it is deleted
    """

    key: int
    username: str | None
    excerpt: str | None
    warning: str | None


def mute(actor: User, post_id: int) -> None:
    """Mute the conversation that a post is part of. Doing it twice is the same as doing it once.

    :raises NotFound: also if the actor may not see the post, or it is a repost
    """
    query = select(Post.conversation_id).where(Post.id == post_id, visible_as_post_to(actor))
    conversation_id = db.session.scalar(query)
    if conversation_id is None:
        raise NotFound
    db.session.execute(
        insert(db, ThreadMute)
        .values(user_id=actor.id, conversation_id=conversation_id)
        .on_conflict_do_nothing(index_elements=["user_id", "conversation_id"])
    )
    notifications.settle(actor.id)
    notifications.settle_again(actor.id)


def unmute(actor: User, post_id: int) -> None:
    """End that. Nothing happens if the conversation is not muted.

    :param post_id: of a post that the actor sees, or of the first one, also if that is gone
    """
    query = select(Post.conversation_id).where(Post.id == post_id, visible_as_post_to(actor))
    its = query.scalar_subquery()
    is_it = or_(ThreadMute.conversation_id == post_id, ThreadMute.conversation_id == its)
    statement = delete(ThreadMute).where(ThreadMute.user_id == actor.id, is_it)
    db.session.execute(statement.execution_options(synchronize_session=False))


def erase(user_id: int) -> bool:
    """Forget some of the conversations that somebody muted; return whether there may be more."""
    some = (
        select(ThreadMute.conversation_id)
        .where(ThreadMute.user_id == user_id)
        .limit(sweeping.BATCH)
    )
    statement = delete(ThreadMute).where(
        ThreadMute.user_id == user_id, ThreadMute.conversation_id.in_(some)
    )
    removed = statement.returning(ThreadMute.conversation_id)
    found = db.session.execute(removed.execution_options(synchronize_session=False))
    return len(found.all()) == sweeping.BATCH


def listed(viewer: User, before: int | None = None) -> Page[MutedConversationRow]:
    """Return the conversations that the viewer muted, those that began last first."""
    is_first = (Post.id == ThreadMute.conversation_id) & visible_as_post_to(viewer)
    first = func.substr(Post.text, 1, texts.EXCERPT + 1)
    query = (
        select(ThreadMute.conversation_id, User.username, first, Post.spoiler_text)
        .select_from(ThreadMute)
        .outerjoin(Post, is_first)
        .outerjoin(User, User.id == Post.author_id)
        .where(ThreadMute.user_id == viewer.id)
        .where(below(ThreadMute.conversation_id, before))
        .order_by(ThreadMute.conversation_id.desc())
    )
    return fetch(query, MutedConversationRow, before, settings.PAGE_SIZE)
