"""The files of exports: in one folder, for the eyes of the application only.

A file gets its name when all of it is written, so what has the name of an export is whole.
"""

import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from app.extensions import settings

# No run takes as long: what has been a draft since then was left by one that was killed.
DRAFT_LIFE = timedelta(hours=3)
_DRAFT = ".part"


def folder() -> Path:
    """Return where the files are; `draft` makes it."""
    return settings.INSTANCE_PATH / "exports"


def path_of(file_name: str) -> Path:
    return folder() / file_name


@contextmanager
def draft(file_name: str) -> Iterator[BinaryIO]:
    """Yield a file to write to; it gets its name if all goes well, and is gone if not.

    :raises OSError: if it cannot be written
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove(folder().glob(f"{file_name}.*{_DRAFT}"))
    path = path_of(f"{file_name}.{secrets.token_hex(8)}{_DRAFT}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        path.replace(path_of(file_name))
    finally:
        path.unlink(missing_ok=True)


def remove(file_names: Iterable[str]) -> None:
    _remove(path_of(name) for name in file_names)


def names() -> set[str]:
    """Return the names of all finished files."""
    return {path.name for path in folder().glob("*") if path.suffix != _DRAFT}


def sweep(orphans: Collection[str]) -> None:
    """Remove these files, and what killed runs have left."""
    remove(orphans)
    oldest = time.time() - DRAFT_LIFE.total_seconds()
    _remove(path for path in folder().glob(f"*{_DRAFT}") if _changed_at(path) < oldest)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        # Finished, or removed by another worker, just now.
        return time.time()
