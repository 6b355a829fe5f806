"""Blocking: two people are out of each other's sight, until the one who wanted it ends it.

What is shown follows from the row alone (`visibility`). Besides, a block ends what there was
between the two: they follow each other no longer, and neither is told of the other.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, or_, select, update

from app.database import insert
from app.extensions import db, settings
from app.models import Block, Credential, User
from app.services import (
    badges,
    follows,
    message_recounts,
    message_requests,
    notifications,
    pairs,
    relationships,
    suggestions,
    sweeping,
    users,
)
from app.services.errors import NotAllowed
from app.services.pagination import Page, below, fetch
from app.services.visibility import is_shown_to


class BlockedRow(NamedTuple):
    """Somebody whom the viewer blocks; `key` is the cursor of the list."""

    key: int
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    since: datetime


def find(actor: User, username: str) -> User:
    """Return somebody whom the actor may see, or blocks.

    :raises NotFound: also if they block the actor, who does not block them
    :raises Renamed: if the name is a former one
    """
    query = select(User).where(
        users.is_named(username),
        users.is_active(),
        or_(relationships.is_blocked_by(actor), is_shown_to(actor)),
    )
    user: User | None = db.session.scalar(query)
    if user is None:
        raise users.not_found(username, actor)
    return user


def block(actor: User, target: User) -> None:
    """Let neither of two see the other. Doing it twice is the same as doing it once.

    :raises NotAllowed: if the target is the actor
    """
    if actor.id == target.id:
        raise NotAllowed
    pairs.hold(actor.id, target.id)
    statement = (
        insert(db, Block)
        .values(blocker_id=actor.id, blocked_id=target.id)
        .on_conflict_do_nothing(index_elements=["blocker_id", "blocked_id"])
        .returning(Block.id)
    )
    if db.session.scalar(statement) is None:
        return
    did_follow = follows.part(actor.id, target.id)
    with badges.at_once():
        message_recounts.count_again(message_recounts.hold_between(actor.id, target.id))
        notifications.forget_between(actor.id, target.id)
        note_change(actor.id, target.id)
    if did_follow:
        suggestions.start_over(actor.id)
        suggestions.start_over(target.id)


def unblock(actor: User, target: User) -> None:
    """End a block. What it has ended stays so. Nothing happens if there is none."""
    pairs.hold(actor.id, target.id)
    statement = (
        delete(Block)
        .where(Block.blocker_id == actor.id, Block.blocked_id == target.id)
        .returning(Block.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is not None:
        with badges.at_once():
            parts = message_recounts.hold_between(actor.id, target.id)
            message_requests.begin_anew(actor.id, target.id)
            message_recounts.count_again(parts)
            note_change(actor.id, target.id)


def listed(viewer: User, before: int | None = None) -> Page[BlockedRow]:
    """Return whom the viewer blocks, the latest first."""
    columns = (User.id, User.username, User.display_name, User.avatar_key, Block.created_at)
    query = (
        select(Block.id, *columns)
        .join(Block, Block.blocked_id == User.id)
        .where(Block.blocker_id == viewer.id, users.is_active(), below(Block.id, before))
        .order_by(Block.id.desc())
    )
    return fetch(query, BlockedRow, before, settings.PAGE_SIZE)


def erase(user_id: int) -> bool:
    """Remove some blocks by somebody and of them; return whether there may be more."""
    is_theirs = or_(Block.blocker_id == user_id, Block.blocked_id == user_id)
    return sweeping.sweep(Block.id, is_theirs)


def note_change(*user_ids: int) -> None:
    """Let no process show people what it has kept for them."""
    badges.lock(user_ids)
    version = Credential.hiding_version
    statement = update(Credential).where(Credential.user_id.in_(user_ids))
    db.session.execute(
        statement.values({version: version + 1}).execution_options(synchronize_session=False)
    )
    for user_id in user_ids:
        suggestions.forget(user_id)
