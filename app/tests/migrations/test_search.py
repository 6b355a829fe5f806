"""The migration to the search: a site that has something to be found queues a job for it."""

import flask_migrate
import pytest

from app.tests.migrations.test_jobs_mail_accounts import NOON, insert, rows

# SQLite's inspector says so of the index on lower(username); `schema` looks at it.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")


@pytest.mark.parametrize("people", [0, 1])
def test_a_site_that_is_not_new_fills_its_index(new_site, people):
    with new_site.app_context():
        flask_migrate.upgrade(revision="c3e81d0f65a2")
        for id_ in range(people):
            insert("users", id=id_, username="susan", created_at=NOON, uri=f"uri:{id_}")
        flask_migrate.upgrade()

        queued = [(row["name"], row["queue"], row["state"]) for row in rows("jobs")]
        assert queued == [("fill_search", "slow", "pending")] * people
        flask_migrate.downgrade(revision="c3e81d0f65a2")
        assert rows("jobs") == []
