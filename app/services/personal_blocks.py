"""Whom and what a member wants out of their sight, to be taken along."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.models import Block, Mute, Post, ThreadMute, User
from app.services import batches
from app.services.pagination import Rows
from app.services.personal_data import PersonRecord, iso, person_json
from app.services.users import is_active
from app.services.visibility import is_mute_by, is_shown_to, visible_as_post_to


class MuteRecord(NamedTuple):
    """Somebody who is muted, since when and until when."""

    id: int
    username: str
    display_name: str
    uri: str
    since: datetime
    until: datetime
    hides_notifications: bool


class ThreadMuteRecord(NamedTuple):
    """A conversation of posts; `id` is also that of the post it began with.

    :ivar uri: of that post, if the member may still see it
    """

    id: int
    uri: str | None
    since: datetime


def blocks(user: User) -> Iterator[list[PersonRecord]]:
    """Yield whom a member blocks, the latest first."""
    query: Rows = (
        select(Block.id, User.username, User.display_name, User.uri, Block.created_at)
        .join(User, User.id == Block.blocked_id)
        .where(Block.blocker_id == user.id, is_active())
    )
    return batches.of(query, PersonRecord, Block.id)


def mutes(user: User) -> Iterator[list[MuteRecord]]:
    """Yield whom a member mutes by now, the latest first."""
    query: Rows = (
        select(
            Mute.id,
            User.username,
            User.display_name,
            User.uri,
            Mute.created_at,
            Mute.expires_at,
            Mute.hides_notifications,
        )
        .join(User, User.id == Mute.muted_id)
        .where(is_mute_by(user), is_active(), is_shown_to(user))
    )
    return batches.of(query, MuteRecord, Mute.id)


def thread_mutes(user: User) -> Iterator[list[ThreadMuteRecord]]:
    """Yield which conversations of posts a member mutes, those that began last first."""
    query: Rows = (
        select(ThreadMute.conversation_id, Post.uri, ThreadMute.created_at)
        .select_from(ThreadMute)
        .outerjoin(Post, (Post.id == ThreadMute.conversation_id) & visible_as_post_to(user))
        .where(ThreadMute.user_id == user.id)
    )
    return batches.of(query, ThreadMuteRecord, ThreadMute.conversation_id)


def mute_json(mute: MuteRecord) -> dict[str, Any]:
    person = PersonRecord(mute.id, mute.username, mute.display_name, mute.uri, mute.since)
    return person_json(person) | {
        # Null is for ever.
        "until": None if mute.until == Mute.FOREVER else iso(mute.until),
        "notifications_too": mute.hides_notifications,
    }


def conversation_mute_json(mute: ThreadMuteRecord) -> dict[str, Any]:
    return {"id": str(mute.id), "uri": mute.uri, "since": iso(mute.since)}
