"""Jobs, the outbox, one-time tokens, second factors, former user names, exports."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "8c1f5a72d9e4"
down_revision = "64a4be716e0f"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ALIVE = sa.text("state <> 'dead'")
CLAIMED = sa.text("email_claimed")
HIDDEN = sa.text("suspended_at IS NOT NULL OR deletion_at IS NOT NULL")
SUSPENDED = sa.text("suspended_at IS NOT NULL")
BATCH = 1000


def words(*members: str, name: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=16)


def user_id(table: str, **options: bool) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False, **options),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE"
        ),
    )


def upgrade() -> None:
    create_tables()
    alter_users()
    alter_credentials()
    restore_unclaimed()
    alter_sessions()
    remember_usernames()


def create_tables() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("unique_key", sa.String(length=128), nullable=True),
        sa.Column("state", words("pending", "running", "dead", name="state"), nullable=False),
        sa.Column("available_at", MOMENT, nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("worker", sa.String(length=128), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("progress_text", sa.String(length=255), server_default=sa.text("''"), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_jobs_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["priority", "available_at", "id"],
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index(
        "uq_jobs_unique_key",
        "jobs",
        ["unique_key"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_index("ix_jobs_state_id", "jobs", ["state", "id"])

    op.create_table(
        "job_slots",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_slots")),
    )

    op.create_table(
        "emails",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        *user_id("emails"),
        sa.Column("about_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["about_id"], ["users.id"], name="fk_emails_about_id", ondelete="CASCADE"
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("state", words("pending", "sent", "failed", name="state"), nullable=False),
        sa.Column("error", sa.String(length=500), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_emails_message_id")),
    )
    op.create_index("ix_emails_user_id", "emails", ["user_id"])
    op.create_index("ix_emails_about_id", "emails", ["about_id"])
    op.create_index(
        "ix_emails_recipient_created_at", "emails", [sa.text("lower(recipient)"), "created_at"]
    )
    op.create_index("ix_emails_created_at", "emails", ["created_at"])

    op.create_table(
        "one_time_tokens",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "purpose",
            words("confirm_email", "reset_password", "second_factor", name="purpose"),
            nullable=False,
        ),
        *user_id("one_time_tokens"),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_tokens_token_hash")),
    )
    op.create_index("ix_one_time_tokens_user_id_purpose", "one_time_tokens", ["user_id", "purpose"])
    op.create_index("ix_one_time_tokens_expires_at", "one_time_tokens", ["expires_at"])

    op.create_table(
        "recovery_codes",
        *user_id("recovery_codes"),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )

    op.create_table(
        "usernames",
        sa.Column("name_hash", sa.LargeBinary(length=32), nullable=False),
        *user_id("usernames"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_usernames")),
    )
    op.create_index("ix_usernames_user_id", "usernames", ["user_id"])

    op.create_table(
        "exports",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        *user_id("exports"),
        sa.Column("state", words("pending", "ready", "failed", name="state"), nullable=False),
        sa.Column("file_name", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("file_name", name=op.f("uq_exports_file_name")),
    )
    op.create_index("ix_exports_user_id_id", "exports", ["user_id", "id"])
    op.create_index("ix_exports_expires_at", "exports", ["expires_at"])


def alter_users() -> None:
    op.add_column("users", sa.Column("deletion_at", MOMENT, nullable=True))
    op.add_column("users", sa.Column("erased_at", MOMENT, nullable=True))
    op.drop_index("ix_users_suspended", "users")
    op.create_index(
        "ix_users_hidden", "users", ["id"], sqlite_where=HIDDEN, postgresql_where=HIDDEN
    )
    op.create_index("ix_users_deletion_at", "users", ["deletion_at"])


def alter_credentials() -> None:
    with op.batch_alter_table("credentials") as table:
        table.add_column(
            sa.Column("email_claimed", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        table.add_column(sa.Column("totp_seed", sa.LargeBinary(length=32), nullable=True))
        table.add_column(sa.Column("totp_enabled_at", MOMENT, nullable=True))
        table.add_column(
            sa.Column("totp_last_step", sa.BigInteger(), server_default="0", nullable=False)
        )
        table.add_column(
            sa.Column("unwanted_mails", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        table.drop_column("totp_secret")
        table.drop_constraint("uq_credentials_email_key", type_="unique")
    with op.batch_alter_table("credentials") as table:
        table.alter_column("email_claimed", server_default=None)
        table.alter_column("unwanted_mails", server_default=None)
    op.create_index(
        "uq_credentials_email_key",
        "credentials",
        ["email_key"],
        unique=True,
        sqlite_where=CLAIMED,
        postgresql_where=CLAIMED,
    )
    op.create_index("ix_credentials_email_key", "credentials", ["email_key"])


def restore_unclaimed() -> None:
    """Know again whose address a downgrade had made unlike all others."""
    op.execute(
        "UPDATE credentials SET email_claimed = false, email_key = lower(email)"
        " WHERE email_key = '#' || user_id"
    )


def alter_sessions() -> None:
    op.add_column("sessions", sa.Column("verified_at", MOMENT, nullable=True))
    op.execute("UPDATE sessions SET verified_at = created_at")
    with op.batch_alter_table("sessions") as table:
        table.alter_column("verified_at", existing_type=MOMENT, nullable=False)


def remember_usernames() -> None:
    """Give every name of this site to who has it."""
    connection = op.get_bind()
    users = sa.table(
        "users",
        sa.column("id", BIG_ID),
        sa.column("username", sa.String),
        sa.column("domain", sa.String),
        sa.column("created_at", MOMENT),
    )
    usernames = sa.table(
        "usernames",
        sa.column("name_hash", sa.LargeBinary),
        sa.column("user_id", BIG_ID),
        sa.column("created_at", MOMENT),
    )
    last = 0
    while rows := connection.execute(
        sa.select(users.c.id, users.c.username, users.c.created_at)
        .where(users.c.domain == "", users.c.id > last)
        .order_by(users.c.id)
        .limit(BATCH)
    ).all():
        connection.execute(
            usernames.insert(),
            [
                {
                    "name_hash": hashlib.sha256(row.username.lower().encode()).digest(),
                    "user_id": row.id,
                    "created_at": row.created_at,
                }
                for row in rows
            ],
        )
        last = rows[-1].id


def downgrade() -> None:
    restore_sessions()
    restore_credentials()
    restore_users()
    for table in (
        "exports",
        "usernames",
        "recovery_codes",
        "one_time_tokens",
        "emails",
        "job_slots",
        "jobs",
    ):
        op.drop_table(table)


def restore_sessions() -> None:
    with op.batch_alter_table("sessions") as table:
        table.drop_column("verified_at")


def restore_credentials() -> None:
    op.drop_index("ix_credentials_email_key", "credentials")
    op.drop_index("uq_credentials_email_key", "credentials")
    # Addresses that were typed but never confirmed need not be unique; before, all were.
    op.execute("UPDATE credentials SET email_key = '#' || user_id WHERE NOT email_claimed")
    with op.batch_alter_table("credentials") as table:
        table.drop_column("email_claimed")
        table.drop_column("totp_seed")
        table.drop_column("totp_enabled_at")
        table.drop_column("totp_last_step")
        table.drop_column("unwanted_mails")
        table.add_column(sa.Column("totp_secret", sa.String(length=255), nullable=True))
        table.create_unique_constraint("uq_credentials_email_key", ["email_key"])


def restore_users() -> None:
    # Who was to be deleted must not come back into sight.
    op.execute(
        "UPDATE users SET suspended_at = COALESCE(suspended_at, deletion_at, erased_at)"
        " WHERE deletion_at IS NOT NULL OR erased_at IS NOT NULL"
    )
    op.drop_index("ix_users_deletion_at", "users")
    op.drop_index("ix_users_hidden", "users")
    # Not in a batch: SQLite would copy the table, and the copy lack its index on an expression.
    op.drop_column("users", "deletion_at")
    op.drop_column("users", "erased_at")
    op.create_index(
        "ix_users_suspended", "users", ["id"], sqlite_where=SUSPENDED, postgresql_where=SUSPENDED
    )
