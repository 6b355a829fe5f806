"""Keyset pages: a page is what lies below a cursor, and the cursor is the id of its last row.

What is written meanwhile changes nothing below a cursor, so pages stay as they are, and the
thousandth page costs what the first does.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models.ids import MAX_ID
from app.services.errors import InvalidCursor

CURSOR = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)

Row = TypeVar("Row")
# A query of columns, whatever they are.
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, newest first; `older` is the cursor of the next, if there is one."""

    items: list[Row]
    older: int | None
    is_first: bool


def parse_cursor(value: str | None) -> int | None:
    """Return the id that a cursor from an address stands for; None is the newest page.

    :raises InvalidCursor: if it is not the canonical writing of an id
    """
    if value is None:
        return None
    if not CURSOR.fullmatch(value) or int(value) > MAX_ID:
        raise InvalidCursor(value)
    return int(value)


def below(column: InstrumentedAttribute[int], before: int | None) -> ColumnElement[bool]:
    """Return the condition that a row comes after the cursor in a list, newest first."""
    return column < (MAX_ID if before is None else before)


def fetch(query: Rows, make: Callable[..., Row], before: int | None, size: int) -> Page[Row]:
    """Run a query that is ordered and bounded by the cursor; its first column is the key."""
    rows = db.session.execute(query.limit(size + 1)).all()
    return cut(rows, make, before, size)


def cut(rows: Sequence[Any], make: Callable[..., Row], before: int | None, size: int) -> Page[Row]:
    """Make a page of up to `size + 1` rows; the one too many tells that there are older ones."""
    older = int(rows[size - 1][0]) if len(rows) > size else None
    return Page([make(*row) for row in rows[:size]], older, is_first=before is None)
