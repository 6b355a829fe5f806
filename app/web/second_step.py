"""Somebody between password and code, as far as their signed cookie knows."""

from flask import session

from app.models import User
from app.services import two_factor
from app.services.errors import LinkInvalid
from app.web import waiting

_SECRET = "second_factor"  # noqa: S105 - where it is, not what it is


def begin(secret: str) -> None:
    """Forget what the browser came with, and remember who gave the password: no session yet.

    What waits to be published goes on waiting: whose it is will be asked then.
    """
    waiting.forget_the_rest()
    session[_SECRET] = secret


def secret() -> str:
    """Return the secret of the token that the code must come with; "" without a first step."""
    return str(session.get(_SECRET, ""))


def user() -> User | None:
    """Return who has given the password and may give the code; None if nobody, or too long ago."""
    try:
        return two_factor.asked(secret())
    except LinkInvalid:
        return None


def end() -> None:
    session.pop(_SECRET, None)
