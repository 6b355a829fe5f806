"""Lists of any length, read some rows at a time, so that they never stand in memory as a whole."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.services.pagination import Rows

# Rows of one batch.
BATCH = 500

Row = TypeVar("Row")


def of(
    query: Rows, make: Callable[..., Row], *key: InstrumentedAttribute[int]
) -> Iterator[list[Row]]:
    """Yield all rows of a query, the highest key first; its first columns are the key."""
    query = query.order_by(*(column.desc() for column in key)).limit(BATCH)
    rows = db.session.execute(query).all()
    while rows:
        yield [make(*row) for row in rows]
        last = rows[-1][: len(key)]
        # The first column by itself lets an index begin where the batch before has ended.
        rest = query.where(key[0] <= last[0], tuple_(*key) < last)
        rows = db.session.execute(rest).all()
