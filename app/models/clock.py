"""The time as what is written takes it: now, or for what is made up a moment in the past."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_behind: ContextVar[timedelta] = ContextVar("behind", default=timedelta())


def now() -> datetime:
    return datetime.now(UTC) - _behind.get()


def is_behind() -> bool:
    return bool(_behind.get())


@contextmanager
def ago(time: timedelta) -> Iterator[None]:
    """Let all that is written meanwhile be so old."""
    token = _behind.set(time)
    try:
        yield
    finally:
        _behind.reset(token)
