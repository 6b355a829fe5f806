"""The files of pictures, kept in a folder of this machine. See `media_files`."""

import os
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.extensions import settings

_DRAFT = ".part"
# Names of one look into a folder.
BATCH = 500


def put(name: str, data: bytes) -> None:
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_DRAFT}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def get(name: str) -> bytes:
    return _path(name).read_bytes()


def remove(names: Sequence[str]) -> None:
    for name in names:
        _path(name).unlink(missing_ok=True)


def older_than(moment: datetime) -> Iterator[list[str]]:
    """Yield the names of files, some at a time; what killed processes have left goes on the way."""
    for folder in _path("").glob("[0-9a-f][0-9a-f]"):
        names = []
        for path in folder.iterdir():
            if not _is_older(path, moment):
                continue
            if path.suffix == _DRAFT:
                path.unlink(missing_ok=True)
            else:
                names.append(f"{folder.name}/{path.name}")
        yield from (names[start : start + BATCH] for start in range(0, len(names), BATCH))


def _path(name: str) -> Path:
    return settings.media_store.path / name


def _sync_folder(path: Path) -> None:
    """Make sure that the name is on the disk, too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment
    except FileNotFoundError:
        # It got its name, or was removed, just now.
        return False
