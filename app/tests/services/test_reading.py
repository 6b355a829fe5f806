"""How far home has been read: what is noted, and what pages say about it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from app.extensions import db
from app.models import Post, User
from app.models.base import utc_now
from app.models.ids import MAX_ID, time_of
from app.services import reading, reposts, timelines
from app.services.errors import InvalidCursor
from app.services.reading import Position, Stretch, advance
from app.services.users import with_credential
from app.tests.factories import make_follow, make_post

NEWEST = True
LATER = False


@pytest.mark.parametrize(
    ("before", "stretch", "after"),
    [
        # Nothing is known: a run begins, or all is read at once.
        (Position(0), (90, 70, NEWEST), Position(0, 90, 70)),
        (Position(0), (90, 0, NEWEST), Position(90)),
        (Position(0), (50, 30, LATER), Position(0)),
        (Position(0), (50, 0, LATER), Position(50)),
        # All was read once: down to there, or not quite.
        (Position(50), (90, 51, NEWEST), Position(90)),
        (Position(50), (90, 30, NEWEST), Position(90)),
        (Position(50), (90, 52, NEWEST), Position(50, 90, 52)),
        (Position(50), (40, 30, NEWEST), Position(50)),
        # A run goes on below, ...
        (Position(10, 90, 70), (69, 40, LATER), Position(10, 90, 40)),
        (Position(10, 90, 70), (80, 40, LATER), Position(10, 90, 40)),
        (Position(10, 90, 70), (69, 11, LATER), Position(90)),
        (Position(10, 90, 70), (80, 75, LATER), Position(10, 90, 70)),
        # ... or not, since something lies between, ...
        (Position(10, 90, 70), (68, 40, LATER), Position(10, 90, 70)),
        (Position(10, 90, 70), (68, 0, LATER), Position(68, 90, 70)),
        # ... or above: down to it, beyond it, not quite.
        (Position(10, 90, 70), (99, 91, NEWEST), Position(10, 99, 70)),
        (Position(10, 90, 70), (99, 60, NEWEST), Position(10, 99, 60)),
        (Position(10, 90, 70), (99, 5, NEWEST), Position(99)),
        (Position(10, 90, 70), (99, 92, NEWEST), Position(10, 99, 92)),
        (Position(10, 90, 70), (99, 92, LATER), Position(10, 90, 70)),
        # What a window that was open all the time tells takes nothing back.
        (Position(10, 90, 70), (90, 80, NEWEST), Position(10, 90, 70)),
        (Position(10, 90, 70), (60, 50, NEWEST), Position(10, 90, 70)),
        (Position(90), (60, 50, NEWEST), Position(90)),
    ],
)
def test_what_is_read_adds_up(before, stretch, after):
    assert advance(before, Stretch(*stretch)) == after


def test_nothing_that_is_told_makes_less_of_it():
    ids = range(0, 12, 2)
    runs = [(None, None), *((top, bottom) for top in ids for bottom in ids if top >= bottom)]
    for seen in ids:
        for top, bottom in runs:
            position = Position(seen, top, bottom)
            for hi in ids:
                for lo in range(hi + 1):
                    after = advance(position, Stretch(hi, lo, LATER))
                    assert read_of(after) >= read_of(position), (position, hi, lo)


def read_of(position: Position) -> set[int]:
    run = range(position.bottom_id or 0, (position.top_id or 0) + 1) if position.top_id else ()
    return {*range(position.seen_id + 1), *run}


@pytest.mark.parametrize(
    ("hi", "lo", "newest"),
    [("", "0", "1"), ("0", "0", "1"), ("5", "6", "1"), ("5", "", ""), ("5", "-1", ""),
     ("5", "01", ""), ("x", "0", ""), (str(2**63), "0", ""), ("٣", "0", ""), ("5", "0", "2"),
     (str(MAX_ID), str(MAX_ID), "")],
)  # fmt: skip
def test_what_cannot_have_been_read_is_refused(hi, lo, newest):
    with pytest.raises(InvalidCursor):
        reading.parse_stretch(hi, lo, newest)


def test_nothing_later_than_now_has_been_read():
    assert time_of(reading.parse_stretch(str(MAX_ID), "0", "1").hi) <= utc_now()


@pytest.fixture
def small_pages(make_app) -> Iterator[None]:
    with make_app(PAGE_SIZE=3).app_context():
        yield


@pytest.fixture
def posts(susan, john):
    """Return the posts of john, whom susan follows, from the newest on."""
    make_follow(susan, john)
    return [make_post(john, f"Number {number}") for number in range(8)][::-1]


def marks(susan, before=None):
    found = with_credential().where(User.id == susan.id)
    reader = db.session.scalar(found.execution_options(populate_existing=True))
    return reading.marks_on(timelines.home(susan, before), before, reader)


def read_down_to(susan, post, *, is_last=True):
    """Read home from its top down to a post, with which all is read or with which it breaks off."""
    top = timelines.home(susan).items[0].key
    reading.note(susan, Stretch(top, 0 if is_last else post.id, NEWEST))
    db.session.commit()


def test_the_first_visit_has_no_marks(susan, posts):
    assert marks(susan)[:3] == (None, False, None)


def test_what_is_new_ends_with_a_line(susan, john, posts):
    read_down_to(susan, posts[-1])
    assert marks(susan).divider_at is None
    assert marks(susan).stretch is None
    make_post(john, "New")

    assert marks(susan)[:3] == (1, True, None)


def test_what_one_writes_oneself_is_not_new(susan, john, posts):
    read_down_to(susan, posts[-1])
    make_post(susan, "Mine")
    reposts.repost(susan, posts[3].id)
    assert marks(susan).divider_at is None
    make_post(john, "New")
    db.session.execute(delete(Post).where(Post.text == "Mine"))

    assert marks(susan)[:2] == (2, True)


def test_reading_goes_on_where_it_stopped(susan, john, posts, small_pages):
    read_down_to(susan, posts[4], is_last=False)
    resume = marks(susan).resume
    assert [row.id for row in timelines.home(susan, resume).items] == ids_of(posts[5:8])
    make_post(john, "New")
    # After the new one, all is known down to there.
    assert marks(susan)[:3] == (1, False, resume)

    assert not reading.note(susan, Stretch(resume - 1, posts[6].id, LATER))
    assert marks(susan).resume == posts[6].id
    reading.note(susan, Stretch(posts[6].id - 1, 0, LATER))
    assert marks(susan)[:3] == (1, True, None)


@pytest.mark.parametrize(
    ("read", "new", "marked"),
    [
        # So many posts are on the first page, and there is a line only with something above it.
        (1, 0, None),
        (1, 1, 1),
        (2, 0, None),
        (2, 1, 1),
        (3, 0, None),
        (1, 2, 2),
        (3, 2, 2),
        # Not on this page.
        (2, 3, None),
    ],
)
def test_a_run_that_ends_on_the_page_is_marked(susan, john, posts, small_pages, read, new, marked):
    read_down_to(susan, posts[read - 1], is_last=False)
    for _ in range(new):
        make_post(john, "New")

    assert marks(susan)[:3] == (marked, False, posts[read - 1].id)


def test_below_a_run_that_ends_on_the_page_the_rest_is_known(susan, john, posts):
    read_down_to(susan, posts[2])
    newer = [make_post(john, "New") for _ in range(3)]
    read_down_to(susan, newer[2], is_last=False)
    assert marks(susan)[:3] == (3, True, newer[2].id)
    make_post(john, "Newest")

    # One line at a time: the page that it leads to says the other.
    assert marks(susan)[:3] == (1, False, newer[2].id)
    assert marks(susan, newer[2].id)[:3] == (2, True, None)


def test_a_line_between_two_pages_is_on_the_later_one(susan, posts, small_pages):
    reading.note(susan, Stretch(posts[3].id, 0, LATER))
    older = timelines.home(susan).older

    assert older == posts[2].id
    assert marks(susan).divider_at is None
    assert marks(susan, older)[:2] == (0, True)
    assert marks(susan, posts[3].id).divider_at is None


def test_a_few_new_posts_do_not_replace_a_run_that_may_be_reached(susan, john, posts, small_pages):
    read_down_to(susan, posts[4], is_last=False)
    new = [make_post(john, "New") for _ in range(2)]
    assert marks(susan).floor == posts[0].id + 1

    # Not on this page: then the page as a whole.
    new += [make_post(john, "New") for _ in range(3)]
    assert marks(susan).floor == new[2].id


def ids_of(posts):
    return [post.id for post in posts]
