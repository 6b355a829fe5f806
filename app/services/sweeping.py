"""Deleting what is over, so many rows at a time: no transaction of it holds up others for long."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db

BATCH = 1_000


def sweep(key: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> bool:
    """Delete a batch of the rows that meet the conditions; return whether there may be more.

    :param key: the primary key of their table
    """
    batch = select(key).where(*conditions).limit(BATCH)
    statement = delete(key.class_).where(key.in_(batch)).returning(key)
    gone = db.session.scalars(statement.execution_options(synchronize_session=False)).all()
    return len(gone) == BATCH
