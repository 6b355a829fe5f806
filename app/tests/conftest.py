"""What all tests share: an application on a real database, people, and a browser-like client."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event

import config as configuration
from app import Microblog, create_app
from app.cli import assets
from app.extensions import db
from app.jobs.worker import Worker
from app.models import Base, ids
from app.services import suggestions, trends
from app.tests.client import Client
from app.tests.databases import test_database
from app.tests.factories import make_user
from app.tests.smtp import Mailbox, MailServer, mail_server
from app.tests.workers import drain
from app.web.logs import TRANSACTIONAL

# PostgreSQL only is asked whether anything has changed, and given so long for a search: see
# `database.versions` and `database.deadline`.
NOT_COUNTED = (
    *TRANSACTIONAL,
    "SELECT CAST(pg_current_snapshot",
    "SET statement_timeout",
    "RESET statement_timeout",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session")
def database_kind(request) -> str:
    return request.config.getoption("--database")


# These three are asked for before anything is started for the test.
@pytest.fixture(scope="session")
def on_sqlite(database_kind) -> None:
    if database_kind != "sqlite":
        pytest.skip("about SQLite")


@pytest.fixture(scope="session")
def once(database_kind) -> None:
    if database_kind != "sqlite":
        pytest.skip("the same on every database")


@pytest.fixture(scope="session")
def on_postgresql(database_kind) -> None:
    if database_kind != "postgresql":
        pytest.skip("about PostgreSQL")


@pytest.fixture(scope="session")
def database_url(database_kind, tmp_path_factory) -> Iterator[str]:
    with test_database(database_kind, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def make_config(database_url, smtp_server, tmp_path_factory):
    """Return a function that makes settings for tests; keyword arguments win."""
    folder: Path = tmp_path_factory.mktemp("instance")

    def make(**settings):
        defaults = {
            "APP_ENV": "testing",
            "DATABASE_URL": database_url,
            "INSTANCE_PATH": folder,
            "SECRET_KEY": "for tests only",
            "BASE_URL": "http://localhost",
            # Only the tests about limits are limited.
            "RATELIMIT_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "DATABASE_POOL_SIZE": 30,
            "MAIL_URL": smtp_server.url,
            "REQUIRE_CONFIRMED_EMAIL": False,
        }
        return configuration.load(_env_file=None, **(defaults | settings))

    return make


@pytest.fixture(scope="session")
def built_files(tmp_path_factory) -> None:
    """Make translations and compressed files, as `flask serve` does; one process at a time."""
    folder = tmp_path_factory.getbasetemp().parent
    with (folder / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assets.build()


@pytest.fixture(scope="session")
def shared_app(built_files, make_config) -> Iterator[Flask]:
    app = create_app(make_config())
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(shared_app) -> Iterator[Flask]:
    """Yield the application on an empty database."""
    with emptied(shared_app):
        yield shared_app


@contextmanager
def emptied(app: Flask) -> Iterator[None]:
    """Return a context in which an application is as new."""
    with app.app_context():
        _empty_database()
        # As it is now known to be; so what the test before had is not shown in its pages.
        trends.remember([])
        # A test that travelled ahead leaves ids that count on from there, one by one.
        ids._last = 0
        yield
        db.session.rollback()


@pytest.fixture
def make_app(app, make_config) -> Iterator:
    """Return a function that makes another application on the same database."""
    made = []

    def make(**settings) -> Flask:
        another = create_app(make_config(**settings))
        made.append(another)
        return another

    yield make
    for another in made:
        with another.app_context():
            db.engine.dispose()


@pytest.fixture
def client(app) -> Client:
    """Return a signed-out browser."""
    return Client(app)


@pytest.fixture
def client_of(app):
    """Return a function that gives a browser in which somebody is signed in."""

    def sign_in(user) -> Client:
        client = Client(app)
        client.sign_in(user.username)
        return client

    return sign_in


@pytest.fixture
def run_jobs(app):
    """Return a function that does all jobs that are due, as a worker would; it returns how many."""

    def run() -> int:
        db.session.commit()
        return drain(Worker(app, "test"))

    return run


@pytest.fixture
def mailbox(run_jobs, smtp_server, make_config) -> Mailbox:
    """Return the mail of everybody here, empty."""
    smtp_server.forget()
    return Mailbox(smtp_server, run_jobs, make_config())


@pytest.fixture
def owner(app):
    """Return the first account of the site, so that all others are members."""
    return make_user("owner_of_all")


@pytest.fixture
def susan(owner):
    return make_user("susan")


@pytest.fixture
def john(owner):
    return make_user("john")


class Statements(list[str]):
    """What was asked of the database since it was cleared."""

    def clear(self) -> None:
        # Or it would depend on the clock whether somebody's suggestions are asked for again.
        suggestions.forget()
        super().clear()


@pytest.fixture
def count_queries(app):
    """Return a list that gathers the statements run from here on, but those `NOT_COUNTED`."""
    statements = Statements()

    def note(_connection, _cursor, statement, _values, context, _many) -> None:
        # By its own words, also if it is prepared.
        asked = context.statement if context else statement
        if not asked.startswith(NOT_COUNTED):
            statements.append(asked)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


class CompiledTemplates(BytecodeCache):
    """Keeps templates as they were compiled first, for all applications of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(autouse=True, scope="session")
def _compile_once() -> None:
    Microblog.jinja_options = {**Microblog.jinja_options, "bytecode_cache": CompiledTemplates()}


@pytest.fixture(autouse=True, scope="session")
def _quick_hashing() -> Iterator[None]:
    """Hash with the least work: the tests are about what is hashed, not how slowly."""
    from argon2 import PasswordHasher

    from app.services import passwords

    slow = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords._hasher = slow


def _empty_database() -> None:
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
