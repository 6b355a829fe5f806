"""Statements that get only so long, where an answer that comes late is of no use."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

# SQLite asks after so many of its steps whether to go on: a few thousand times a second.
STEPS = 20_000
INTERRUPTED = {"57014", "SQLITE_INTERRUPT"}


class TookTooLong(Exception):
    """The database did not answer in time, and was told not to go on."""


@contextmanager
def time_limit(db: SQLAlchemy, seconds: float) -> Iterator[None]:
    """Let no statement within take longer.

    :raises TookTooLong: if one would
    """
    connection = db.session.connection()
    limit = _limit_sqlite if connection.dialect.name == "sqlite" else _limit_postgresql
    with limit(connection, seconds):
        try:
            yield
        except DBAPIError as error:
            if state_of(error) in INTERRUPTED:
                raise TookTooLong from error
            raise


@contextmanager
def no_time_limit(db: SQLAlchemy) -> Iterator[None]:
    """Let statements within take as long as they need: nobody waits for a job or a command."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    patience, driver.patience = driver.patience, None
    with _limit_postgresql(connection, 0):
        yield
    driver.patience = patience


def state_of(error: DBAPIError) -> str:
    """Return by what name the database calls an error; "" if it has none."""
    given: Any = error.orig
    return str(getattr(given, "pgcode", None) or getattr(given, "sqlite_errorname", ""))


@contextmanager
def _limit_sqlite(connection: Connection, seconds: float) -> Iterator[None]:
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, STEPS)


@contextmanager
def _limit_postgresql(connection: Connection, seconds: float) -> Iterator[None]:
    connection.exec_driver_sql(f"SET statement_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        # In a transaction that failed it is refused, and not needed: what was set is undone.
        with suppress(DBAPIError):
            connection.exec_driver_sql("RESET statement_timeout")
