"""Finding whom members may want to follow: whom their people follow, and whom many follow.

Only who is active is found. What it takes is bounded for each member, however many there are.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select

from app.database import for_each
from app.extensions import db
from app.models import Follow, FollowState, Post, User, UserSession
from app.models.base import BigId, utc_now
from app.models.ids import id_at
from app.services.pagination import Rows
from app.services.suggestions import MAX, MAX_POPULAR, MEMBER, Found, follows
from app.services.users import is_active
from app.services.visibility import is_listed

# Of those whom the member follows, the latest; and of those whom each of them follows. So what it
# takes is bounded, and 40,000 follows say enough.
MAX_FOLLOWED = 200
MAX_FOLLOWED_BY_EACH = 200
# How many of those with most in common, or with most followers, are asked whether they are active.
MAX_COMMON = 100
MAX_CANDIDATES = 1_000
# Who wrote within this time is active; who was here within it gets suggestions.
LATELY = timedelta(days=30)
# Of so many members, one each time.
PARTS = 12
# Members of one transaction.
BATCH = 50

SINCE = bindparam("since", type_=BigId)


def members(part: int, after: int) -> Sequence[int]:
    """Return some members who were here lately, by id.

    :param part: one of `PARTS`
    :param after: the last one of the batch before
    """
    query = (
        select(UserSession.user_id)
        .where(
            UserSession.user_id > after,
            UserSession.user_id % PARTS == part,
            UserSession.last_seen_at > utc_now() - LATELY,
        )
        .distinct()
        .order_by(UserSession.user_id)
        .limit(BATCH)
    )
    return db.session.scalars(query).all()


def find(user_id: int) -> list[Found]:
    """Return whom people follow whom a member follows, most of them first."""
    values = {"member_id": user_id, "since": id_at(utc_now() - LATELY)}
    rows = db.session.execute(_followed_by_followed(db.engine.dialect.name), values)
    return [Found(*row) for row in rows]


def find_popular() -> Sequence[int]:
    """Return the people with most followers among those who are active."""
    first = (
        select(User.id, User.followers_count)
        .where(is_active(), User.domain == "")
        .order_by(User.followers_count.desc(), User.id.desc())
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    query = (
        select(first.c.id)
        .where(_has_written(first.c.id))
        .order_by(first.c.followers_count.desc(), first.c.id.desc())
        .limit(MAX_POPULAR)
    )
    return db.session.scalars(query, {"since": id_at(utc_now() - LATELY)}).all()


@cache
def _followed_by_followed(_dialect: str) -> Rows:
    theirs = _follows_of_followed().subquery()
    common = (
        select(Follow.followed_id.label("id"), func.count().label("number"))
        .join(theirs, theirs.c.id == Follow.id)
        .where(Follow.followed_id != MEMBER, ~follows(Follow.followed_id))
        .group_by(Follow.followed_id)
        .order_by(func.count().desc(), Follow.followed_id.desc())
        .limit(MAX_COMMON)
        .subquery()
    )
    return (
        select(User.id, common.c.number)
        .join(common, common.c.id == User.id)
        .where(is_active(), _has_written(User.id))
        .order_by(common.c.number.desc(), User.followers_count.desc(), User.id.desc())
        .limit(MAX)
    )


def _follows_of_followed() -> Select[int]:
    """Return the ids of the follows of those whom the member follows."""
    followed = (
        select(Follow.id, Follow.followed_id)
        .where(Follow.follower_id == MEMBER, _is_accepted())
        .order_by(Follow.id.desc())
        .limit(MAX_FOLLOWED)
        .subquery()
    )
    friends = (
        select(User.id.label("user_id"))
        .join(followed, followed.c.followed_id == User.id)
        .where(is_active())
        .cte("friends")
    )
    newest = (
        select(Follow.id)
        .where(Follow.follower_id == friends.c.user_id, _is_accepted())
        .order_by(Follow.id.desc())
        .limit(MAX_FOLLOWED_BY_EACH)
        .correlate(friends)
    )
    return for_each(db, friends, newest, Follow.id)


def _is_accepted() -> ColumnElement[bool]:
    return Follow.state == FollowState.ACCEPTED


def _has_written(user_id: Any) -> ColumnElement[bool]:
    """Return the condition that somebody wrote lately, for everybody to read."""
    return exists().where(Post.author_id == user_id, Post.id > SINCE, is_listed())
