"""The hashtags of the day."""

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import Visibility
from app.models.base import utc_now
from app.services import deletions, jobs, posts, reposts, suspensions, trends
from app.services.trends import TrendRow
from app.tests.factories import make_post


@pytest.fixture
def counted(app):
    """Return a function that counts the hashtags of the day, and returns them."""

    def count() -> list[TrendRow]:
        trends.store(trends.count())
        db.session.commit()
        return list(trends.today())

    return count


def test_what_more_people_use_comes_first_then_what_stands_in_more_posts(susan, john, counted):
    for author, text in (
        (susan, "#cake #soup"), (susan, "#cake"), (susan, "#cake"), (john, "#soup"),
        (john, "#bread"), (john, "#bread"),
    ):  # fmt: skip
        make_post(author, text)

    assert counted() == [
        TrendRow("soup", 2, 2),
        TrendRow("cake", 3, 1),
        TrendRow("bread", 2, 1),
    ]


def test_only_what_everybody_may_read_counts(owner, susan, john, counted):
    make_post(susan, "#old", at=utc_now() - timedelta(hours=25))
    for visibility in set(Visibility) - {Visibility.PUBLIC}:
        make_post(susan, f"#{visibility.value} @john", visibility=visibility)
    posts.delete(susan, make_post(susan, "#deleted").id)
    make_post(john, "#hidden")
    john.suspended_at = utc_now()
    reposts.repost(owner, make_post(susan, "#shown", at=utc_now() - timedelta(hours=23)).id)

    assert counted() == [TrendRow("shown", 1, 1)]


def test_where_many_write_nobody_makes_a_hashtag_of_the_day_alone(
    owner, susan, john, counted, monkeypatch
):
    monkeypatch.setattr(trends, "MANY_AUTHORS", 3)
    for author in (susan, susan, john):
        make_post(author, "#soup")
    for _ in range(3):
        make_post(susan, "#mine")
    assert [row.name for row in counted()] == ["soup", "mine"]

    make_post(owner, "Hello")
    assert [row.name for row in counted()] == ["soup"]


@pytest.mark.parametrize("hide", [suspensions.suspend, deletions.schedule])
def test_what_only_somebody_hidden_used_is_gone_at_once(susan, john, counted, hide):
    make_post(john, "#soup #stew")
    make_post(susan, "#soup")
    make_post(susan, "#stew", at=utc_now() - timedelta(hours=25))
    make_post(susan, "#stew", visibility=Visibility.UNLISTED)
    counted()
    hide(john)
    db.session.commit()

    # The counts are mended by the job.
    assert list(trends.today()) == [TrendRow("soup", 2, 2)]


def test_there_are_only_so_many(susan, counted, monkeypatch):
    monkeypatch.setattr(trends, "MAX", 2)
    make_post(susan, "#soup #bread #cake")

    assert len(counted()) == 2


def test_a_job_counts_and_what_was_counted_before_is_gone(susan, run_jobs):
    make_post(susan, "#soup")
    jobs.enqueue("count_trends")
    assert run_jobs() == 1
    assert [row.name for row in trends.today()] == ["soup"]

    posts.delete(susan, make_post(susan, "#bread").id)
    trends.store([])
    db.session.commit()
    assert trends.today() == []


def test_pages_ask_for_them_once_in_a_while(susan, client, counted, count_queries):
    make_post(susan, "#soup")
    counted()
    count_queries.clear()
    pages = [client.get(path) for path in ("/explore", "/@susan", "/tags/soup")]

    for page in pages:
        assert 'href="/tags/soup"><bdi class="tag-name">#soup' in page.text
    assert not [statement for statement in count_queries if "tag_trends" in statement]


def test_after_that_they_are_asked_for_again(susan, app, monkeypatch):
    make_post(susan, "#soup")
    trends.store(trends.count())
    trends.remember([])
    assert trends.today() == []

    monkeypatch.setattr(trends, "KEPT_FOR", -1)
    trends.remember([])
    assert [row.name for row in trends.today()] == ["soup"]
