"""Alembic's environment: one upgrade at a time, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, text

from app.models import Base
from app.models.base import UtcDateTime

# Any number, as long as it is always this one.
LOCK = 7_263_948_105
# A lock is waited for as long as a long migration of another process may take.
PATIENCE = {"sqlite": "PRAGMA busy_timeout = 600000", "postgresql": "SET lock_timeout = '10min'"}


def render_item(type_: str, item: object, autogen_context: AutogenContext) -> str | bool:
    """Write our column types into migrations as plain ones; migrations must not change with us."""
    if type_ == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration when nothing changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """Hold a lock while migrating, so that containers starting together upgrade once."""
    dialect = connection.dialect.name
    connection.exec_driver_sql(PATIENCE[dialect])
    if dialect == "postgresql":
        # Migrations may take longer than a page may.
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
    try:
        # On SQLite the transaction itself is the lock: it begins IMMEDIATE.
        yield
    finally:
        if dialect == "postgresql":
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
            connection.commit()


def run_migrations() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, one_at_a_time(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            # SQLite cannot alter a table; it is copied instead.
            render_as_batch=True,
            process_revision_directives=skip_empty,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
