"""Notifications, private messages, blocks and mutes."""

import sqlalchemy as sa
from alembic import op

revision = "e5b17c3f90d4"
down_revision = "d94a6e2b7c13"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(16)
KINDS = "'follow', 'follow_request', 'mention', 'reply', 'like', 'repost', 'message'"
TABS = {
    "unread": "is_unread",
    "mentions": "kind IN ('mention', 'reply')",
    "follows": "kind IN ('follow', 'follow_request')",
    "reactions": "kind IN ('like', 'repost')",
}
# Each with its check, which SQLite takes only with the column itself.
COUNTS = ("unread_notifications", "unread_messages")
TABLES = (
    "thread_mutes",
    "mutes",
    "blocks",
    "messages",
    "participants",
    "conversations",
    "notifications",
    "notification_groups",
)


def upgrade() -> None:
    create_notification_groups()
    create_notifications()
    create_conversations()
    create_messages()
    create_blocks()
    create_mutes()
    add_to_credentials()
    partial("ix_followers_requested", "followers", ["followed_id", "id"], "state = 'requested'")


def downgrade() -> None:
    op.drop_index("ix_followers_requested", "followers")
    columns = ("digested_at", "hiding_version", *COUNTS, "messages_from", "notification_choices")
    for name in columns:
        op.drop_column("credentials", name)
    for table in TABLES:
        op.drop_table(table)


def column(name: str, kind: sa.types.TypeEngine, **options: object) -> sa.Column:
    return sa.Column(name, kind, **{"nullable": False, **options})


def key(name: str) -> sa.Column:
    return column(name, BIG_ID, autoincrement=False)


def count(name: str) -> sa.Column:
    return column(name, sa.Integer(), server_default="0")


def ref(table: str, name: str, target: str = "users") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{target}.id"], name=f"fk_{table}_{name}", ondelete="CASCADE"
    )


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    # Not by a name that the naming convention would add to.
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, names)


def partial(name: str, table: str, names: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, names, sqlite_where=where, postgresql_where=where)


def create_notification_groups() -> None:
    table = "notification_groups"
    op.create_table(
        table,
        key("id"),
        column("user_id", BIG_ID),
        column("kind", WORD),
        column("target_id", BIG_ID),
        column("latest_id", BIG_ID),
        column("is_unread", sa.Boolean(), server_default=sa.false()),
        column("read_id", BIG_ID, server_default="0"),
        check(table, "kind", f"kind IN ({KINDS})"),
        check(table, "messages", "kind <> 'message' OR NOT is_unread"),
        ref(table, "user_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            "user_id", "kind", "target_id", name=f"uq_{table}_user_id_kind_target_id"
        ),
    )
    index(table, "user_id", "latest_id")
    for name, condition in TABS.items():
        partial(f"ix_{table}_{name}", table, ["user_id", "latest_id"], condition)


def create_notifications() -> None:
    table = "notifications"
    op.create_table(
        table,
        key("id"),
        column("group_id", BIG_ID),
        column("user_id", BIG_ID),
        column("kind", WORD),
        column("actor_id", BIG_ID),
        column("cause_id", BIG_ID, server_default="0"),
        column("awaits_digest", sa.Boolean(), server_default=sa.false()),
        column("created_at", MOMENT),
        check(table, "kind", f"kind IN ({KINDS})"),
        ref(table, "group_id", "notification_groups"),
        ref(table, "user_id"),
        ref(table, "actor_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint(
            "user_id",
            "kind",
            "actor_id",
            "cause_id",
            name=f"uq_{table}_user_id_kind_actor_id_cause_id",
        ),
    )
    index(table, "group_id", "id")
    index(table, "cause_id")
    index(table, "actor_id", "user_id")
    partial("ix_notifications_digest", table, ["user_id", "id"], "awaits_digest")


