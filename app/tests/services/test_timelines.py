from datetime import UTC, datetime, timedelta

import pytest

from app.extensions import db
from app.models import Visibility
from app.models.base import utc_now
from app.services import posts, timelines
from app.services.errors import InvalidCursor, NotFound
from app.services.pagination import parse_cursor
from app.tests.factories import make_follow, make_post, make_user

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def ids(page):
    return [row.id for row in page.items]


def test_home_shows_own_and_followed_posts_newest_first(susan, john):
    make_follow(susan, john)
    first = make_post(susan)
    second = make_post(john)
    third = make_post(susan)

    assert ids(timelines.home(susan)) == [third.id, second.id, first.id]


def test_home_hides_posts_of_strangers(susan, john):
    make_post(john)

    assert timelines.home(susan).items == []


def test_home_costs_one_query(susan, john, count_queries):
    make_follow(susan, john)
    for _ in range(30):
        make_post(john)
    count_queries.clear()

    timelines.home(susan)

    assert len(count_queries) == 1


def test_pages_of_home_are_all_posts_once(susan):
    authors = [make_user() for _ in range(40)]
    for author in authors:
        make_follow(susan, author)
    made = [
        make_post(author, at=NOON + timedelta(minutes=(number * 7919) % 5000, seconds=turn)).id
        for number, author in enumerate(authors)
        for turn in range(number % 5)
    ]

    seen, before = [], None
    while True:
        page = timelines.home(susan, before)
        seen += ids(page)
        if page.older is None:
            break
        before = page.older

    assert seen == sorted(made, reverse=True)
    assert len(seen) > 60


def test_a_page_stays_as_it_is_while_others_post(susan):
    for _ in range(30):
        make_post(susan)
    first = timelines.explore(None)
    second = timelines.explore(None, first.older)

    make_post(susan)

    assert ids(timelines.explore(None, first.older)) == ids(second)
    assert not set(ids(first)) & set(ids(second))


def test_the_last_page_has_no_older_one(susan):
    for _ in range(25):
        make_post(susan)

    assert timelines.explore(None).older is None


def test_an_imported_old_post_takes_its_place_in_time(susan):
    new = make_post(susan)
    old = make_post(susan, at=NOON - timedelta(days=400))
    middle = make_post(susan, at=NOON)

    assert ids(timelines.explore(None)) == [new.id, middle.id, old.id]


def test_explore_lists_public_posts_only(susan):
    public = make_post(susan)
    for visibility in set(Visibility) - {Visibility.PUBLIC}:
        make_post(susan, visibility=visibility)

    assert ids(timelines.explore(susan)) == [public.id]


def test_a_tag_lists_public_posts_with_it(susan, john):
    first = make_post(susan, "#soup")
    make_post(john, "#bread")
    make_post(john, "#soup", visibility=Visibility.FOLLOWERS)
    second = make_post(john, "More #Soup")

    assert ids(timelines.by_tag(None, "soup")) == [second.id, first.id]
    assert ids(timelines.by_tag(None, "soup", second.id)) == [first.id]
    assert timelines.by_tag(None, "nothing").items == []


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("viewer", ["nobody", "stranger", "follower", "mentioned", "author"])
def test_who_may_see_a_post(owner, susan, viewer, visibility):
    people = {name: make_user(name) for name in ("stranger", "follower", "mentioned")}
    make_follow(people["follower"], susan)
    reader = {"nobody": None, "author": susan, **people}[viewer]
    post = make_post(susan, "For @mentioned", visibility=visibility)

    may_see = {
        Visibility.PUBLIC: True,
        Visibility.UNLISTED: True,
        Visibility.MEMBERS: viewer != "nobody",
        Visibility.FOLLOWERS: viewer in {"follower", "author"},
        Visibility.DIRECT: viewer in {"mentioned", "author"},
    }[visibility]

    assert (post.id in ids(timelines.by_author(reader, susan.id))) is may_see
    if may_see:
        assert timelines.one(reader, post.id).id == post.id
    else:
        with pytest.raises(NotFound):
            timelines.one(reader, post.id)


def test_posts_of_the_suspended_are_gone(susan, john):
    make_follow(susan, john)
    post = make_post(john, "#soup")
    john.suspended_at = utc_now()
    db.session.commit()

    assert timelines.home(susan).items == []
    assert timelines.explore(None).items == []
    assert timelines.by_tag(None, "soup").items == []
    with pytest.raises(NotFound):
        timelines.one(None, post.id)


def test_deleted_posts_are_in_no_list(susan):
    post = make_post(susan, "#soup")
    posts.delete(susan, post.id)
    db.session.commit()

    assert timelines.home(susan).items == []
    assert timelines.explore(susan).items == []
    assert timelines.by_author(susan, susan.id).items == []
    assert timelines.by_tag(susan, "soup").items == []


@pytest.mark.parametrize(
    "value",
    ["", "0", "-1", "+1", "1_000", "٣", "1e3", "NaN", " 1", "1 ", "01", str(2**63), "1" * 21, "x"],
)
def test_a_cursor_is_the_plain_writing_of_an_id(value):
    with pytest.raises(InvalidCursor):
        parse_cursor(value)


def test_the_greatest_id_is_a_cursor():
    assert parse_cursor(str(2**63 - 1)) == 2**63 - 1
    assert parse_cursor(None) is None
