"""How Microblog talks to its database: the same on SQLite and PostgreSQL.

Reading runs under AUTOCOMMIT, which saves the BEGIN and ROLLBACK around every page. Writing runs in
one transaction; on SQLite it begins IMMEDIATE, because a deferred one that reads first and writes
later loses to any other writer in between.
"""

import re
import select as sockets
import sqlite3
from functools import cache, partial
from typing import Any

import psycopg2
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from psycopg2.extensions import POLL_OK, POLL_READ, set_wait_callback
from sqlalchemy import (
    Connection,
    Engine,
    FromClause,
    Index,
    Select,
    Table,
    UniqueConstraint,
    event,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Base
from config import Config

READING = "reading"
# Deadlock, serialisation failure; the two that PostgreSQL asks to try again.
RETRIED_STATES = {"40P01", "40001"}
# Seconds in which a PostgreSQL connection that lay in the pool must show that it lives.
PING_TIMEOUT = 2
CONNECT_TIMEOUT = 5


class Session(FlaskSession):
    """A session that reads under AUTOCOMMIT while `info["reading"]` is set."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(READING) and isinstance(bind, Engine):
            return _reading(bind)
        return bind


@cache
def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def begin_reading(db: SQLAlchemy) -> None:
    """From here on, statements of this session stand alone and hold nothing."""
    db.session.info[READING] = True


def begin_writing(db: SQLAlchemy) -> None:
    """From here on, statements of this session make one transaction."""
    # Gives the reading connection back; what was loaded stays usable (expire_on_commit is off).
    db.session.commit()
    db.session.info[READING] = False


def engine_options(config: Config) -> dict[str, Any]:
    """Return the options of SQLAlchemy's create_engine for the configured database."""
    timeout = config.DATABASE_TIMEOUT
    # Parameters are people's words and addresses; they have no place in a log.
    common: dict[str, Any] = {"hide_parameters": True, "pool_timeout": timeout}
    if config.database_url.startswith("sqlite"):
        return {**common, "connect_args": {"timeout": timeout}}
    # The server gives up a little before we give up the server.
    server_timeout = f"{timeout * 900}ms"
    session = {
        "timezone": "utc",
        "statement_timeout": server_timeout,
        "lock_timeout": server_timeout,
        "idle_in_transaction_session_timeout": "60s",
    }
    return {
        **common,
        "pool_size": config.DATABASE_POOL_SIZE,
        "max_overflow": 0,
        "pool_pre_ping": True,
        "connect_args": {
            "connection_factory": partial(PatientConnection, timeout=timeout),
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
            "tcp_user_timeout": timeout * 1000,
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Set up every connection of the engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        set_wait_callback(_wait)
        event.listen(engine, "checkout", _expect_answers)
        event.listen(engine, "checkin", _expect_ping)


class PatientConnection(psycopg2.extensions.connection):
    """A connection that waits only so long for its server.

    A server that is stopped, or gone behind a silent network, sends no error; the driver would wait
    for ever, and the server's own timeouts are no help.

    :ivar patience: seconds to wait for the next sign of life; None for ever
    """

    def __init__(self, *args: Any, timeout: int) -> None:
        self.timeout = timeout
        self.patience: float | None = min(timeout, CONNECT_TIMEOUT)
        super().__init__(*args)


def _expect_answers(connection: PatientConnection, *_: object) -> None:
    connection.patience = connection.timeout


def _expect_ping(connection: PatientConnection | None, *_: object) -> None:
    if connection is not None:
        connection.patience = min(connection.timeout, PING_TIMEOUT)


def _wait(connection: Any) -> None:
    """Wait for a server, as psycopg2 calls it; raising here makes it close the connection."""
    patience = getattr(connection, "patience", None)
    while (state := connection.poll()) != POLL_OK:
        waiting = sockets.poll()
        waiting.register(connection, sockets.POLLIN if state == POLL_READ else sockets.POLLOUT)
        if not waiting.poll(None if patience is None else patience * 1000):
            raise psycopg2.OperationalError(f"no answer within {patience} seconds")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself; `_begin_immediate` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "journal_size_limit = 67108864",
        "cache_size = -16000",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


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


def is_transient(error: DBAPIError) -> bool:
    """Whether running the transaction again may well succeed."""
    if isinstance(error, IntegrityError):
        # Two processes made the same id in one millisecond.
        return (violated_constraint(error) or "").startswith("pk_")
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
