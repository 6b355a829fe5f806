"""The migration to conversations, reactions and pictures: posts stay as they are."""

import flask_migrate
import pytest
from sqlalchemy.exc import IntegrityError

from app.tests.migrations.schema import schema
from app.tests.migrations.test_jobs_mail_accounts import NOON, insert, insert_post, rows

# SQLite's inspector says so of the index on lower(username); `schema` looks at it.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")

BEFORE = "8c1f5a72d9e4"
SUSAN, JOHN = 1, 2
NEW = {"sensitive": False, "edits_count": 0, "pictures_count": 0, "form_key": None}


@pytest.fixture
def old_site(new_site):
    """Yield a site as it was before, with posts, one of them a reply."""
    with new_site.app_context():
        flask_migrate.upgrade(revision=BEFORE)
        for id_, name in ((SUSAN, "susan"), (JOHN, "john")):
            insert("users", id=id_, username=name, created_at=NOON, uri=f"uri:{id_}")
        insert_post(1, SUSAN)
        insert_post(2, JOHN, in_reply_to_id=1, in_reply_to_user_id=SUSAN, replies_count=1)
        insert("mentions", post_id=1, user_id=JOHN)
        yield new_site


def use_what_is_new() -> None:
    """Repost, like, keep, pin, edit and translate a post, and add pictures and a draft."""
    insert_post(3, JOHN, text="", html="", repost_of_id=1, form_key="x")
    for name in ("likes", "bookmarks"):
        insert(name, id=1, user_id=JOHN, post_id=1, created_at=NOON)
    insert("pins", post_id=1, user_id=SUSAN, position=1, created_at=NOON)
    words = {"text": "", "html": "", "spoiler_text": "", "alts": "[]"}
    insert("post_edits", id=1, post_id=1, version=0, created_at=NOON, **words)
    words = {"language": "es", "html": "", "provider": "x"}
    insert("translations", id=1, post_id=1, version=0, created_at=NOON, **words)
    sides = dict.fromkeys(("width", "height", "small_width", "small_height"), 8)
    columns = {"id": 1, "owner_id": SUSAN, "post_id": 1, "created_at": NOON, **sides}
    insert("pictures", key="k", placeholder="", size=1, **columns)
    insert("drafts", id=1, user_id=SUSAN, form_key="x", fields="{}", created_at=NOON)


def test_posts_keep_all_they_were_there_and_back(old_site):
    before = {name: rows(name) for name in ("posts", "users", "mentions")}
    flask_migrate.upgrade()
    assert rows("posts") == [post | NEW for post in before["posts"]]
    use_what_is_new()

    flask_migrate.downgrade(revision=BEFORE)

    # The repost is gone: what was there before knew none, and counted no replies.
    assert rows("posts") == [post | {"replies_count": 0} for post in before["posts"]]
    assert rows("users") == before["users"]
    assert rows("mentions") == before["mentions"]


def test_tables_with_rows_are_made_like_empty_ones(old_site):
    old = schema()
    flask_migrate.upgrade()
    filled = schema()
    use_what_is_new()
    for again in ({"form_key": "x", "repost_of_id": None}, {"form_key": "y", "repost_of_id": 1}):
        with pytest.raises(IntegrityError):
            insert_post(4, JOHN, **again)
    flask_migrate.downgrade(revision=BEFORE)
    assert schema() == old

    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()

    assert schema() == filled
