"""How a reader and a person stand to each other, as columns and conditions of queries of `User`."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    exists,
    false,
    null,
    select,
)

from app.database import has_one
from app.models import Block, Follow, FollowState, Mute, User
from app.services.visibility import (
    Viewer,
    is_mute_by,
    unwanted_by,
)


def is_wanted_by(viewer: Viewer | None) -> ColumnElement[bool]:
    """Return the condition that somebody is to be in lists of people that a viewer is shown."""
    return User.id.not_in(unwanted_by(viewer))


def is_blocked_by(viewer: Viewer | None) -> ColumnElement[bool]:
    """Return the condition that a viewer blocks somebody."""
    if viewer is None:
        return false()
    return has_one(Block.blocker_id == viewer.id, Block.blocked_id == User.id)


def blocks_viewer(viewer: Viewer | None) -> ColumnElement[bool]:
    """Return the condition that somebody blocks a viewer."""
    if viewer is None:
        return false()
    return has_one(Block.blocker_id == User.id, Block.blocked_id == viewer.id)


def muted_until(viewer: Viewer | None) -> ColumnElement[Any]:
    """Return until when a viewer mutes somebody; NULL if they do not."""
    if viewer is None:
        return null()
    mute = select(Mute.expires_at).where(is_mute_by(viewer), Mute.muted_id == User.id)
    return mute.scalar_subquery()


def follow_state(viewer: Viewer | None) -> Label[Any]:
    if viewer is None:
        return null().label("follow_state")
    follow = Follow.__table__.alias()
    state = select(follow.c.state).where(
        follow.c.follower_id == viewer.id, follow.c.followed_id == User.id
    )
    return state.scalar_subquery().label("follow_state")


def follows_viewer(viewer: Viewer | None) -> Label[bool]:
    if viewer is None:
        return false().label("follows_viewer")
    follow = Follow.__table__.alias()
    return (
        exists()
        .where(
            follow.c.follower_id == User.id,
            follow.c.followed_id == viewer.id,
            follow.c.state == FollowState.ACCEPTED,
        )
        .label("follows_viewer")
    )
