"""Days, months and years as people type them, and the ids of what was written in them."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from app.models.ids import MAX_ID, SEQUENCE_BITS

_DATE = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2]))?(?:-(0?[1-9]|[12]\d|3[01]))?", re.ASCII)


class Span(NamedTuple):
    """The lowest id of a time, and the lowest after it."""

    from_id: int
    below_id: int


def span_of(typed: str, zone: tzinfo) -> Span | None:
    """Return the span of a year, a month or a day; None if it is none of them.

    :param zone: in which the day begins
    """
    match = _DATE.fullmatch(typed)
    if match is None:
        return None
    try:
        start, end = _days(*(int(part or 0) for part in match.groups()))
        return Span(_first_id(start, zone), _first_id(end, zone))
    except (ValueError, OverflowError):
        # No such day, or no such time.
        return None


def _days(year: int, month: int, day: int) -> tuple[date, date]:
    """Return the first day of a year, a month or a day, and the first after it."""
    start = date(year, month or 1, day or 1)
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, date(year + month // 12, month % 12 + 1, 1)
    return start, date(year + 1, 1, 1)


def _first_id(day: date, zone: tzinfo) -> int:
    start = datetime.combine(day, time.min, zone)
    return min(max(0, int(start.timestamp() * 1000) << SEQUENCE_BITS), MAX_ID)
