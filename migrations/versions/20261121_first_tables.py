"""The first tables: people, their sessions, posts, follows, tags, rate limits."""

import sqlalchemy as sa
from alembic import op

revision = "64a4be716e0f"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:

    op.create_table(
        "rate_limits",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
    )
    op.create_index("ix_rate_limits_expires_at", "rate_limits", ["expires_at"])

    op.create_table(
        "tags",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("domain", sa.String(length=255), server_default=sa.text("''"), nullable=False),
        sa.Column("display_name", sa.String(length=400), server_default=sa.text("''"), nullable=False),
        sa.Column("bio", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("bio_html", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("avatar_key", sa.String(length=255), nullable=True),
        sa.Column("header_key", sa.String(length=255), nullable=True),
        sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "member",
                "moderator",
                "admin",
                "owner",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            server_default="member",
            nullable=False,
        ),
        sa.Column("posts_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("following_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("followers_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uri", sa.String(length=512), nullable=False),
        sa.CheckConstraint(
            "domain <> '' OR length(username) BETWEEN 2 AND 30",
            name=op.f("ck_users_username_length"),
        ),
        sa.CheckConstraint(
            "posts_count >= 0 AND following_count >= 0 AND followers_count >= 0",
            name=op.f("ck_users_counts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("uri", name=op.f("uq_users_uri")),
    )
    op.create_index(
        "ix_users_suspended",
        "users",
        ["id"],
        sqlite_where=sa.text("suspended_at IS NOT NULL"),
        postgresql_where=sa.text("suspended_at IS NOT NULL"),
    )
    op.create_index("ix_users_followers_count_id", "users", ["followers_count", "id"])
    op.create_index(
        "uq_users_owner",
        "users",
        ["role"],
        unique=True,
        sqlite_where=sa.text("role = 'owner'"),
        postgresql_where=sa.text("role = 'owner'"),
    )
    op.create_index(
        "uq_users_username_domain",
        "users",
        [sa.literal_column("lower(username)"), "domain"],
        unique=True,
    )

    op.create_table(
        "credentials",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column(
            "theme",
            sa.Enum(
                "auto",
                "light",
                "dark",
                name="theme",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            server_default="auto",
            nullable=False,
        ),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_credentials_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("email_key", name=op.f("uq_credentials_email_key")),
    )
    op.create_table(
        "followers",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("follower_id", BIG_ID, nullable=False),
        sa.Column("followed_id", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "accepted",
                "requested",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("follower_id <> followed_id", name=op.f("ck_followers_not_oneself")),
        sa.ForeignKeyConstraint(
            ["followed_id"], ["users.id"], name=op.f("fk_followers_followed_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["users.id"], name=op.f("fk_followers_follower_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
        sa.UniqueConstraint(
            "follower_id", "followed_id", name=op.f("uq_followers_follower_id_followed_id")
        ),
    )
    op.create_index("ix_followers_followed_id_id", "followers", ["followed_id", "id"])
    op.create_index("ix_followers_follower_id_id", "followers", ["follower_id", "id"])

    op.create_table(
        "posts",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("author_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer_version", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "unlisted",
                "members",
                "followers",
                "direct",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("spoiler_text", sa.String(length=255), server_default=sa.text("''"), nullable=False),
        sa.Column("in_reply_to_id", BIG_ID, nullable=True),
        sa.Column("in_reply_to_user_id", BIG_ID, nullable=True),
        sa.Column("conversation_id", BIG_ID, nullable=False),
        sa.Column("repost_of_id", BIG_ID, nullable=True),
        sa.Column("uri", sa.String(length=512), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("likes_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reposts_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replies_count", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "deleted_at IS NULL OR (text = '' AND html = '')", name=op.f("ck_posts_tombstone")
        ),
        sa.CheckConstraint(
            "likes_count >= 0 AND reposts_count >= 0 AND replies_count >= 0",
            name=op.f("ck_posts_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_posts_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["in_reply_to_id"],
            ["posts.id"],
            name=op.f("fk_posts_in_reply_to_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["in_reply_to_user_id"],
            ["users.id"],
            name=op.f("fk_posts_in_reply_to_user_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["repost_of_id"], ["posts.id"], name=op.f("fk_posts_repost_of_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("uri", name=op.f("uq_posts_uri")),
    )
    op.create_index("ix_posts_author_id_id", "posts", ["author_id", "id"])
    op.create_index("ix_posts_conversation_id_id", "posts", ["conversation_id", "id"])
    op.create_index("ix_posts_in_reply_to_id_id", "posts", ["in_reply_to_id", "id"])
    op.create_index("ix_posts_in_reply_to_user_id", "posts", ["in_reply_to_user_id"])
    op.create_index(
        "ix_posts_listed",
        "posts",
        ["id"],
        sqlite_where=sa.text("visibility = 'public' AND deleted_at IS NULL"),
        postgresql_where=sa.text("visibility = 'public' AND deleted_at IS NULL"),
    )
    op.create_index(
        "uq_posts_repost_of_id_author_id", "posts", ["repost_of_id", "author_id"], unique=True
    )

    op.create_table(
        "sessions",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user_id_last_seen_at", "sessions", ["user_id", "last_seen_at"])

    op.create_table(
        "mentions",
        sa.Column("post_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_mentions_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mentions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_mentions")),
    )
    op.create_index("ix_mentions_user_id_post_id", "mentions", ["user_id", "post_id"])

    op.create_table(
        "post_tags",
        sa.Column("tag_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("post_id", BIG_ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_post_tags_tag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tag_id", "post_id", name=op.f("pk_post_tags")),
    )
    op.create_index("ix_post_tags_post_id", "post_tags", ["post_id"])


def downgrade() -> None:

    op.drop_index("ix_post_tags_post_id", "post_tags")

    op.drop_table("post_tags")
    op.drop_index("ix_mentions_user_id_post_id", "mentions")

    op.drop_table("mentions")
    op.drop_index("ix_sessions_user_id_last_seen_at", "sessions")
    op.drop_index("ix_sessions_expires_at", "sessions")

    op.drop_table("sessions")
    op.drop_index("uq_posts_repost_of_id_author_id", "posts")
    op.drop_index(
        "ix_posts_listed",
        "posts",
        sqlite_where=sa.text("visibility = 'public' AND deleted_at IS NULL"),
        postgresql_where=sa.text("visibility = 'public' AND deleted_at IS NULL"),
    )
    op.drop_index("ix_posts_in_reply_to_user_id", "posts")
    op.drop_index("ix_posts_in_reply_to_id_id", "posts")
    op.drop_index("ix_posts_conversation_id_id", "posts")
    op.drop_index("ix_posts_author_id_id", "posts")

    op.drop_table("posts")
    op.drop_index("ix_followers_follower_id_id", "followers")
    op.drop_index("ix_followers_followed_id_id", "followers")

    op.drop_table("followers")
    op.drop_table("credentials")
    op.drop_index("uq_users_username_domain", "users")
    op.drop_index(
        "uq_users_owner",
        "users",
        sqlite_where=sa.text("role = 'owner'"),
        postgresql_where=sa.text("role = 'owner'"),
    )
    op.drop_index("ix_users_followers_count_id", "users")
    op.drop_index("ix_users_suspended", "users")

    op.drop_table("users")
    op.drop_table("tags")
    op.drop_index("ix_rate_limits_expires_at", "rate_limits")

    op.drop_table("rate_limits")
