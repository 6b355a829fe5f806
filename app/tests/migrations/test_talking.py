"""The migration to notifications, messages, blocks and mutes: accounts stay as they are."""

import flask_migrate
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.tests.migrations.schema import schema
from app.tests.migrations.test_jobs_mail_accounts import (
    NOON,
    insert,
    insert_credential,
    insert_user,
    rows,
)

# SQLite's inspector says so of the index on lower(username); `schema` looks at it.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")

BEFORE = "d94a6e2b7c13"
SUSAN, JOHN = 1, 2
OLD_TABLES = ("users", "credentials", "sessions", "followers", "posts")
NEW = {
    "notification_choices": None,
    "messages_from": "everyone",
    "unread_notifications": 0,
    "unread_messages": 0,
    "digested_at": None,
    "hiding_version": 0,
}


@pytest.fixture
def old_site(new_site):
    """Yield a site as it was before, with two people of whom one follows the other."""
    with new_site.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        for id_, name in ((SUSAN, "susan"), (JOHN, "john")):
            insert_user(id_, name)
            options = {"unwanted_mails": "[]", "email_claimed": True}
            insert_credential(id_, f"{name}@mail.example", **options)
        pair = {"follower_id": SUSAN, "followed_id": JOHN, "state": "accepted"}
        insert("followers", id=1, created_at=NOON, **pair)
        yield new_site


def old_rows() -> dict[str, list[dict]]:
    return {name: rows(name) for name in OLD_TABLES}


def use_what_is_new() -> None:
    """Put a row into each new table, and choose what can be chosen."""
    told = {"id": 1, "user_id": SUSAN, "kind": "like"}
    insert("notification_groups", target_id=1, latest_id=1, is_unread=True, **told)
    insert("notifications", group_id=1, actor_id=JOHN, cause_id=1, created_at=NOON, **told)
    insert("conversations", id=1, pair_key="1:2", last_message_id=1, created_at=NOON)
    for one, other in ((SUSAN, JOHN), (JOHN, SUSAN)):
        pair = {"conversation_id": 1, "user_id": one, "other_id": other, "state": "accepted"}
        insert("participants", created_at=NOON, **pair)
    words = {"text": "Hi", "html": "<p>Hi</p>", "form_key": "x"}
    insert("messages", id=1, conversation_id=1, sender_id=SUSAN, created_at=NOON, **words)
    insert("blocks", id=1, blocker_id=SUSAN, blocked_id=JOHN, created_at=NOON)
    insert("mutes", id=1, muter_id=SUSAN, muted_id=JOHN, expires_at=NOON, created_at=NOON)
    insert("thread_mutes", user_id=SUSAN, conversation_id=1, created_at=NOON)
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE credentials SET messages_from = 'nobody', unread_messages = 1")
        )


def test_accounts_keep_all_they_were_there_and_back(old_site):
    before = old_rows()
    flask_migrate.upgrade()
    assert rows("credentials") == [row | NEW for row in before["credentials"]]
    use_what_is_new()

    flask_migrate.downgrade(revision=BEFORE)
    assert old_rows() == before

    flask_migrate.upgrade()
    assert rows("credentials") == [row | NEW for row in before["credentials"]]
    assert rows("messages") == []


def test_tables_with_rows_are_made_like_empty_ones(old_site):
    old = schema()
    flask_migrate.upgrade()
    filled = schema()
    use_what_is_new()
    with pytest.raises(IntegrityError):
        insert("conversations", id=2, pair_key="1:2", created_at=NOON)
    flask_migrate.downgrade(revision=BEFORE)
    assert schema() == old

    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()

    assert schema() == filled


@pytest.mark.parametrize(
    ("column", "value"), [("messages_from", "'some'"), ("unread_notifications", "-1")]
)
def test_accounts_that_were_there_are_checked_too(old_site, column, value):
    """SQLite takes a check into a table with rows only together with its column."""
    flask_migrate.upgrade()

    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE credentials SET {column} = {value}"))
