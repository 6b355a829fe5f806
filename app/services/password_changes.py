"""Putting a new password in the place of the old one, and all that goes with it."""

from app.extensions import settings
from app.models import User
from app.models.base import utc_now
from app.services import outbox, passwords, sessions, tokens
from app.services.errors import PasswordWeak


def change(user: User, password: str, *, keep_session: int = 0) -> None:
    """Give somebody a new password; other sessions and all links end, and a mail tells of it.

    :param keep_session: the id of the session in which it happens
    :raises PasswordWeak: if the password is easy to guess
    """
    put(user, hash_new(user, password), keep_session=keep_session)


def hash_new(user: User, password: str) -> str:
    """Return the hash of a new password. Slow: not to be done while others wait to write.

    :raises PasswordWeak: if the password is easy to guess
    """
    known = [user.username, user.credential.email, settings.SITE_NAME]
    weakness = passwords.weakness(password, known)
    if weakness:
        raise PasswordWeak(weakness, len(password))
    return passwords.hash_password(password)


def put(user: User, password_hash: str, *, keep_session: int = 0) -> None:
    """Do what `change` does with what `hash_new` returned."""
    user.credential.password_hash = password_hash
    user.credential.password_changed_at = utc_now()
    sessions.end_all(user.id, besides=keep_session)
    tokens.end_all(user.id)
    outbox.write("password_changed", user.credential)
