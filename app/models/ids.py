"""Identifiers made by the application: `unix_ms << 16 | sequence`.

Order by id is order by time, so every feed pages by id alone, and an imported old post gets an old
id. Within a process ids only grow. Two processes may meet in one millisecond; the sequence starts
at a random number so that they hardly ever collide, and when they do, the primary key refuses the
second and the transaction is run again (`app.database.is_transient`).
"""

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

from app.models import clock

SEQUENCE_BITS = 16
# Room to count up within one millisecond before borrowing from the next.
RANDOM_START = 2**SEQUENCE_BITS - 2**10
MAX_ID = 2**63 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """Return an id of this moment, greater than all that this process made before."""
    global _last  # noqa: PLW0603 - one counter per process is the point
    if clock.is_behind():
        return id_at(clock.now())
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last >> SEQUENCE_BITS:
            _last = now << SEQUENCE_BITS | secrets.randbelow(RANDOM_START)
        else:
            # Same millisecond, or the clock went back: count on.
            _last += 1
        return _last


def id_at(moment: datetime) -> int:
    """Return an id of a moment in the past, for what is imported."""
    # Not through a float, which would now and then lose a millisecond.
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return milliseconds << SEQUENCE_BITS | secrets.randbelow(2**SEQUENCE_BITS)


def time_of(id_: int) -> datetime:
    """Return the moment an id was made."""
    return datetime.fromtimestamp((id_ >> SEQUENCE_BITS) / 1000, tz=UTC)
