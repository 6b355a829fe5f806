"""The pages of people, as others see them."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from app.database import read_rows
from app.extensions import db
from app.models import Follow, FollowState, User
from app.services import hidden_counts, relationships
from app.services.errors import NotAllowed, NotFound
from app.services.pagination import Rows
from app.services.users import is_active, is_request, not_found
from app.services.visibility import (
    Viewer,
    any_like,
    unwanted_by,
    values_of,
)

# Nobody counts on.
MANY_REQUESTS = 100


class ProfileRow(NamedTuple):
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    header_key: str | None
    bio: str
    bio_html: str
    created_at: datetime
    posts_count: int
    following_count: int
    followers_count: int
    locked: bool
    follow_state: FollowState | None
    follows_viewer: bool
    # Of the viewer's own profile: how many have asked to follow them, up to `MANY_REQUESTS`.
    requests_count: int
    is_blocked: bool
    muted_until: datetime | None

    @property
    def is_followed(self) -> bool:
        return self.follow_state is FollowState.ACCEPTED

    @property
    def is_requested(self) -> bool:
        return self.follow_state is FollowState.REQUESTED


def profile(viewer: User | None, username: str) -> ProfileRow:
    """Return what the page of a person shows.

    :raises NotFound: also if the account is hidden, from all or from the viewer, who may block it
    :raises Renamed: if the name is a former one
    """
    row = also_blocked(viewer, username)
    if row.is_blocked:
        raise NotFound
    return row


def also_blocked(viewer: User | None, username: str) -> ProfileRow:
    """Return the same, also of somebody whom the viewer blocks, for how else would they end it.

    For pages that show nothing of them but that, if `is_blocked`.
    """
    values = {"name": username.lower(), **values_of(viewer)}
    rows = read_rows(db, _profile(any_like(viewer)), values)
    if not rows:
        raise not_found(username, viewer)
    return ProfileRow(*rows[0])


def not_oneself(viewer: User, row: ProfileRow) -> ProfileRow:
    """Return the row again, if it is of somebody else: for what one does to others only.

    :raises NotAllowed: if it is of the viewer
    """
    if row.id == viewer.id:
        raise NotAllowed
    return row


# Made once, as those of timelines are.
@cache
def _profile(viewer: Viewer | None) -> Rows:
    return select(
        User.id,
        User.username,
        User.display_name,
        User.avatar_key,
        User.header_key,
        User.bio,
        User.bio_html,
        User.created_at,
        User.posts_count,
        hidden_counts.shown_following(viewer),
        hidden_counts.shown_followers(viewer),
        User.locked,
        relationships.follow_state(viewer),
        relationships.follows_viewer(viewer),
        _requests_count(viewer),
        relationships.is_blocked_by(viewer),
        relationships.muted_until(viewer),
    ).where(
        func.lower(User.username) == bindparam("name"),
        User.domain == "",
        is_active(),
        ~relationships.blocks_viewer(viewer),
    )


def _requests_count(viewer: Viewer | None) -> ColumnElement[int]:
    if viewer is None:
        return literal_column("0")
    waiting = (
        select(Follow.id)
        .where(
            Follow.followed_id == viewer.id,
            is_request(),
            Follow.follower_id.not_in(unwanted_by(viewer)),
        )
        .limit(MANY_REQUESTS)
        .subquery()
    )
    number = select(func.count(waiting.c.id)).scalar_subquery()
    return case((User.id == viewer.id, number), else_=0)
