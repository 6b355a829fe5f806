"""Keys of forms: each form that writes a post carries one, made for who was shown it.

The database takes a key once, so a form that is sent twice makes one post. And since nobody else
can make one, a form that comes back when its author is signed out is known to be theirs; how long
that is believed, the time in it tells.
"""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from app.extensions import settings
from app.models.base import utc_now

# Time of issue (in seconds) and chance; whom it was made for; signature. Posts keep 64 characters.
_KEY = re.compile(r"([0-9a-f]{8})([0-9a-f]{10})\.([1-9][0-9]{0,18})\.([0-9a-f]{24})", re.ASCII)


def make(user_id: int) -> str:
    """Return a new key for a form that a member is shown."""
    return _signed(f"{int(utc_now().timestamp()):08x}{secrets.token_hex(5)}", user_id)


def owner_of(key: str, max_age: timedelta | None = None) -> int | None:
    """Return the id of the member whom a form was made for.

    :return: None if the key is none of ours, or older than it may be
    """
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    issued, chance, user_id = match[1], match[2], int(match[3])
    if not hmac.compare_digest(key, _signed(issued + chance, user_id)):
        return None
    age = utc_now() - datetime.fromtimestamp(int(issued, 16), UTC)
    return user_id if max_age is None or age <= max_age else None


def variant(key: str, text: str) -> str:
    """Return the key for another text in the same form: always the same, and as old as the form."""
    stamp, user_id, _signature = key.split(".")
    return _signed(stamp[:8] + _digest(f"{key} {text}")[:10], int(user_id))


def _signed(stamp: str, user_id: int) -> str:
    return f"{stamp}.{user_id}.{_digest(f'{stamp}.{user_id}')[:24]}"


def _digest(message: str) -> str:
    key = settings.key_for("form-key")
    return hmac.digest(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