def create_conversations() -> None:
    op.create_table(
        "conversations",
        key("id"),
        column("pair_key", sa.String(40), nullable=True),
        column("last_message_id", BIG_ID, server_default="0"),
        column("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("pair_key", name="uq_conversations_pair_key"),
    )
    table = "participants"
    op.create_table(
        table,
        key("conversation_id"),
        key("user_id"),
        column("other_id", BIG_ID, nullable=True),
        column("state", WORD),
        column("last_message_id", BIG_ID, nullable=True),
        count("unread_count"),
        column("read_id", BIG_ID, server_default="0"),
        column("cleared_id", BIG_ID, server_default="0"),
        column("created_at", MOMENT),
        check(table, "state", "state IN ('accepted', 'requested')"),
        check(table, "unread_count", "unread_count >= 0"),
        ref(table, "conversation_id", "conversations"),
        ref(table, "user_id"),
        ref(table, "other_id"),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=f"pk_{table}"),
    )
    index(table, "user_id", "state", "last_message_id")
    index(table, "other_id")


def create_messages() -> None:
    table = "messages"
    op.create_table(
        table,
        key("id"),
        column("conversation_id", BIG_ID),
        column("sender_id", BIG_ID),
        column("text", sa.Text()),
        column("html", sa.Text()),
        column("created_at", MOMENT),
        column("deleted_at", MOMENT, nullable=True),
        column("form_key", sa.String(64), nullable=True),
        check(table, "tombstone", "deleted_at IS NULL OR (text = '' AND html = '')"),
        ref(table, "conversation_id", "conversations"),
        ref(table, "sender_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("sender_id", "form_key", name=f"uq_{table}_sender_id_form_key"),
    )
    index(table, "conversation_id", "id")
    index(table, "sender_id", "conversation_id", "id")


def create_blocks() -> None:
    op.create_table(
        "blocks",
        key("id"),
        column("blocker_id", BIG_ID),
        column("blocked_id", BIG_ID),
        column("created_at", MOMENT),
        check("blocks", "not_oneself", "blocker_id <> blocked_id"),
        ref("blocks", "blocker_id"),
        ref("blocks", "blocked_id"),
        sa.PrimaryKeyConstraint("id", name="pk_blocks"),
    )
    pair = ["blocker_id", "blocked_id"]
    op.create_index("uq_blocks_blocker_id_blocked_id", "blocks", pair, unique=True)
    index("blocks", "blocked_id", "blocker_id")


def create_mutes() -> None:
    op.create_table(
        "mutes",
        key("id"),
        column("muter_id", BIG_ID),
        column("muted_id", BIG_ID),
        column("expires_at", MOMENT),
        column("hides_notifications", sa.Boolean(), server_default=sa.true()),
        column("created_at", MOMENT),
        check("mutes", "not_oneself", "muter_id <> muted_id"),
        ref("mutes", "muter_id"),
        ref("mutes", "muted_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
    )
    op.create_index("uq_mutes_muter_id_muted_id", "mutes", ["muter_id", "muted_id"], unique=True)
    index("mutes", "muted_id")
    index("mutes", "expires_at")
    op.create_table(
        "thread_mutes",
        key("user_id"),
        key("conversation_id"),
        column("created_at", MOMENT),
        ref("thread_mutes", "user_id"),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", name="pk_thread_mutes"),
    )
    index("thread_mutes", "conversation_id")


def add_to_credentials() -> None:
    op.add_column("credentials", column("notification_choices", sa.JSON(), nullable=True))
    add_checked(
        "messages_from",
        "VARCHAR(16) DEFAULT 'everyone' NOT NULL",
        "messages_from IN ('everyone', 'followed', 'nobody')",
    )
    for name in COUNTS:
        add_checked(name, "INTEGER DEFAULT '0' NOT NULL", f"{name} >= 0")
    op.add_column("credentials", count("hiding_version"))
    op.add_column("credentials", column("digested_at", MOMENT, nullable=True))


def add_checked(name: str, kind: str, condition: str) -> None:
    op.execute(
        f"ALTER TABLE credentials ADD COLUMN {name} {kind}"
        f" CONSTRAINT ck_credentials_{name} CHECK ({condition})"
    )
