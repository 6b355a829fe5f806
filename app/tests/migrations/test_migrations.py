"""Migrations: there and back again, once however many try, and never at the cost of a row."""

import shutil
import subprocess
import sys

import flask_migrate
import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

import config as configuration
from app.extensions import db
from app.models import Base, Follow, Mention, Post, PostTag, User
from app.tests.client import Client
from app.tests.factories import make_follow, make_post, make_user
from app.tests.migrations.schema import schema

# SQLite's inspector says so of the index on lower(username); `schema` looks at it.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")

MIGRATIONS = configuration.ROOT / "migrations"
HEAD = "e5b17c3f90d4"
TABLES = set(Base.metadata.tables)


@pytest.fixture
def next_migration(tmp_path):
    """Return a function that adds a migration to a copy of ours, and tells the copy's folder."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def add(upgrade: str) -> str:
        (folder / "versions" / "next.py").write_text(NEXT.format(head=HEAD, upgrade=upgrade))
        return str(folder)

    return add


NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade():
    {upgrade}


def downgrade():
    pass
"""


def version() -> str | None:
    with db.engine.connect() as connection:
        found: str | None = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar()
    return found


def test_up_down_and_up_again_ends_where_it_began(new_site):
    with new_site.app_context():
        flask_migrate.upgrade()
        before = schema()
        assert set(before) == {"alembic_version", *TABLES}

        flask_migrate.downgrade(revision="base")
        assert list(schema()) == ["alembic_version"]

        flask_migrate.upgrade()
        assert schema() == before


def test_models_and_migrations_agree(new_site):
    with new_site.app_context():
        flask_migrate.upgrade()

        flask_migrate.check()


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX ix_followers_followed_id_id",
        "ALTER TABLE users DROP COLUMN header_key",
        "ALTER TABLE users ADD COLUMN karma INTEGER",
    ],
)
def test_a_difference_between_models_and_database_is_found(change, new_site):
    with new_site.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            connection.execute(text(change))

        with pytest.raises(SystemExit):
            flask_migrate.check()


def test_four_processes_that_start_together_upgrade_once(new_site):
    config: configuration.Config = new_site.extensions["config"]

    done = subprocess.run(
        [sys.executable, "-c", FOUR_UPGRADES, config.database_url],
        cwd=configuration.ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )

    assert done.stdout.split() == ["0", "0", "0", "0"], done.stderr
    with new_site.app_context():
        assert version() == HEAD
        assert set(schema()) == {"alembic_version", *TABLES}


# One start and four forks, so that they really begin in the same moment.
FOUR_UPGRADES = """
import os, sys
import flask_migrate
import config
from app import create_app

app = create_app(
    config.load(_env_file=None, APP_ENV="testing", DATABASE_URL=sys.argv[1], SECRET_KEY="for tests")
)
children = []
for _ in range(4):
    child = os.fork()
    if not child:
        with app.app_context():
            flask_migrate.upgrade()
        sys.exit()
    children.append(child)
for child in children:
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_site_is_ready_when_its_tables_are(new_site):
    client = Client(new_site)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "failed", "database": "ok", "migrations": "failed"}

    with new_site.app_context():
        flask_migrate.upgrade()

    assert client.get("/readyz").status_code == 200


@pytest.fixture
def town(new_site):
    """Yield a site with people, posts and follows."""
    with new_site.app_context():
        flask_migrate.upgrade()
        susan, john = make_user("susan"), make_user("john")
        make_follow(susan, john)
        make_post(john, "Soup for @susan #soup")
        yield new_site
        db.session.rollback()


def number_of_rows() -> dict[str, int]:
    found = {
        model.__tablename__: db.session.scalars(select(func.count()).select_from(model)).one()
        for model in (User, Post, Follow, Mention, PostTag)
    }
    db.session.commit()
    return found


EVERYTHING = {"users": 2, "posts": 1, "followers": 1, "mentions": 1, "post_tags": 1}


@pytest.mark.usefixtures("town")
class TestRows:
    def test_altering_a_table_keeps_what_refers_to_it(self, next_migration):
        """SQLite copies the table and drops the old one, on which everything else hangs."""
        folder = next_migration(
            'with op.batch_alter_table("users", recreate="auto") as table:\n'
            '        table.alter_column("bio", existing_type=sa.Text(), nullable=True)'
        )

        flask_migrate.upgrade(directory=folder)

        assert version() == "next"
        assert number_of_rows() == EVERYTHING
        bio = next(c for c in inspect(db.engine).get_columns("users") if c["name"] == "bio")
        assert bio["nullable"]

    def test_a_migration_that_fails_changes_nothing(self, next_migration):
        folder = next_migration(
            'op.create_table("soups", sa.Column("id", sa.Integer()))\n'
            '    op.execute("DELETE FROM posts")\n'
            '    op.execute("SELECT nothing FROM nowhere")'
        )

        with pytest.raises(SQLAlchemyError):
            flask_migrate.upgrade(directory=folder)

        assert version() == HEAD
        assert number_of_rows() == EVERYTHING
        assert "soups" not in inspect(db.engine).get_table_names()

    def test_a_migration_that_would_leave_loose_ends_is_refused(
        self, next_migration, database_kind, caplog
    ):
        if database_kind == "postgresql":
            pytest.skip("PostgreSQL never lets go of foreign keys")
        folder = next_migration('op.execute("DELETE FROM users")')

        with pytest.raises(SystemExit):
            flask_migrate.upgrade(directory=folder)
        assert "broke foreign keys" in caplog.text

        assert version() == HEAD
        assert number_of_rows() == EVERYTHING

    def test_connections_are_as_usual_afterwards(self, database_kind):
        shown = {
            "sqlite": {"PRAGMA foreign_keys": 1, "PRAGMA busy_timeout": 10_000},
            "postgresql": {"SHOW statement_timeout": "9s", "SHOW lock_timeout": "9s"},
        }[database_kind]

        flask_migrate.upgrade()

        with db.engine.connect() as connection:
            found = {query: connection.exec_driver_sql(query).scalar() for query in shown}
            raw = connection.connection.driver_connection
            assert getattr(raw, "patience", 10) == 10
        assert found == shown
