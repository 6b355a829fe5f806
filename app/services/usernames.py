"""User names given out: each to one person, for good.

Who takes another name keeps the former one: nobody else gets it, and its addresses lead on.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from app.database import insert
from app.extensions import db
from app.models import User, Username
from app.models.base import utc_now
from app.services import names, outbox, search_index
from app.services.errors import RenamedTooOften, UsernameTaken

# What a name that is taken violates, whichever comes first.
CONSTRAINTS = ("uq_users_username_domain", "pk_usernames")
# So many new names in so long: each is lost to everybody else.
MAX_RENAMES = 3
RENAME_PERIOD = timedelta(days=30)


def is_taken(username: str) -> bool:
    """Whether somebody has the name or had it, in whatever letter case."""
    query = select(exists().where(Username.name_hash == names.hash_of(username)))
    return bool(db.session.scalar(query))


def claim_of(user: User) -> Username:
    """Return the row that makes the name of a user theirs for good."""
    return Username(name_hash=names.hash_of(user.username), user_id=user.id)


def free_like(username: str) -> list[str]:
    """Return up to three names like it that nobody has."""
    ideas = {names.hash_of(idea): idea for idea in names.suggestions(username)}
    query = select(Username.name_hash).where(Username.name_hash.in_(ideas))
    taken = set(db.session.scalars(query))
    return [idea for hashed, idea in ideas.items() if hashed not in taken][:3]


def check(user: User, username: str) -> None:
    """Refuse what cannot be somebody's next user name.

    A former one of theirs, and other letter case, they may have at any time.

    :raises names.InvalidName: if nobody may have the name
    :raises UsernameTaken: if somebody else has or had it
    :raises RenamedTooOften: if it would be one new name too many
    """
    if username == user.username:
        return
    names.check(username)
    owner = _owner_of(username)
    if owner not in {None, user.id}:
        raise UsernameTaken(username, free_like(username))
    if owner is None and (again_at := _may_rename_at(user)):
        raise RenamedTooOften(again_at)


def rename(user: User, username: str) -> None:
    """Give a member another user name, and tell them by mail. Raises what `check` raises."""
    if username == user.username:
        return
    # One after the other, so that several at once are counted as several.
    db.session.refresh(user, ["username"], with_for_update=True)
    check(user, username)
    claim = insert(db, Username).values(name_hash=names.hash_of(username), user_id=user.id)
    db.session.execute(claim.on_conflict_do_nothing(index_elements=["name_hash"]))
    if _owner_of(username) != user.id:
        raise UsernameTaken(username, free_like(username))
    former, user.username = user.username, username
    db.session.flush()
    search_index.put_person(user)
    outbox.write("username_changed", user.credential, old=former, new=username)


def _owner_of(username: str) -> int | None:
    query = select(Username.user_id).where(Username.name_hash == names.hash_of(username))
    return db.session.scalar(query)


def _may_rename_at(user: User) -> datetime | None:
    """Return from when on somebody may take a new name; None for at once."""
    query = (
        select(Username.created_at)
        .where(Username.user_id == user.id)
        .order_by(Username.created_at.desc())
    )
    # The oldest is the one that the account began with.
    taken = [*db.session.scalars(query)][:-1]
    if len(taken) < MAX_RENAMES:
        return None
    again_at = taken[MAX_RENAMES - 1] + RENAME_PERIOD
    return again_at if again_at > utc_now() else None
