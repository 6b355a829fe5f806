"""What members look like: an avatar and a header of their own, by the pipeline of all pictures.

Their keys begin with the member's id, so that a look at one row tells whether one is in use.
"""

import secrets
from collections.abc import Collection
from typing import BinaryIO, Literal

from sqlalchemy import select

from app.extensions import db
from app.models import User
from app.services import images, media_files, pictures
from app.services.errors import NotFound
from app.services.users import is_active

Kind = Literal["avatar", "header"]
KINDS: tuple[Kind, ...] = ("avatar", "header")
_SIZES = {"avatar": images.AVATAR, "header": images.HEADER}
_COLUMNS = {"avatar": User.avatar_key, "header": User.header_key}


def prepare(user_id: int, kind: Kind, data: bytes | BinaryIO) -> str:
    """Check a picture, crop and store it; return its key. Slow: not while writing.

    :raises ImageInvalid: if it is no picture that we take
    :raises ImageBusy: if other pictures take too long
    :raises StorageUnavailable: if it cannot be stored
    """
    made = images.cropped(pictures.read(data), _SIZES[kind])
    key = f"{user_id}-{secrets.token_hex(16)}"
    media_files.put(media_files.name_of(key, kind), made)
    return key


def put(user: User, kind: Kind, key: str | None) -> None:
    """Let a member look like this from now on; None is what everybody has at first."""
    former = db.session.scalar(select(_COLUMNS[kind]).where(User.id == user.id).with_for_update())
    setattr(user, f"{kind}_key", key)
    if former:
        pictures.forget([former])


def keys_of(user_id: int) -> list[str]:
    """Return the keys of a member's own pictures, to be forgotten with the account."""
    row = db.session.execute(select(*_COLUMNS.values()).where(User.id == user_id)).one_or_none()
    return [key for key in row or () if key]


def check(kind: Kind, key: str) -> None:
    """Make sure that a member who can be seen has this picture now.

    :raises NotFound: if nobody has
    """
    query = select(User.id).where(_COLUMNS[kind] == key, User.id == owner_of(key), is_active())
    if db.session.scalar(query) is None:
        raise NotFound


def owner_of(key: str) -> int:
    """Return whose picture it is, by its key; 0 for nobody's."""
    head, separator, _ = key.partition("-")
    return int(head) if separator else 0


def unknown_keys(keys: Collection[str]) -> set[str]:
    """Return those of the keys that no member has."""
    query = select(*_COLUMNS.values()).where(User.id.in_({owner_of(key) for key in keys}))
    known = {key for row in db.session.execute(query) for key in row}
    return set(keys) - known
