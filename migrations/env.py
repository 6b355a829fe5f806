"""Alembic's environment: one upgrade at a time, on SQLite and PostgreSQL alike."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from app.cli.preflight import check_database
from app.models import Base
from app.models.base import UtcDateTime

# Any number, as long as it is always this one.
LOCK = 7_263_948_105
# As long as a long migration of another process may take.
PATIENCE = timedelta(minutes=10)


# SQLite cannot tell what an index on an expression is about; PostgreSQL, which can, is checked too.
warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based")
warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index")


def render_item(type_: str, item: object, autogen_context: AutogenContext) -> str | bool:
    """Write our column types into migrations as plain ones; migrations must not change with us."""
    if type_ == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_described(name: str | None, type_: str, _parents: object) -> bool:
    """Leave out what no model can describe: how the words of the search are indexed."""
    if type_ == "table":
        return "_words_index" not in (name or "")
    return not (type_ == "index" and (name or "").endswith("_words_words"))


def skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration when nothing changed."""
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives[:] = []


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """Let one process migrate at a time, so that containers starting together upgrade once."""
    guard = on_sqlite if connection.dialect.name == "sqlite" else on_postgresql
    with guard(connection):
        yield


@contextmanager
def on_sqlite(connection: Connection) -> Iterator[None]:
    """Here the transaction itself is the lock: it begins IMMEDIATE."""
    run = connection.connection.driver_connection.execute
    [usual_timeout] = run("PRAGMA busy_timeout").fetchone()
    run(f"PRAGMA busy_timeout = {PATIENCE // timedelta(milliseconds=1)}")
    # To alter a table it is copied and dropped; with foreign keys on, that would delete all
    # rows that refer to it.
    run("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        run("PRAGMA foreign_keys = ON")
        run(f"PRAGMA busy_timeout = {usual_timeout}")


def refuse_broken_links(connection: Connection) -> None:
    """Do what SQLite left out while foreign keys were off, before anything is committed."""
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise RuntimeError(f"a migration broke foreign keys: {broken[:5]}")


@contextmanager
def on_postgresql(connection: Connection) -> Iterator[None]:
    """Hold an advisory lock of the session, and let statements take their time."""
    connection.connection.driver_connection.patience = None
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql(f"SET lock_timeout = {PATIENCE // timedelta(milliseconds=1)}")
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
        connection.exec_driver_sql("RESET statement_timeout")
        connection.exec_driver_sql("RESET lock_timeout")
        connection.commit()


def run_migrations() -> None:
    engine = current_app.extensions["migrate"].db.engine
    check_database(engine)
    with engine.connect() as connection, one_at_a_time(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            include_name=is_described,
            # SQLite cannot alter a table; it is copied instead.
            render_as_batch=True,
            process_revision_directives=skip_empty,
            transactional_ddl=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            refuse_broken_links(connection)


run_migrations()
