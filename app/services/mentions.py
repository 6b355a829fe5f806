"""Finding the people that a text names."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import User
from app.services import rendering
from app.services.users import is_active

T = TypeVar("T")


def resolve(usernames: Collection[str]) -> Mapping[str, str]:
    """Return the user names as their owners write them, by lower-case name, of those who exist."""
    return {name.lower(): name for name in _find(usernames, User.username)}


def ids(usernames: Collection[str]) -> Sequence[int]:
    """Return the ids of those who have the lower-case names."""
    return _find(usernames, User.id) if usernames else []


def named_in(source: str) -> Sequence[int]:
    """Return the ids of the people whom a text names."""
    return ids(rendering.render(source, resolve).mentions)


def _find(usernames: Collection[str], column: InstrumentedAttribute[T]) -> Sequence[T]:
    return db.session.scalars(
        select(column).where(
            func.lower(User.username).in_(usernames),
            User.domain == "",
            is_active(),
        )
    ).all()
