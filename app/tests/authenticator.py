"""The app on a member's phone."""

import time

import pyotp

from app.extensions import db
from app.models import User
from app.services import two_factor


def code_of(user: User, *, ahead: int = 0) -> str:
    """Return the code that the app shows, or will so many steps later."""
    return code_for(two_factor.key(user), ahead=ahead)


def code_for(key: str, *, ahead: int = 0) -> str:
    """Return the code of a key, as a page shows it."""
    return pyotp.TOTP("".join(key.split())).at(time.time(), counter_offset=ahead)


def turn_on(user: User) -> list[str]:
    """Turn two-factor sign-in on with the code of now, and return the recovery codes."""
    codes = two_factor.enable(user, code_of(user))
    db.session.commit()
    return codes
