"""What an error of the database means."""

import re
import sqlite3
from functools import cache

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.models import Base

# Deadlock, serialisation failure; the two that PostgreSQL asks to try again.
RETRIED_STATES = {"40P01", "40001"}
REFERENCES_TO_TAGS = {"fk_post_tags_tag_id", "fk_tag_follows_tag_id", "fk_tag_trends_tag_id"}


def is_transient(error: DBAPIError) -> bool:
    """Whether running the transaction again may well succeed."""
    if isinstance(error, IntegrityError):
        # Two processes made the same id in one millisecond; or a hashtag was given up, with the
        # last account to use it, in the moment when it was taken up or counted.
        constraint = violated_constraint(error) or ""
        return constraint.startswith("pk_") or constraint in REFERENCES_TO_TAGS
    return getattr(error.orig, "pgcode", None) in RETRIED_STATES


def is_unavailable(error: Exception) -> bool:
    """Whether the database cannot be reached or does not answer; a refused statement is neither."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        # The statement itself is wrong. SQLite also calls that an OperationalError.
        return False
    # 08: connection, 40: lost to others again and again, 53: resources, 57: operator or timeout,
    # 55P03: lock timeout.
    state = getattr(error.orig, "pgcode", None) or ""
    return (
        error.connection_invalidated
        or state[:2] in {"08", "40", "53", "57"}
        or state == "55P03"
        or (type(error.orig).__name__ == "OperationalError" and not state)
    )


def violated_constraint(error: IntegrityError) -> str | None:
    """Return the name of the constraint that a statement violated, if the database tells."""
    diagnostics = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        name: str | None = diagnostics.constraint_name
        return name
    message = str(error.orig)
    if match := re.search(r"index '(\w+)'|CHECK constraint failed: (\w+)", message):
        return match[1] or match[2]
    # SQLite names columns instead: "UNIQUE constraint failed: users.username, users.domain".
    _, _, columns = message.partition("UNIQUE constraint failed: ")
    return _unique_names().get(columns)


@cache
def _unique_names() -> dict[str, str]:
    return {
        ", ".join(f"{table.name}.{column}" for column in columns): name
        for table in Base.metadata.sorted_tables
        for name, columns in _unique_columns(table)
    }


def _unique_columns(table: Table) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = [
        (f"pk_{table.name}", [column.name for column in table.primary_key.columns])
    ]
    for constraint in table.constraints | table.indexes:
        if isinstance(constraint, UniqueConstraint):
            columns = "_".join(column.name for column in constraint.columns)
            name = str(constraint.name or f"uq_{table.name}_{columns}")
            found.append((name, [column.name for column in constraint.columns]))
        elif isinstance(constraint, Index) and constraint.unique:
            found.append((str(constraint.name), [column.name for column in constraint.columns]))
    return found
