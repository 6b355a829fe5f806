"""What the tests about migrations share: a site without any tables."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db


@pytest.fixture
def empty_database(app, database_kind, tmp_path):
    """Yield the address of a database without any tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    name = f"microblog_empty_{uuid.uuid4().hex[:12]}"
    url = db.engine.url.set(database=name)
    server = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def new_site(make_app, empty_database) -> Flask:
    return make_app(DATABASE_URL=empty_database)
