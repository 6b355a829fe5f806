"""Following hashtags: what everybody may read under them comes home."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Delete, delete, exists, select

from app.database import insert
from app.extensions import db
from app.models import Tag, TagFollow, User
from app.permissions import is_confirmed
from app.services import tags
from app.services.errors import NotConfirmed, TagFollowsFull

# Each is looked at for every page of home.
MAX = 100


class FollowedTag(NamedTuple):
    name: str
    since: datetime


def follow(actor: User, name: str) -> None:
    """Let the actor follow a hashtag, given in its normal form, also one that nobody used so far.

    Doing it twice is the same as doing it once.

    :raises NotConfirmed: if the actor has to confirm an address first
    :raises TagFollowsFull: if the actor follows as many as one can
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    # One after the other: counted at the same moment, each of two could be the last.
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    [tag_id] = tags.take_up([name])
    followed = select(TagFollow.tag_id).where(TagFollow.user_id == actor.id).limit(MAX)
    followed_ids = db.session.scalars(followed).all()
    if tag_id not in followed_ids and len(followed_ids) == MAX:
        raise TagFollowsFull(MAX)
    db.session.execute(
        insert(db, TagFollow)
        .values(user_id=actor.id, tag_id=tag_id)
        .on_conflict_do_nothing(index_elements=["user_id", "tag_id"])
    )


def unfollow(actor: User, name: str) -> None:
    """Let the actor no longer follow a hashtag."""
    tag_id = select(Tag.id).where(Tag.name == name).scalar_subquery()
    _remove(delete(TagFollow).where(TagFollow.user_id == actor.id, TagFollow.tag_id == tag_id))


def is_followed(viewer: User, name: str) -> bool:
    """Whether the viewer follows a hashtag."""
    is_theirs = exists().where(
        TagFollow.user_id == viewer.id, TagFollow.tag_id == Tag.id, Tag.name == name
    )
    return bool(db.session.scalar(select(is_theirs)))


def listed(user: User) -> list[FollowedTag]:
    """Return the hashtags that somebody follows, by name."""
    query = (
        select(Tag.name, TagFollow.created_at)
        .join(TagFollow, TagFollow.tag_id == Tag.id)
        .where(TagFollow.user_id == user.id)
        .order_by(Tag.name)
    )
    return [FollowedTag(*row) for row in db.session.execute(query)]


def erase(user_id: int) -> None:
    """Forget which hashtags somebody followed."""
    _remove(delete(TagFollow).where(TagFollow.user_id == user_id))


def _remove(statement: Delete) -> None:
    removed = statement.returning(TagFollow.tag_id).execution_options(synchronize_session=False)
    gone: Sequence[int] = db.session.scalars(removed).all()
    if gone:
        tags.give_up(gone)
