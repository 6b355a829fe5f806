"""What is left of a deleted post: its place in a conversation. All else goes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, delete, update

from app.extensions import db
from app.models import Bookmark, Like, Pin, Post, PostEdit, Translation
from app.models.base import utc_now
from app.services import contents, notifications, pictures, search_index
from app.services.notification_visibility import ABOUT_POSTS
from app.services.visibility import OPEN

# What a post holds when its words are gone.
TOMBSTONE: dict[str, Any] = {
    "text": "",
    "html": "",
    "spoiler_text": "",
    "sensitive": False,
    "language": None,
    "likes_count": 0,
    "reposts_count": 0,
    "pictures_count": 0,
}


def bury(*conditions: ColumnElement[bool]) -> int:
    """Make tombstones of the living posts that meet the conditions; return the number of those
    that were counted as their author's.
    """  # noqa: D205
    statement = (
        update(Post)
        .where(*conditions, Post.deleted_at.is_(None), Post.repost_of_id.is_(None))
        .values(**TOMBSTONE, deleted_at=utc_now())
        .returning(Post.id, Post.visibility, Post.in_reply_to_id)
    )
    gone = _execute(statement).all()
    post_ids = [post.id for post in gone]
    if not post_ids:
        return 0
    counted = [post for post in gone if post.visibility in OPEN]
    _count_replies_off([post.in_reply_to_id for post in counted if post.in_reply_to_id])
    pictures.detach_all(post_ids)
    contents.unlink(post_ids)
    search_index.remove_posts(post_ids)
    for model in (Like, Bookmark, Pin, PostEdit, Translation):
        _execute(delete(model).where(model.post_id.in_(post_ids)))
    _execute(delete(Post).where(Post.repost_of_id.in_(post_ids)))
    notifications.take_back(ABOUT_POSTS, cause_ids=post_ids)
    return len(counted)


def _count_replies_off(parent_ids: Sequence[int]) -> None:
    """Count each as one reply less, as often as it stands there."""
    if not parent_ids:
        return
    times = {parent_id: parent_ids.count(parent_id) for parent_id in sorted(set(parent_ids))}
    _execute(
        update(Post)
        .where(Post.id.in_(times))
        .values(replies_count=Post.replies_count - case(times, value=Post.id, else_=0))
    )


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
