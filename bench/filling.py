"""Putting very many rows into an empty database, in one transaction.

Indexes and foreign keys are taken away first and made again in the end, which is much faster than
to keep them up to date row by row. Should anything fail, the database is as it was.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

import psycopg2
from psycopg2.extensions import get_wait_callback, set_wait_callback
from sqlalchemy import make_url

from app.services import search_words

Row = Sequence[Any]
Item = TypeVar("Item")
AT_ONCE = 10_000

INDEXES = """
    SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
"""
# Foreign keys first, since they rest on the others.
CONSTRAINTS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
            conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype IN ('f', 'p', 'u')
    AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
    ORDER BY contype = 'f' DESC
"""
SESSION = {
    "timezone": "utc",
    "synchronous_commit": "off",
    "maintenance_work_mem": "1GB",
    "max_parallel_maintenance_workers": "2",
}
# What COPY reads otherwise than it stands there.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Progress(Protocol):
    def __call__(
        self, items: Sequence[Item], label: str
    ) -> AbstractContextManager[Iterable[Item]]: ...


class Filling(Protocol):
    """A database that is being filled."""

    def write(self, table: str, columns: str, rows: Iterable[Row]) -> None: ...

    def write_words(self, words: Iterable[str]) -> str: ...


@contextmanager
def filling(url: str, tables: Sequence[str], progress: Progress) -> Iterator[Filling]:
    """Let tables be filled; they are to be empty.

    :param progress: shows what takes long while it goes through it, under a name
    """
    kind = _sqlite if make_url(url).get_backend_name() == "sqlite" else _postgresql
    with kind(url, tables, progress) as made:
        yield made


class _Sqlite:
    write_words = staticmethod(search_words.for_sqlite)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def write(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        names = columns.split()
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        self.connection.executemany(statement, rows)


class _Postgresql:
    write_words = staticmethod(search_words.for_postgresql)

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def write(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        # Frozen, so that nobody has to write all of them once more some day.
        command = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN (FREEZE)"
        self.cursor.copy_expert(command, _Lines(rows))


class _Lines:
    """Rows as a file in the text format of COPY."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = iter(rows)

    def read(self, _size: int) -> str:
        return "".join(
            "\t".join([_field(value) for value in row]) + "\n" for row in islice(self.rows, 500)
        )


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return value.translate(ESCAPES) if isinstance(value, str) else str(value)


@contextmanager
def _sqlite(url: str, _tables: Sequence[str], progress: Progress) -> Iterator[Filling]:
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA cache_size = -500000")
    connection.execute("BEGIN IMMEDIATE")
    try:
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        yield _Sqlite(connection)
        with progress(indexes, "Indexes") as items:
            for _, statement in items:
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    finally:
        connection.close()


@contextmanager
def _postgresql(url: str, tables: Sequence[str], progress: Progress) -> Iterator[Filling]:
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    with _blocking(), _connected(url, options) as connection:
        with connection, connection.cursor() as cursor:
            again = _strip(cursor, tables)
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            yield _Postgresql(cursor)
            with progress(again, "Indexes") as statements:
                for statement in statements:
                    cursor.execute(statement)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")


def _strip(cursor: Any, tables: Sequence[str]) -> list[str]:
    """Take indexes and constraints away; return the statements that make them again."""
    cursor.execute(INDEXES, (list(tables),))
    indexes = cursor.fetchall()
    cursor.execute(CONSTRAINTS, {"tables": list(tables)})
    constraints = cursor.fetchall()
    for drop, _ in [*constraints, *indexes]:
        cursor.execute(drop)
    return [make for _, make in [*indexes, *reversed(constraints)]]


@contextmanager
def _blocking() -> Iterator[None]:
    """Let the driver wait by itself: with a function to wait for it, it knows no COPY."""
    patient = get_wait_callback()
    set_wait_callback(None)
    try:
        yield
    finally:
        set_wait_callback(patient)


@contextmanager
def _connected(url: str, options: str) -> Iterator[Any]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(address, options=options)
    try:
        yield connection
    finally:
        connection.close()
