"""Accounts as those who run the site see them: hidden ones, too."""

from collections.abc import Sequence

from sqlalchemy import select

from app.extensions import db
from app.models import Role, User
from app.services.errors import NotFound
from app.services.pagination import below
from app.services.users import is_named, with_credential


def find(username: str) -> User:
    """Return the account of that name, credential loaded.

    :raises NotFound: if there is none, or it is erased
    """
    query = with_credential().where(is_named(username), User.erased_at.is_(None))
    user: User | None = db.session.scalar(query)
    if user is None:
        raise NotFound
    return user


def is_erased(user_id: int) -> bool:
    query = select(User.id).where(User.id == user_id, User.erased_at.is_not(None))
    return db.session.scalar(query) is not None


def listed(
    *, role: Role | None = None, suspended: bool = False, before: int | None = None, limit: int = 50
) -> Sequence[User]:
    """Return accounts, the newest first, credentials loaded.

    :param suspended: only those
    :param before: the id of the last one of the page before
    """
    query = (
        with_credential()
        .where(User.erased_at.is_(None), below(User.id, before))
        .order_by(User.id.desc())
        .limit(limit)
    )
    if role is not None:
        query = query.where(User.role == role)
    if suspended:
        query = query.where(User.suspended_at.is_not(None))
    return db.session.scalars(query).all()
