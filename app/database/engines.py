"""Engines for SQLite and PostgreSQL that behave alike: in UTC, with foreign keys, never patient."""

import re
from functools import partial
from typing import Any

from psycopg2.extensions import set_wait_callback
from sqlalchemy import Connection, Engine, ExceptionContext, event

from app.database.patience import PatientConnection, expect_answers, expect_ping, wait
from app.database.prepared import prepare_statements
from config import Config

# "DETAIL:  Key (email_key)=(susan@mail.example) already exists."
_DETAIL = re.compile(r"^DETAIL:.*\n?", re.MULTILINE)


def engine_options(config: Config) -> dict[str, Any]:
    """Return the options of SQLAlchemy's create_engine for the configured database."""
    timeout = config.DATABASE_TIMEOUT
    # Parameters are people's words and addresses; they have no place in a log.
    common: dict[str, Any] = {"hide_parameters": True, "pool_timeout": timeout}
    if config.database_url.startswith("sqlite"):
        # A connection for each thread, and one for what stands outside its transaction.
        size = 2 * config.WEB_THREADS
        return {**common, "pool_size": size, "connect_args": {"timeout": timeout}}
    # The server gives up a little before we give up the server.
    server_timeout = f"{timeout * 900}ms"
    session = {
        "timezone": "utc",
        # Our statements are short; compiling one would take longer than running it.
        "jit": "off",
        # Of those that are prepared: what they are about must not change how they run.
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": server_timeout,
        "lock_timeout": server_timeout,
        "idle_in_transaction_session_timeout": "60s",
    }
    return {
        **common,
        "pool_size": config.DATABASE_POOL_SIZE,
        "max_overflow": 0,
        "connect_args": {
            "connection_factory": partial(PatientConnection, timeout=timeout),
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
            "tcp_user_timeout": timeout * 1000,
        },
    }


def prepare_engine(engine: Engine, *, prepares: bool = True) -> None:
    """Set up every connection of the engine.

    :param prepares: whether PostgreSQL may keep the plans of statements
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        set_wait_callback(wait)
        event.listen(engine, "checkout", expect_answers)
        event.listen(engine, "checkin", expect_ping)
        event.listen(engine, "handle_error", _forget_values)
        if prepares:
            prepare_statements(engine)


def _forget_values(context: ExceptionContext) -> None:
    """Take the values out of what PostgreSQL says: people's addresses have no place in a log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (_DETAIL.sub("", str(error.args[0])), *error.args[1:])


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
