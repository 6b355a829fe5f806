"""Statements that the databases write differently."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    any_,
    bindparam,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Base


def insert(db: SQLAlchemy, model: type[Base]) -> Any:
    """Return an INSERT that knows ON CONFLICT, in the words of the database in use."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    return dialect.insert(model)


def is_one_of(db: SQLAlchemy, column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values that a statement is run with.

    PostgreSQL takes them as one array, so that it is always the same statement.
    """
    if db.engine.dialect.name == "sqlite":
        return column.in_(bindparam(name, expanding=True))
    return column == any_(bindparam(name, type_=ARRAY(BigInteger)))


def has_one(*conditions: ColumnElement[bool], of: Sequence[Any] = ()) -> ColumnElement[bool]:
    """Return the condition that there is a row, to be looked up for each row of the query.

    For EXISTS, PostgreSQL would rather make a list first of all that a member ever liked, if it
    expects many rows; and of a query that is cut off it always does.

    :param of: what its conditions name of queries further out; SQLAlchemy finds only the nearest
    """
    found: Select[Any] = select(literal_column("1")).where(*conditions).limit(literal_column("1"))
    if of:
        found = found.correlate(*of)
    return found.scalar_subquery().is_not(None)


def for_each(
    db: SQLAlchemy, rows: FromClause, query: Select[int], column: InstrumentedAttribute[int]
) -> Select[int]:
    """Return what a query of ids, correlated to the rows, finds for each of them.

    PostgreSQL has LATERAL for it. SQLite does the same with IN, which PostgreSQL would not.
    """
    if db.engine.dialect.name != "sqlite":
        found = query.lateral()
        return select(found.c.id).select_from(rows.join(found, true()))
    found = column.table.alias()
    return select(found.c.id).select_from(rows.join(found, found.c.id.in_(query)))
