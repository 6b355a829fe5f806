"""Conversations, reactions, pictures, edits, translations, drafts."""

import sqlalchemy as sa
from alembic import op

revision = "b7d20e94c1a6"
down_revision = "8c1f5a72d9e4"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAS_LISTED = sa.text("visibility = 'public' AND deleted_at IS NULL")
LISTED = sa.text(
    "visibility = 'public' AND deleted_at IS NULL"
    " AND in_reply_to_id IS NULL AND repost_of_id IS NULL"
)
IS_REPLY = sa.text("in_reply_to_id IS NOT NULL")
IS_REPOST = sa.text("repost_of_id IS NOT NULL")
IS_ALIVE = sa.text("deleted_at IS NULL")
IS_LIVE_REPLY = sa.text("deleted_at IS NULL AND in_reply_to_id IS NOT NULL")
IS_LIVE_START = sa.text("deleted_at IS NULL AND in_reply_to_id IS NULL")
EMPTY = sa.text("''")


def upgrade() -> None:
    alter_posts()
    create_reactions()
    create_pictures()
    create_versions()
    create_drafts()


def downgrade() -> None:
    for table in ("drafts", "translations", "post_edits", "pictures", "pins", "bookmarks", "likes"):
        op.drop_table(table)
    restore_posts()


def column(name: str, kind: sa.types.TypeEngine, **options: object) -> sa.Column:
    return sa.Column(name, kind, **{"nullable": False, **options})


def key() -> sa.Column:
    return column("id", BIG_ID, autoincrement=False)


