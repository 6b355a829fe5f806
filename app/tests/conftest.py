"""What all tests share: an application on a real database, people, and a browser-like client."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import event

import config as configuration
from app import create_app
from app.cli import assets
from app.extensions import db
from app.jobs.worker import Worker
from app.models import Base
from app.tests.client import Client
from app.tests.databases import test_database
from app.tests.factories import make_user
from app.tests.smtp import Mailbox, MailServer, mail_server
from app.tests.workers import drain
from app.web.logs import TRANSACTIONAL


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session")
def database_kind(request) -> str:
    return request.config.getoption("--database")


@pytest.fixture
def on_sqlite(database_kind) -> None:
    if database_kind != "sqlite":
        pytest.skip("about SQLite")


@pytest.fixture
def once(database_kind) -> None:
    if database_kind != "sqlite":
        pytest.skip("the same on every database")


@pytest.fixture
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
    with shared_app.app_context():
        _empty_database()
        yield shared_app
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


@pytest.fixture
def count_queries(app):
    """Return a list that gathers the statements run from here on, but those of transactions."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(TRANSACTIONAL):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


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
