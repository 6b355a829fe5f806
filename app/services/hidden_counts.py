"""How much less counts are for members who block or mute somebody, or are blocked.

The counters of posts and people are what they are for everybody. What is counted there of people of
whom a member is shown nothing is subtracted for that member, in one statement for a whole page, and
in none for those who leave out nobody.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    SQLColumnExpression,
    case,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.database import has_one, is_one_of, read_rows
from app.extensions import db
from app.models import Follow, FollowState, Like, Post, User
from app.services.pagination import Rows
from app.services.visibility import ANY_MEMBER, Viewer, is_open, left_out_by, values_of

# Looking somebody up takes about as long as going through so many others.
LOOKING_UP = 8

_Repost = aliased(Post, name="hidden_repost")
_Reply = aliased(Post, name="hidden_reply")


class HiddenCounts(NamedTuple):
    likes: int = 0
    reposts: int = 0
    replies: int = 0


def of_posts(viewer: User, post_ids: Sequence[int]) -> Mapping[int, HiddenCounts]:
    """Return how much less the counts of posts are for a viewer: of any other post, nothing."""
    found: defaultdict[int, HiddenCounts] = defaultdict(HiddenCounts)
    if post_ids:
        values = {"post_ids": list(post_ids), **values_of(viewer)}
        for post_id, *counts in read_rows(db, _of_posts(db.engine.dialect.name), values):
            found[post_id] = HiddenCounts(*counts)
    return found


@cache
def _of_posts(_dialect: str) -> Rows:
    people = left_out_by(ANY_MEMBER).cte("left_out")
    return select(
        Post.id,
        _number(people, Post.likes_count, Like.post_id, Like.user_id),
        _number(people, Post.reposts_count, _Repost.repost_of_id, _Repost.author_id),
        case((Post.replies_count == 0, 0), else_=_replies(people)),
    ).where(is_one_of(db, Post.id, "post_ids"))


def _number(
    people: CTE,
    count: InstrumentedAttribute[int],
    post_id: InstrumentedAttribute[Any],
    person: InstrumentedAttribute[int],
) -> ColumnElement[int]:
    """Return how many of what is counted are of people who are left out.

    Either all that is counted is gone through, or each of the people looked up, whichever is less
    work: a post may have thousands of likes, and somebody be blocked by hundreds.
    """
    [person_id] = people.c
    size = select(func.count(person_id)).scalar_subquery()
    is_left_out = person.in_(select(person_id))
    counted = select(func.count(post_id)).where(post_id == Post.id, is_left_out).scalar_subquery()
    is_counted = has_one(person == person_id, post_id == Post.id, of=(Post, people))
    looked_up = select(func.count(person_id)).where(is_counted).correlate(Post).scalar_subquery()
    return case((count == 0, 0), (count < LOOKING_UP * size, counted), else_=looked_up)


def _replies(people: CTE) -> ScalarSelect[int]:
    """Return the same of replies, those that `replies_count` counts, by going through them all."""
    replies = select(func.count(_Reply.id)).where(
        _Reply.in_reply_to_id == Post.id,
        _Reply.author_id.in_(select(*people.c)),
        is_open(_Reply),
        _Reply.deleted_at.is_(None),
    )
    return replies.correlate(Post).scalar_subquery()


def shown_following(viewer: Viewer | None) -> SQLColumnExpression[int]:
    """Return how many people a person follows, without those of whom a viewer is shown nothing."""
    if viewer is None:
        return User.following_count
    follow = aliased(Follow)
    return User.following_count - _follows(viewer, follow, follow.follower_id, follow.followed_id)


def shown_followers(viewer: Viewer | None) -> SQLColumnExpression[int]:
    """Return how many people follow a person, as `shown_following`."""
    if viewer is None:
        return User.followers_count
    follow = aliased(Follow)
    return User.followers_count - _follows(viewer, follow, follow.followed_id, follow.follower_id)


def _follows(viewer: Viewer, follow: Any, person: Any, other: Any) -> ColumnElement[int]:
    """Return the number of a person's follows whose other side a viewer is shown nothing of."""
    # Each of those looked up, who are few, rather than all follows of somebody whom many follow.
    people = left_out_by(viewer).subquery()
    [other_id] = people.c
    is_follow = has_one(
        person == User.id,
        other == other_id,
        follow.state == FollowState.ACCEPTED,
        of=(User, people),
    )
    counted = select(func.count(other_id)).select_from(people).where(is_follow)
    return counted.correlate(User).scalar_subquery()
