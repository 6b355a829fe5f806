"""Moments written for readers. Kept, since a feed writes the same ones for everybody."""

from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_datetime_format,
    get_timezone_name,
)

# English as most of the world writes it, days first and 24 hours, as the script does (times.js).
_WRITTEN_AS = {"en": "en_GB"}
# A moment in a language and a zone takes about 200 bytes.
KEPT = 10_000


def short(moment: datetime, locale: str, zone: str) -> str:
    """Return a moment such as "12 Mar 2026, 18:22"."""
    return _written(_minute(moment), locale, zone, "medium")


def full(moment: datetime, locale: str, zone: str) -> str:
    """Return a moment such as "12 March 2026, 18:22 UTC"."""
    return _written(_minute(moment), locale, zone, "long")


def day(day: date, locale: str) -> str:
    """Return a day such as "12 March 2026"."""
    return format_date(day, "long", locale=_WRITTEN_AS.get(locale, locale))


def clock(moment: datetime, locale: str, zone: str) -> str:
    """Return the time of a moment such as "18:22"."""
    local = moment.astimezone(ZoneInfo(zone))
    return format_time(local, "short", locale=_WRITTEN_AS.get(locale, locale))


def month(moment: datetime, locale: str, zone: str) -> str:
    """Return a month such as "March 2026"."""
    return format_skeleton("yMMMM", moment.astimezone(ZoneInfo(zone)), locale=locale)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@lru_cache(KEPT)
def _written(moment: datetime, locale: str, zone: str, width: Literal["medium", "long"]) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    style = _WRITTEN_AS.get(locale, locale)
    time = clock(local, locale, zone)
    pattern = str(get_datetime_format("medium", locale=style))
    written = pattern.replace("{1}", format_date(local, width, locale=style)).replace("{0}", time)
    if width == "medium":
        return written
    return f"{written} {get_timezone_name(local, width='short', locale=locale)}"
