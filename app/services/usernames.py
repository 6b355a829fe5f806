"""User names given out: each to one person, for good.

Who takes another name keeps the former one: nobody else gets it, and its addresses lead on.
"""

from sqlalchemy import exists, select

from app.extensions import db
from app.models import User, Username
from app.services import names

# What a name that is taken violates, whichever comes first.
CONSTRAINTS = ("uq_users_username_domain", "pk_usernames")


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
