"""The demo town: what `flask seed` makes, and what a visit to its home weighs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.cli import bundles
from app.cli.town_news import LIKES, REQUESTS
from app.cli.town_people import PEOPLE
from app.cli.town_posts import POSTS
from app.cli.town_talk import TALK
from app.extensions import db
from app.models import (
    Follow,
    Like,
    Message,
    Notification,
    ParticipantState,
    Picture,
    PopularPerson,
    Post,
    PostEdit,
    Role,
    Suggestion,
    TagFollow,
    TagTrend,
    User,
    Visibility,
)
from app.models.base import utc_now
from app.services import conversation_rows, notification_rows, timelines
from app.tests.client import Client
from app.tests.conftest import emptied

# kB of 1,000 bytes, headers aside.
FIRST_VISIT, SECOND_VISIT = 60_000, 15_000
ACCEPT = {"Accept-Encoding": "gzip, deflate, br"}
# What is loaded with a page and is no picture: styles, scripts, the sprite of icons.
LOADED = re.compile(
    r'(?:<link rel="(?:stylesheet|manifest)" href|<script[^>]* src|<use href)="([^"#]+)'
)


@pytest.fixture(scope="module")
def seeded(shared_app) -> Iterator[str]:
    """Build the town once for all tests here, which only look at it; yield what the command says.

    It takes seconds.
    """
    with emptied(shared_app):
        result = seed(shared_app)
        assert result.exit_code == 0, result.output
        # SQLite has one writer, and a transaction that is left open would be it.
        db.session.rollback()
        yield result.output


@pytest.fixture
def town(seeded) -> Iterator[str]:
    """Yield what the command says; what the test began to read is let go of afterwards.

    Else it would hold the one writer of SQLite against whichever test comes next: which one that
    is, several processes share out as they go.
    """
    yield seeded
    db.session.rollback()


@pytest.fixture
def member(shared_app, town):
    """Return a browser in which the first person is signed in, by the password that was told."""
    browser = Client(shared_app)
    password = re.search(r"password (\S+)", town)[1]
    assert browser.sign_in(PEOPLE[0].username, password).status_code == 303
    return browser


def seed(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["seed", *arguments])


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_it_has_people_and_posts_of_every_kind(town):
    talk = [*POSTS, *TALK]
    reposts = sum(len(post.reposted_by) for post in TALK)

    assert (count(User), count(Post)) == (len(PEOPLE), len(talk) + reposts)
    assert count(Like) == sum(len(post.liked_by) for post in talk) + len(LIKES)
    assert count(Picture) == sum(len(post.pictures) for post in talk)
    assert {len(post.pictures) for post in TALK} == {0, 1, 2, 3, 4}
    assert {post.visibility for post in TALK} == set(Visibility) - {Visibility.UNLISTED}
    assert count(PostEdit) == sum(bool(post.formerly) for post in talk)
    languages = {*db.session.scalars(select(Post.language))}
    assert {"en", "es", "de", "ko", "ar"} <= languages
    assert count(Follow) == sum(len(person.follows) for person in PEOPLE) + len(REQUESTS)
    assert count(TagFollow) == sum(len(person.tags) for person in PEOPLE) > 0
    for model in (TagTrend, Suggestion, PopularPerson):
        assert count(model) > 5, model


def test_its_first_person_finds_something_new(town):
    noor = db.session.scalars(
        select(User).where(User.username == "noor").options(joinedload(User.credential))
    ).one()
    rows = notification_rows.listed(noor).items
    talks = conversation_rows.listed(noor, ParticipantState.ACCEPTED).items

    assert noor.credential.unread_notifications == 3
    assert [row.is_unread for row in rows if row.kind != "message"][:4] == [True] * 3 + [False]
    assert {row.kind for row in rows} == {
        "follow",
        "like",
        "repost",
        "reply",
        "mention",
        "message",
    }
    assert noor.credential.unread_messages == 1
    assert len(talks) == 6
    assert conversation_rows.requests_count(noor) == 2


def test_nothing_in_it_happens_at_once_nor_in_the_future(town):
    for model in (Notification, Message, Follow):
        times = [*db.session.scalars(select(model.created_at))]
        assert max(times) < utc_now(), model
        assert utc_now() - min(times) > timedelta(days=5), model


def test_its_first_person_owns_it(town):
    owners = db.session.scalars(select(User.username).where(User.role == Role.OWNER)).all()

    assert owners == [PEOPLE[0].username]


def test_it_has_a_past(town):
    page = timelines.explore(None)
    times = [row.created_at for row in page.items]

    assert times == sorted(times, reverse=True)
    assert (times[0] - times[-1]).total_seconds() > 3600


def test_it_is_not_built_twice(shared_app, town):
    result = seed(shared_app)

    assert result.exit_code == 1
    assert "is there already" in result.output
    assert count(User) == len(PEOPLE)


def test_the_first_visit_to_home_is_light_and_the_second_lighter(once, shared_app, member):
    for browser, path in ((member, "/"), (Client(shared_app), "/explore")):
        html = browser.get(path).text
        page = size(browser, path)
        files = {address: size(browser, address) for address in set(LOADED.findall(html))}

        assert html.count("<article") == 25
        made = sorted(name.split(".")[0] for name in files if "/static/made/" in name)
        # Else they were changed while the tests began.
        assert made == ["/static/made/icons", "/static/made/site", "/static/made/site"]
        assert page <= SECOND_VISIT, page
        assert page + sum(files.values()) <= FIRST_VISIT, (page, files)


def test_light_pages_have_all_the_style_that_they_need(once, shared_app, member):
    own, other = (
        set(re.findall(r"\.([a-z][\w-]*)", css))
        for css in (bundles.site_style(), bundles.rare_style())
    )
    for browser in (member, Client(shared_app)):
        for path in ("/", "/explore", "/tags/benches"):
            html = browser.get(path).text
            used = {name for found in re.findall('class="([^"]*)"', html) for name in found.split()}
            assert len(used) > 30, path
            assert "/pages." not in "".join(re.findall('<link rel="stylesheet"[^>]*>', html)), path
            assert not used & other - own, path


def size(browser: Client, path: str) -> int:
    response = browser.get(path, **ACCEPT)
    assert response.status_code == 200, path
    data: bytes = response.data
    response.close()
    return len(data)


def test_a_password_that_is_easy_to_guess_is_refused(app):
    result = seed(app, "--password", "password")

    assert result.exit_code == 1
    assert "too easy to guess" in result.output
    assert count(User) == 0
