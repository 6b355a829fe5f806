import random
from datetime import UTC, datetime, timedelta

import pytest

from app.extensions import db, settings
from app.models import Visibility
from app.services import home, reposts, tag_follows, timelines
from app.tests.factories import make_follow, make_post, make_user

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
PUBLIC, FOLLOWERS, DIRECT = Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.DIRECT


def pages_of(viewer):
    pages, before = [], None
    while True:
        page = timelines.home(viewer, before)
        pages.append([row.key for row in page.items])
        if page.older is None:
            return pages
        before = page.older


def make_town(viewer, chance):
    """Make people, half of them followed, with posts of all kinds in a random order."""
    people = [make_user() for _ in range(10)]
    for person in people[:5]:
        make_follow(viewer, person)
    written = []
    for number in range(110):
        text = chance.choice(["Nothing much", "The #lamp again", "To @susan", "An old #lamp"])
        written.append(
            make_post(
                chance.choice([*people, viewer]),
                text,
                visibility=chance.choice([PUBLIC, PUBLIC, PUBLIC, FOLLOWERS, DIRECT]),
                at=NOON + timedelta(minutes=number),
            )
        )
    for post in chance.sample([post for post in written if post.visibility == PUBLIC], 20):
        reposts.repost(chance.choice(people), post.id)


@pytest.mark.parametrize("seed", [1, 2])
def test_both_ways_home_find_the_same(susan, seed, monkeypatch):
    make_town(susan, random.Random(seed))
    tag_follows.follow(susan, "lamp")
    db.session.flush()

    by_author = pages_of(susan)
    monkeypatch.setattr(home, "MANY", 0)
    by_time = pages_of(susan)

    assert len(by_author) > 2
    assert by_time == by_author


def test_the_way_by_time_costs_one_query_where_it_fills_a_page(susan, count_queries, monkeypatch):
    make_town(susan, random.Random(3))
    monkeypatch.setattr(home, "MANY", 0)
    count_queries.clear()

    timelines.home(susan)

    assert len(count_queries) == 1


def test_home_has_public_posts_with_a_followed_hashtag_once(susan, john):
    stranger = make_user()
    make_follow(susan, john)
    tag_follows.follow(susan, "lamp")
    hers, his = make_post(stranger, "A #lamp"), make_post(john, "My #lamp")
    make_post(stranger, "For few: #lamp", visibility=FOLLOWERS)
    make_post(stranger, "No lamp")

    assert [row.id for row in timelines.home(susan).items] == [his.id, hers.id]


def test_home_has_none_of_a_hashtag_that_is_followed_no_more(susan, john):
    tag_follows.follow(susan, "lamp")
    make_post(john, "A #lamp")

    tag_follows.unfollow(susan, "lamp")

    assert timelines.home(susan).items == []


def test_news_of_home_are_what_others_brought_since(susan, john):
    stranger = make_user()
    make_follow(susan, john)
    tag_follows.follow(susan, "lamp")
    seen = make_post(john)
    make_post(stranger, "A #lamp")
    make_post(stranger, "No lamp")
    make_post(susan)
    make_post(john)

    assert timelines.home_news(susan, seen.id) == 2


def test_news_of_home_are_counted_no_further_than_a_page(susan, john):
    make_follow(susan, john)
    for _ in range(settings.PAGE_SIZE + 3):
        make_post(john)

    assert timelines.home_news(susan, 1) == settings.PAGE_SIZE + 1


def test_news_of_explore_are_what_it_shows(susan, john):
    seen = make_post(john)
    make_post(john, visibility=FOLLOWERS)
    make_post(john, reply_to=seen)
    make_post(susan)

    assert timelines.explore_news(None, seen.id) == 1
