"""The words of posts, people and hashtags, and the indexes that find them.

The words themselves are made by the application. What was written before this has none yet: a job
makes them, which is queued here, so that a site finds all its posts a while after the upgrade.
"""

import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "d94a6e2b7c13"
down_revision = "c3e81d0f65a2"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VECTOR = sa.Text().with_variant(TSVECTOR(), "postgresql")
# The tables of words, and their keys. No foreign keys: were an index damaged, they would let nobody
# delete a post.
TABLES = (("post_words", "post_id"), ("user_words", "user_id"), ("tag_words", "tag_id"))
# FTS5 keeps no text of its own: it is told of each change, also of what is to be forgotten. Nothing
# but spaces divides words, since the application has cut them already.
FTS5 = (
    "CREATE VIRTUAL TABLE {table}_index USING fts5(words, content='{table}',"
    " content_rowid='{key}', tokenize=\"ascii tokenchars '#@_:'\")",
    "CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {add}; END",
    "CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {remove}; END",
    "CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} BEGIN {remove}; {add}; END",
)
ADD = "INSERT INTO {table}_index (rowid, words) VALUES (new.{key}, new.words)"
REMOVE = (
    "INSERT INTO {table}_index ({table}_index, rowid, words)"
    " VALUES ('delete', old.{key}, old.words)"
)


def upgrade() -> None:
    for table, key in TABLES:
        create_words(table, key)
        if is_sqlite():
            create_fts5(table, key)
        else:
            create_gin(table)
    queue_filling()


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE name = 'fill_search'")
    for table, _ in TABLES:
        # Its triggers go with it.
        op.drop_table(table)
        if is_sqlite():
            op.execute(f"DROP TABLE {table}_index")


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def create_words(table: str, key: str) -> None:
    op.create_table(
        table,
        sa.Column(key, BIG_ID, nullable=False, autoincrement=False),
        sa.Column("words", VECTOR, nullable=False),
        sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
    )


def create_fts5(table: str, key: str) -> None:
    add, remove = (each.format(table=table, key=key) for each in (ADD, REMOVE))
    for statement in FTS5:
        op.execute(statement.format(table=table, key=key, add=add, remove=remove))


def create_gin(table: str) -> None:
    # Without a list of what is pending, which each search would have to read from end to end.
    op.create_index(
        f"ix_{table}_words",
        table,
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def queue_filling() -> None:
    """Queue a job, unless the site is new."""
    if op.get_bind().scalar(sa.text("SELECT id FROM users LIMIT 1")) is None:
        return
    jobs = sa.table(
        "jobs",
        sa.column("id", BIG_ID),
        sa.column("name", sa.String()),
        sa.column("queue", sa.String()),
        sa.column("priority", sa.SmallInteger()),
        sa.column("arguments", sa.JSON()),
        sa.column("unique_key", sa.String()),
        sa.column("state", sa.String()),
        sa.column("available_at", sa.DateTime(timezone=True)),
        sa.column("attempts", sa.SmallInteger()),
        sa.column("progress", sa.SmallInteger()),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    now = sa.func.current_timestamp()
    op.execute(
        jobs.insert().values(
            id=time.time_ns() // 1_000_000 << 16,
            name="fill_search",
            queue="slow",
            priority=20,
            arguments={},
            unique_key="fill_search",
            state="pending",
            available_at=now,
            attempts=0,
            progress=0,
            created_at=now,
        )
    )
