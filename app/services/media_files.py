"""The files of pictures: in a folder, or in a bucket of S3, as MEDIA_URL says.

Their names are made of random keys, never of what somebody typed. A file is written once, whole or
not at all, and never changed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, Protocol

import structlog

from app.extensions import settings
from app.services import media_folder
from app.services.errors import NotFound, StorageUnavailable

log = structlog.get_logger("app")

Size = Literal["large", "small", "avatar", "header"]
SIZES: tuple[Size, ...] = ("large", "small", "avatar", "header")
# Those of a member's own pictures begin with the member's id: see `services.portraits`.
_KEY = re.compile(r"(?:[1-9][0-9]{0,17}-)?[0-9a-f]{32}")
_NAME = re.compile(rf"[0-9a-f]{{2}}/(?P<key>{_KEY.pattern})-(?:{'|'.join(SIZES)})\.webp")


class Place(Protocol):
    """What `media_folder` and `media_bucket` can do; both raise OSError."""

    def put(self, name: str, data: bytes) -> None: ...
    def get(self, name: str) -> bytes: ...
    def remove(self, names: Sequence[str]) -> None: ...
    def older_than(self, moment: datetime) -> Iterator[list[str]]: ...


def name_of(key: str, size: Size) -> str:
    """Return the name of a file.

    :raises NotFound: if the key cannot be one of ours
    """
    if not _KEY.fullmatch(key):
        raise NotFound
    # Spread over folders, by digits that are random.
    return f"{key[-32:-30]}/{key}-{size}.webp"


def key_of(name: str) -> str | None:
    """Return the key in the name of a file; None if it is none of ours."""
    found = _NAME.fullmatch(name)
    return found["key"] if found else None


def put(name: str, data: bytes) -> None:
    """Store a file.

    :raises StorageUnavailable: if that is not possible now
    """
    with _telling():
        _place().put(name, data)


def get(name: str) -> bytes:
    """Return what a file holds.

    :raises NotFound: if there is no such file
    :raises StorageUnavailable: if that cannot be told now
    """
    with _telling():
        try:
            return _place().get(name)
        except FileNotFoundError as error:
            raise NotFound from error


def remove(keys: Iterable[str]) -> None:
    """Remove all files of these keys; those that are gone already are no matter.

    :raises StorageUnavailable: if that is not possible now
    """
    with _telling():
        _place().remove([name_of(key, size) for key in keys for size in SIZES])


def older_than(moment: datetime) -> Iterator[list[str]]:
    """Yield the names of all files written before a moment, some at a time.

    :raises StorageUnavailable: if they cannot be listed now
    """
    with _telling():
        yield from _place().older_than(moment)


def _place() -> Place:
    if settings.media_store.kind == "file":
        return media_folder
    # Large, and of no use where there is a folder.
    from app.services import media_bucket  # noqa: PLC0415

    return media_bucket


@contextmanager
def _telling() -> Iterator[None]:
    """Put what goes wrong into a word of ours, and what exactly into the log."""
    try:
        yield
    except OSError as error:
        log.error("media storage unavailable", reason=str(error))
        raise StorageUnavailable from error
