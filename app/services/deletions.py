"""Deleting accounts: hidden at once, and after a while erased but for what holds others up.

What is left of somebody is a name nobody had, and tombstones where their posts stood. The former
user names stay taken: their hashes do.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import (
    Bookmark,
    Credential,
    Draft,
    Email,
    EmailState,
    Follow,
    FollowState,
    Job,
    JobState,
    Like,
    Post,
    RecoveryCode,
    Role,
    User,
)
from app.models.base import utc_now
from app.permissions import can_leave
from app.services import (
    exports,
    jobs,
    message_recounts,
    names,
    notifications,
    outbox,
    pictures,
    portraits,
    search_index,
    sessions,
    suggestions,
    tag_follows,
    tokens,
    tombstones,
    trends,
)
from app.services.errors import OwnerMustStay
from app.services.sweeping import sweep
from app.services.visibility import is_no_repost, written_by

# How long somebody can change their mind, by signing in.
GRACE = timedelta(days=30)
# Rows of one transaction: few, so that others need not wait.
BATCH = 500
MAX_DUE = 1_000


def schedule(user: User) -> datetime:
    """Hide an account and sign it out everywhere; return when it will be erased.

    :raises OwnerMustStay: if the site would have no owner
    """
    at = utc_now() + GRACE
    _set_deletion(user, at)
    outbox.write("deletion_scheduled", user.credential, at=at.isoformat())
    return at


def schedule_now(user: User) -> None:
    """Hide an account that is to be erased without delay.

    :raises OwnerMustStay: if the site would have no owner
    """
    _set_deletion(user, utc_now())


def queue_due() -> None:
    """Queue the erasure of every account whose time has come."""
    query = select(User.id).where(*_is_due()).order_by(User.deletion_at).limit(MAX_DUE)
    for user_id in db.session.scalars(query).all():
        jobs.enqueue(
            "erase_account", queue=jobs.SLOW_QUEUE, unique_key=f"erase:{user_id}", user_id=user_id
        )


def jobs_about(user_id: int) -> Sequence[int]:
    """Return the jobs given up that hold somebody's address, for `begin`.

    No index finds them, so it is not to be done while others wait to write.
    """
    email = _email_of(user_id)
    if email is None:
        return []
    is_about = or_(
        cast(Job.arguments, Text).contains(json.dumps(email), autoescape=True),
        Job.error.contains(email, autoescape=True),
    )
    return db.session.scalars(select(Job.id).where(Job.state == JobState.DEAD, is_about)).all()


def begin(user_id: int, job_ids: Sequence[int] = ()) -> bool:
    """Erase who somebody was, if it is time; return whether there is more to erase.

    Who signs in at this moment keeps the account, or is refused: both change the same row.

    :param job_ids: what `jobs_about` returned
    """
    email = _email_of(user_id)
    portrait_keys = portraits.keys_of(user_id)
    is_first = _change(User.id == user_id, *_is_due(), User.erased_at.is_(None), **_nobody(user_id))
    if is_first and email:
        _forget_mail(user_id, email)
    if is_first:
        _execute(delete(Job).where(Job.id.in_(job_ids), Job.state == JobState.DEAD))
        # In the order of those who change a password.
        for model in (Credential, RecoveryCode):
            _execute(delete(model).where(model.user_id == user_id))
        sessions.end_all(user_id)
        tokens.end_all(user_id)
        pictures.forget(portrait_keys)
        search_index.remove_person(user_id)
    # A run that was killed may have come so far, too.
    query = select(User.id).where(User.id == user_id, *_is_due(), User.erased_at.is_not(None))
    return db.session.scalar(query) is not None


def erase_posts(user_id: int) -> bool:
    """Make tombstones of some posts; return whether there may be more."""
    query = (
        select(Post.id)
        .where(written_by(user_id), Post.deleted_at.is_(None), is_no_repost())
        .order_by(Post.id)
        .limit(BATCH)
    )
    post_ids = db.session.scalars(query).all()
    tombstones.bury(Post.id.in_(post_ids))
    return len(post_ids) == BATCH


def erase_reposts(user_id: int) -> bool:
    """Remove some reposts; return whether there may be more."""
    some = select(Post.id).where(written_by(user_id), ~is_no_repost()).limit(BATCH)
    removed = delete(Post).where(Post.id.in_(some.scalar_subquery())).returning(Post.repost_of_id)
    original_ids = _execute(removed).scalars().all()
    _count_off(original_ids, reposts_count=Post.reposts_count - 1)
    return len(original_ids) == BATCH


def erase_likes(user_id: int) -> bool:
    """Remove some likes; return whether there may be more."""
    some = select(Like.id).where(Like.user_id == user_id).limit(BATCH).scalar_subquery()
    removed = delete(Like).where(Like.id.in_(some)).returning(Like.post_id)
    post_ids = _execute(removed).scalars().all()
    _count_off(post_ids, likes_count=Post.likes_count - 1)
    return len(post_ids) == BATCH


def erase_kept(user_id: int) -> bool:
    """Remove what only the member saw: bookmarks, hashtags, drafts, pictures without a post."""
    pictures.discard_all(user_id)
    tag_follows.erase(user_id)
    _execute(delete(Draft).where(Draft.user_id == user_id))
    return sweep(Bookmark.id, Bookmark.user_id == user_id)


def erase_follows(user_id: int) -> bool:
    """Remove some follows, in either direction; return whether there may be more."""
    followed = _unfollow(Follow.follower_id == user_id, Follow.followed_id)
    followers = _unfollow(Follow.followed_id == user_id, Follow.follower_id)
    # A request was never counted.
    _change(User.id.in_(_accepted(followed)), followers_count=User.followers_count - 1)
    _change(User.id.in_(_accepted(followers)), following_count=User.following_count - 1)
    return bool(followed or followers)


def finish(user_id: int) -> None:
    """Note that nothing is left that must be hidden."""
    _change(
        User.id == user_id,
        User.erased_at.is_not(None),
        deletion_at=None,
        suspended_at=None,
        posts_count=0,
        following_count=0,
        followers_count=0,
    )


def _set_deletion(user: User, at: datetime) -> None:
    if not can_leave(user):
        raise OwnerMustStay
    # Asked again, since the site may have been handed over to them just now.
    is_member = _change(
        User.id == user.id, User.role != Role.OWNER, User.erased_at.is_(None), deletion_at=at
    )
    if not is_member:
        raise OwnerMustStay
    sessions.end_all(user.id)
    tokens.end_all(user.id)
    exports.end_pending(user.id)
    suggestions.forget()
    trends.forget()
    notifications.settle_later(user.id)
    message_recounts.recount_later(user.id)


def _email_of(user_id: int) -> str | None:
    return db.session.scalar(select(Credential.email).where(Credential.user_id == user_id))


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return User.deletion_at <= utc_now(), User.role != Role.OWNER


def _nobody(user_id: int) -> dict[str, Any]:
    """Return what is left of a profile."""
    return {
        "username": names.erased(user_id),
        "display_name": "",
        "bio": "",
        "bio_html": "",
        "avatar_key": None,
        "header_key": None,
        "role": Role.MEMBER,
        "erased_at": utc_now(),
    }


def _forget_mail(user_id: int, email: str) -> None:
    """Remove the mail to somebody, and what names them in the mail to others."""
    for is_theirs in (
        Email.user_id == user_id,
        Email.about_id == user_id,
        and_(outbox.is_to(email), Email.state != EmailState.PENDING),
    ):
        _execute(delete(Email).where(is_theirs))


def _unfollow(is_one_of_them: ColumnElement[bool], other: InstrumentedAttribute[int]) -> list[Any]:
    some = select(Follow.id).where(is_one_of_them).order_by(Follow.id).limit(BATCH)
    removed = delete(Follow).where(Follow.id.in_(some.scalar_subquery()))
    return list(_execute(removed.returning(other.label("user_id"), Follow.state)))


def _accepted(removed: list[Any]) -> list[int]:
    return sorted(row.user_id for row in removed if row.state is FollowState.ACCEPTED)


def _count_off(post_ids: Sequence[int], **counts: Any) -> None:
    # A tombstone counts nothing any more.
    _execute(update(Post).where(Post.id.in_(post_ids), Post.deleted_at.is_(None)).values(**counts))


def _change(*conditions: ColumnElement[bool], **values: Any) -> bool:
    statement = update(User).where(*conditions).values(**values).returning(User.id)
    return bool(_execute(statement).all())


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
