"""Followed hashtags, hashtags of the day, suggestions, and how far home has been read."""

import sqlalchemy as sa
from alembic import op

revision = "c3e81d0f65a2"
down_revision = "b7d20e94c1a6"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
HOME = ("home_seen_id", "home_top_id", "home_bottom_id")


def upgrade() -> None:
    create_tag_follows()
    create_tag_trends()
    create_suggestions()
    op.add_column("credentials", column("shortcuts", sa.Boolean(), server_default=sa.true()))
    for name in HOME:
        op.add_column("credentials", column(name, BIG_ID, nullable=True))


def downgrade() -> None:
    for name in (*HOME, "shortcuts"):
        op.drop_column("credentials", name)
    for table in ("popular_people", "suggestions", "tag_trends", "tag_follows"):
        op.drop_table(table)


def column(name: str, kind: sa.types.TypeEngine, **options: object) -> sa.Column:
    return sa.Column(name, kind, **{"nullable": False, **options})


def key(name: str, kind: sa.types.TypeEngine = BIG_ID) -> sa.Column:
    return column(name, kind, autoincrement=False)


def reference(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{target}.id"], name=f"fk_{table}_{name}", ondelete="CASCADE"
    )


def create_tag_follows() -> None:
    op.create_table(
        "tag_follows",
        key("user_id"),
        key("tag_id"),
        column("created_at", MOMENT),
        reference("tag_follows", "user_id", "users"),
        reference("tag_follows", "tag_id", "tags"),
        sa.PrimaryKeyConstraint("user_id", "tag_id", name="pk_tag_follows"),
    )
    op.create_index("ix_tag_follows_tag_id", "tag_follows", ["tag_id"])


def create_tag_trends() -> None:
    op.create_table(
        "tag_trends",
        key("position", sa.SmallInteger()),
        column("tag_id", BIG_ID),
        column("posts_count", sa.Integer()),
        column("people_count", sa.Integer()),
        reference("tag_trends", "tag_id", "tags"),
        sa.PrimaryKeyConstraint("position", name="pk_tag_trends"),
        sa.UniqueConstraint("tag_id", name="uq_tag_trends_tag_id"),
    )


def create_suggestions() -> None:
    op.create_table(
        "suggestions",
        key("user_id"),
        key("position", sa.SmallInteger()),
        column("suggested_id", BIG_ID),
        column("common_count", sa.Integer()),
        reference("suggestions", "user_id", "users"),
        reference("suggestions", "suggested_id", "users"),
        sa.PrimaryKeyConstraint("user_id", "position", name="pk_suggestions"),
    )
    op.create_index("ix_suggestions_suggested_id", "suggestions", ["suggested_id"])
    op.create_table(
        "popular_people",
        key("position", sa.SmallInteger()),
        column("user_id", BIG_ID),
        reference("popular_people", "user_id", "users"),
        sa.PrimaryKeyConstraint("position", name="pk_popular_people"),
        sa.UniqueConstraint("user_id", name="uq_popular_people_user_id"),
    )
