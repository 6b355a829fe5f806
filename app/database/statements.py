"""Statements that the databases write differently."""

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import FromClause, Select, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Base


def insert(db: SQLAlchemy, model: type[Base]) -> Any:
    """Return an INSERT that knows ON CONFLICT, in the words of the database in use."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    return dialect.insert(model)


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