def primary_key(table: str, name: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(name, name=f"pk_{table}")


def reference(
    table: str, name: str, target: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{target}.id"], name=f"fk_{table}_{name}", ondelete=ondelete
    )


def alter_posts() -> None:
    # One by one: a batch would copy the table on SQLite.
    op.add_column("posts", column("sensitive", sa.Boolean(), server_default=sa.false()))
    op.add_column("posts", column("edits_count", sa.Integer(), server_default="0"))
    op.add_column("posts", column("pictures_count", sa.SmallInteger(), server_default="0"))
    op.add_column("posts", column("form_key", sa.String(length=64), nullable=True))
    op.create_index("uq_posts_author_id_form_key", "posts", ["author_id", "form_key"], unique=True)
    for name, where in (("ix_posts_replies", IS_LIVE_REPLY), ("ix_posts_no_replies", IS_LIVE_START)):
        op.create_index(
            name, "posts", ["author_id", "id"], sqlite_where=where, postgresql_where=where
        )
    list_posts(LISTED)
    renew_indexes(IS_ALIVE, IS_REPLY, IS_REPOST)


def restore_posts() -> None:
    # A repost has no words of its own, and what came before knows none.
    op.execute("DELETE FROM posts WHERE repost_of_id IS NOT NULL")
    op.execute("UPDATE posts SET reposts_count = 0, likes_count = 0, replies_count = 0")
    list_posts(WAS_LISTED)
    renew_indexes(None, None, None)
    for name in ("ix_posts_no_replies", "ix_posts_replies", "uq_posts_author_id_form_key"):
        op.drop_index(name, "posts")
    for name in ("form_key", "pictures_count", "edits_count", "sensitive"):
        op.drop_column("posts", name)


def list_posts(where: sa.TextClause) -> None:
    op.drop_index("ix_posts_listed", "posts")
    op.create_index(
        "ix_posts_listed", "posts", ["id"], sqlite_where=where, postgresql_where=where
    )


def renew_indexes(
    is_alive: sa.TextClause | None, is_reply: sa.TextClause | None, is_repost: sa.TextClause | None
) -> None:
    for name, columns, where in (
        ("ix_posts_author_id_id", ["author_id", "id"], is_alive),
        ("ix_posts_in_reply_to_id_id", ["in_reply_to_id", "id"], is_reply),
        ("uq_posts_repost_of_id_author_id", ["repost_of_id", "author_id"], is_repost),
    ):
        op.drop_index(name, "posts")
        op.create_index(
            name,
            "posts",
            columns,
            unique=name.startswith("uq"),
            sqlite_where=where,
            postgresql_where=where,
        )


def create_reactions() -> None:
    for table in ("likes", "bookmarks"):
        op.create_table(
            table,
            key(),
            column("user_id", BIG_ID),
            column("post_id", BIG_ID),
            column("created_at", MOMENT),
            primary_key(table),
            reference(table, "user_id", "users"),
            reference(table, "post_id", "posts"),
            sa.UniqueConstraint("user_id", "post_id", name=f"uq_{table}_user_id_post_id"),
        )
        op.create_index(f"ix_{table}_user_id_id", table, ["user_id", "id"])
    op.create_index("ix_likes_post_id_id", "likes", ["post_id", "id"])
    op.create_index("ix_bookmarks_post_id", "bookmarks", ["post_id"])
    op.create_table(
        "pins",
        column("post_id", BIG_ID, autoincrement=False),
        column("user_id", BIG_ID),
        column("position", sa.SmallInteger()),
        column("created_at", MOMENT),
        primary_key("pins", "post_id"),
        reference("pins", "post_id", "posts"),
        reference("pins", "user_id", "users"),
        sa.UniqueConstraint("user_id", "position", name="uq_pins_user_id_position"),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_pins_position")),
    )


def create_pictures() -> None:
    op.create_table(
        "pictures",
        key(),
        column("owner_id", BIG_ID),
        column("post_id", BIG_ID, nullable=True),
        column("position", sa.SmallInteger(), server_default="0"),
        column("key", sa.String(length=32)),
        *(column(name, sa.Integer()) for name in ("width", "height")),
        *(column(name, sa.Integer()) for name in ("small_width", "small_height")),
        column("placeholder", sa.Text()),
        column("size", sa.BigInteger()),
        column("alt", sa.Text(), server_default=EMPTY),
        column("created_at", MOMENT),
        primary_key("pictures"),
        reference("pictures", "owner_id", "users"),
        reference("pictures", "post_id", "posts", "SET NULL"),
        sa.UniqueConstraint("key", name="uq_pictures_key"),
        sa.CheckConstraint(
            "width > 0 AND height > 0 AND small_width > 0 AND small_height > 0",
            name=op.f("ck_pictures_dimensions"),
        ),
        sa.CheckConstraint("position BETWEEN 0 AND 3", name=op.f("ck_pictures_position")),
    )
    op.create_index("ix_pictures_post_id_position", "pictures", ["post_id", "position"])
    op.create_index("ix_pictures_owner_id_id", "pictures", ["owner_id", "id"])


def create_versions() -> None:
    op.create_table(
        "post_edits",
        key(),
        column("post_id", BIG_ID),
        column("version", sa.Integer()),
        column("text", sa.Text()),
        column("html", sa.Text()),
        column("spoiler_text", sa.String(length=255)),
        column("language", sa.String(length=16), nullable=True),
        column("alts", sa.JSON()),
        column("created_at", MOMENT),
        primary_key("post_edits"),
        reference("post_edits", "post_id", "posts"),
        sa.UniqueConstraint("post_id", "version", name="uq_post_edits_post_id_version"),
    )
    op.create_table(
        "translations",
        key(),
        column("post_id", BIG_ID),
        column("language", sa.String(length=16)),
        column("version", sa.Integer()),
        column("html", sa.Text()),
        column("spoiler_text", sa.Text(), server_default=EMPTY),
        column("provider", sa.String(length=32)),
        column("created_at", MOMENT),
        primary_key("translations"),
        reference("translations", "post_id", "posts"),
        sa.UniqueConstraint("post_id", "language", name="uq_translations_post_id_language"),
    )


def create_drafts() -> None:
    op.create_table(
        "drafts",
        key(),
        column("user_id", BIG_ID),
        column("form_key", sa.String(length=64)),
        column("fields", sa.JSON()),
        column("created_at", MOMENT),
        primary_key("drafts"),
        reference("drafts", "user_id", "users"),
        sa.UniqueConstraint("user_id", "form_key", name="uq_drafts_user_id_form_key"),
    )
    op.create_index("ix_drafts_created_at", "drafts", ["created_at"])
