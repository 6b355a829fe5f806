"""Roles: one owner, and those who help."""

from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError

from app.database import violated_constraint
from app.extensions import db
from app.models import Role, User
from app.services.errors import NotAllowed, OwnerMustStay
from app.services.users import is_active


def assign(user: User, role: Role) -> None:
    """Give somebody a role. Who owned the site until then becomes an admin.

    :raises OwnerMustStay: if it is the owner's own, who has to hand it over
    :raises NotAllowed: if the account is hidden, and could not own the site
    """
    if role is user.role:
        return
    if role is Role.OWNER:
        _hand_over(user)
    elif not _set(role, User.id == user.id, User.role != Role.OWNER):
        raise OwnerMustStay


def _hand_over(user: User) -> None:
    try:
        with db.session.begin_nested():
            _exchange(user)
    except IntegrityError as error:
        if violated_constraint(error) != "uq_users_owner":
            raise
        # Handed over to somebody else in the same moment: from them, then.
        _exchange(user)


def _exchange(user: User) -> None:
    _set(Role.ADMIN, User.role == Role.OWNER)
    if not _set(Role.OWNER, User.id == user.id, is_active()):
        raise NotAllowed


def _set(role: Role, *conditions: ColumnElement[bool]) -> bool:
    statement = update(User).where(*conditions).values(role=role).returning(User.id)
    return db.session.scalar(statement.execution_options(synchronize_session=False)) is not None
