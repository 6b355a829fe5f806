"""Publishing and deleting posts."""

from typing import NamedTuple

from sqlalchemy import select, update

from app.database import insert
from app.extensions import db, settings
from app.models import Post, User, Visibility
from app.models.ids import new_id, time_of
from app.permissions import can_delete_post, is_confirmed
from app.services import contents, pairs, pictures, post_notifications, search_index, tombstones
from app.services.contents import Content
from app.services.errors import (
    AlreadyPublished,
    NotAllowed,
    NotConfirmed,
    NotFound,
    PicturesGone,
)
from app.services.post_notifications import PostFacts
from app.services.visibility import OPEN, is_no_repost, visible_to


class Parent(NamedTuple):
    """What a reply is to."""

    id: int
    author_id: int
    conversation_id: int


def publish(  # noqa: PLR0913 - options, all by name
    author: User,
    content: Content,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    in_reply_to: int | None = None,
    form_key: str | None = None,
    post_id: int | None = None,
) -> Post:
    """Write a post.

    :param in_reply_to: the id of the post that it replies to
    :param form_key: of the form it was typed into
    :param post_id: the id of an older moment, for what is imported
    :raises NotConfirmed: if the author has to confirm an address first
    :raises NotFound: if there is nothing to reply to, or the author may not see it
    :raises AlreadyPublished: if the form was sent before
    :raises PicturesGone: if another post has taken one of the pictures meanwhile
    :raises text.InvalidText, TextMissing, TextTooLong, WarningTooLong: as `contents.write`
    """
    if not is_confirmed(author):
        raise NotConfirmed
    parent = _parent(author, in_reply_to) if in_reply_to else None
    written = contents.write(content)
    id_ = post_id or new_id()
    post = _insert(
        id=id_,
        author_id=author.id,
        **written.columns,
        visibility=visibility,
        in_reply_to_id=parent.id if parent else None,
        in_reply_to_user_id=parent.author_id if parent else None,
        conversation_id=parent.conversation_id if parent else id_,
        form_key=form_key,
        uri=f"{settings.base_url}/posts/{id_}",
        created_at=time_of(id_),
    )
    named = contents.link(id_, written.rendered)
    if content.pictures:
        post.pictures_count = pictures.attach(author, id_, content.pictures)
        if post.pictures_count < len(content.pictures):
            raise PicturesGone
        db.session.flush()
    alts = [alt for _, alt in content.pictures]
    search_index.put_post(id_, author.id, written.columns, written.rendered, alts)
    if visibility in OPEN:
        _count(author.id, 1)
        _count_reply(parent)
    replied_id = parent.author_id if parent else None
    post_notifications.tell(
        author, PostFacts(id_, post.conversation_id, visibility, replied_id), named
    )
    return post


def delete(actor: User, post_id: int) -> None:
    """Delete a post: its words go at once, a tombstone stays. Doing it twice changes nothing more.

    :raises NotFound: also if the actor may not see it
    :raises NotAllowed: if it is not the actor's to delete
    """
    author_id = db.session.scalar(
        select(Post.author_id).where(Post.id == post_id, is_no_repost(), visible_to(actor))
    )
    if author_id is None:
        raise NotFound
    if not can_delete_post(actor, author_id):
        raise NotAllowed
    # Before the post, and before badges: see `badges`.
    pairs.hold(author_id)
    if tombstones.bury(Post.id == post_id):
        _count(author_id, -1)


def _parent(author: User, post_id: int) -> Parent:
    query = select(Post.id, Post.author_id, Post.conversation_id).where(
        Post.id == post_id, is_no_repost(), visible_to(author)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return Parent(*row)


def _insert(**columns: object) -> Post:
    statement = (
        insert(db, Post)
        .values(**columns)
        # Of this index only: two equal ids are to fail, and the transaction to run again.
        .on_conflict_do_nothing(index_elements=["author_id", "form_key"])
        .returning(Post)
    )
    post: Post | None = db.session.scalar(statement)
    if post is None:
        raise AlreadyPublished
    return post


def _count(author_id: int, change: int) -> None:
    db.session.execute(
        update(User)
        .where(User.id == author_id)
        .values(posts_count=User.posts_count + change)
        .execution_options(synchronize_session=False)
    )


def _count_reply(parent: Parent | None) -> None:
    if parent is not None:
        db.session.execute(
            update(Post)
            .where(Post.id == parent.id)
            .values(replies_count=Post.replies_count + 1)
            .execution_options(synchronize_session=False)
        )
