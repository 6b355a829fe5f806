"""Writing and deleting posts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import insert as insert_rows
from sqlalchemy import select, update

from app.database import insert
from app.extensions import db, settings
from app.models import Mention, Post, PostTag, Tag, User
from app.models.base import utc_now
from app.models.ids import new_id, time_of
from app.permissions import can_delete_post, is_confirmed
from app.services import mentions, rendering
from app.services import text as texts
from app.services.errors import NotAllowed, NotConfirmed, NotFound, TextMissing, TextTooLong
from app.services.visibility import visible_to

# What a post holds when its words are gone.
TOMBSTONE: dict[str, Any] = {"text": "", "html": "", "spoiler_text": "", "language": None}


def publish(author: User, source: str, *, post_id: int | None = None) -> Post:
    """Write a post for everybody to see.

    :param post_id: the id of an older moment, for what is imported
    :raises NotConfirmed: if the author has to confirm an address first
    :raises text.InvalidText: if the text holds control characters or the like
    :raises TextMissing: if there is nothing to read in it
    :raises TextTooLong: if it has more than MAX_POST_LENGTH characters
    """
    if not is_confirmed(author):
        raise NotConfirmed
    source = _checked(source)
    rendered = rendering.render(source, mentions.resolve)
    id_ = post_id or new_id()
    post = Post(
        id=id_,
        author_id=author.id,
        text=source,
        html=rendered.html,
        renderer_version=rendering.RENDERER_VERSION,
        conversation_id=id_,
        uri=f"{settings.base_url}/posts/{id_}",
        created_at=time_of(id_),
    )
    db.session.add(post)
    db.session.flush()
    _link_mentions(id_, rendered.mentions)
    _link_tags(id_, rendered.tags)
    _count(author.id, 1)
    return post


def delete(actor: User, post_id: int) -> None:
    """Delete a post: its words go at once, a tombstone stays. Doing it twice changes nothing more.

    :raises NotFound: also if the actor may not see it
    :raises NotAllowed: if it is not the actor's to delete
    """
    author_id = db.session.scalar(
        select(Post.author_id).where(Post.id == post_id, visible_to(actor))
    )
    if author_id is None:
        raise NotFound
    if not can_delete_post(actor, author_id):
        raise NotAllowed
    tombstone = (
        update(Post)
        .where(Post.id == post_id, Post.deleted_at.is_(None))
        .values(**TOMBSTONE, deleted_at=utc_now())
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.execute(tombstone).first() is None:
        return
    db.session.execute(delete_rows(Mention).where(Mention.post_id == post_id))
    db.session.execute(delete_rows(PostTag).where(PostTag.post_id == post_id))
    _count(author_id, -1)


def _checked(source: str) -> str:
    limit = settings.MAX_POST_LENGTH
    source = texts.clean_text(source, multiline=True)
    if not source:
        raise TextMissing
    if not texts.is_bounded(source, limit):
        raise TextTooLong(texts.length(source), limit)
    return source


def _link_mentions(post_id: int, usernames: Sequence[str]) -> None:
    rows = [{"post_id": post_id, "user_id": user_id} for user_id in mentions.ids(usernames)]
    if rows:
        db.session.execute(insert_rows(Mention), rows)


def _link_tags(post_id: int, names: Sequence[str]) -> None:
    if not names:
        return
    # In one order for everybody, so that two posts with the same new tags cannot deadlock.
    rows = [{"id": new_id(), "name": name} for name in sorted(names)]
    db.session.execute(insert(db, Tag).on_conflict_do_nothing(index_elements=["name"]), rows)
    tag_ids = db.session.scalars(select(Tag.id).where(Tag.name.in_(names)))
    db.session.execute(
        insert_rows(PostTag), [{"tag_id": tag_id, "post_id": post_id} for tag_id in tag_ids]
    )


def _count(author_id: int, change: int) -> None:
    db.session.execute(
        update(User)
        .where(User.id == author_id)
        .values(posts_count=User.posts_count + change)
        .execution_options(synchronize_session=False)
    )
