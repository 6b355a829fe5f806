"""The tables of the search, made again where they are damaged. They hold nothing of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Table, text

from app.models import Base, PostWords, TagWords, UserWords

TABLES = [Base.metadata.tables[model.__tablename__] for model in (PostWords, UserWords, TagWords)]

# As the migration makes them.
_CREATE_FTS5 = (
    "CREATE VIRTUAL TABLE {table}_index USING fts5(words, content='{table}',"
    " content_rowid='{key}', tokenize=\"ascii tokenchars '#@_:'\")",
    "CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {add}; END",
    "CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {remove}; END",
    "CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} BEGIN {remove}; {add}; END",
)
_ADD = "INSERT INTO {table}_index (rowid, words) VALUES (new.{key}, new.words)"
_REMOVE = (
    "INSERT INTO {table}_index ({table}_index, rowid, words)"
    " VALUES ('delete', old.{key}, old.words)"
)
# What there is of a table on SQLite: itself, the index, three triggers.
_PARTS = 5
_COUNT_PARTS = text(
    "SELECT count(*) FROM sqlite_master WHERE name IN (:table, :table || '_index',"
    " :table || '_added', :table || '_removed', :table || '_changed')"
)
# FTS5 only notes what was deleted; the words go when it writes that part of the index anew. So many
# pages are written in one transaction: some 50 ms, for which other writers wait.
_PAGES = 200
_MERGE = "INSERT INTO {table}_index ({table}_index, rank) VALUES ('merge', :pages)"
# With fewer rows changed than this, FTS5 had nothing to do; says its documentation.
_DONE = 2
_IS_VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:index)")


def make_whole(db: SQLAlchemy, *, afresh: bool) -> None:
    """Make what is missing of the tables of the search; afresh, with nothing in them on SQLite.

    There nothing tells whether an index says the same as its table. On PostgreSQL it cannot but.
    """
    with _own_connection(db) as connection:
        for table in TABLES:
            if connection.dialect.name == "sqlite":
                _make_on_sqlite(connection, table, afresh=afresh)
            else:
                _make_on_postgresql(connection, table)


def forget_some(db: SQLAlchemy, table: Table, *, is_begun: bool) -> bool:
    """Write some of an index anew, without what was deleted; return whether there is more to do.

    :param is_begun: go on with what the first call began
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        # A tsvector is in its row and nowhere else.
        return False
    driver: Any = connection.connection.driver_connection
    before = driver.total_changes
    # Below zero: all of it, however little there is to gain by that.
    pages = _PAGES if is_begun else -_PAGES
    connection.execute(text(_MERGE.format(table=table.name)), {"pages": pages})
    return bool(driver.total_changes - before >= _DONE)


@contextmanager
def _own_connection(db: SQLAlchemy) -> Iterator[Connection]:
    """Yield a connection whose statements stand alone, and take their time."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            driver: Any = connection.connection.driver_connection
            driver.patience = None
            connection.exec_driver_sql("SET statement_timeout = 0")
        yield connection
        if is_postgresql:
            connection.exec_driver_sql("RESET statement_timeout")


def _make_on_sqlite(connection: Connection, table: Table, *, afresh: bool) -> None:
    [key] = table.primary_key
    parts = connection.execute(_COUNT_PARTS, {"table": table.name}).scalar()
    if parts == _PARTS and not afresh:
        return
    names = {"table": table.name, "key": key.name}
    added = {"add": _ADD.format(**names), "remove": _REMOVE.format(**names)}
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    # Its triggers go with it.
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}_index")
    table.create(connection)
    for statement in _CREATE_FTS5:
        connection.exec_driver_sql(statement.format(**names, **added))
    connection.exec_driver_sql("COMMIT")


def _make_on_postgresql(connection: Connection, table: Table) -> None:
    table.create(connection, checkfirst=True)
    index = f"ix_{table.name}_words"
    if connection.execute(_IS_VALID, {"index": index}).scalar() is False:
        # What is left of one that was being made when the power went.
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {index}")
    connection.exec_driver_sql(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table.name}"
        " USING gin (words) WITH (fastupdate = off)"
    )
