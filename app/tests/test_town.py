"""The demo town: what `flask seed` makes, and what a visit to its home weighs."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.town import PEOPLE, POSTS
from app.cli.town_talk import TALK
from app.extensions import db
from app.models import (
    Follow,
    Like,
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
from app.services import timelines
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
def member(shared_app, seeded):
    """Return a browser in which the first person is signed in, by the password that was told."""
    browser = Client(shared_app)
    password = re.search(r"password (\S+)", seeded)[1]
    assert browser.sign_in(PEOPLE[0].username, password).status_code == 303
    return browser


def seed(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=["seed", *arguments])


def count(model):
    number = db.session.scalar(select(func.count()).select_from(model))
    # SQLite has one writer, and an open transaction of ours would be it.
    db.session.rollback()
    return number


def test_it_has_people_and_posts_of_every_kind(seeded):
    talk = [*POSTS, *TALK]
    reposts = sum(len(post.reposted_by) for post in TALK)

    assert (count(User), count(Post)) == (len(PEOPLE), len(talk) + reposts)
    assert count(Like) == sum(len(post.liked_by) for post in talk)
    assert count(Picture) == sum(len(post.pictures) for post in talk)
    assert {len(post.pictures) for post in TALK} == {0, 1, 2, 3, 4}
    assert {post.visibility for post in TALK} == set(Visibility) - {Visibility.UNLISTED}
    assert count(PostEdit) == sum(bool(post.formerly) for post in talk)
    languages = {*db.session.scalars(select(Post.language))}
    assert {"en", "es", "de", "ko", "ar"} <= languages
    assert count(Follow) == sum(len(person.follows) for person in PEOPLE)
    assert count(TagFollow) == sum(len(person.tags) for person in PEOPLE) > 0
    for model in (TagTrend, Suggestion, PopularPerson):
        assert count(model) > 5, model


def test_its_first_person_owns_it(seeded):
    owners = db.session.scalars(select(User.username).where(User.role == Role.OWNER)).all()

    assert owners == [PEOPLE[0].username]


def test_it_has_a_past(seeded):
    page = timelines.explore(None)
    times = [row.created_at for row in page.items]

    assert times == sorted(times, reverse=True)
    assert (times[0] - times[-1]).total_seconds() > 3600


def test_it_is_not_built_twice(shared_app, seeded):
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
        # Else they were changed while the tests began.
        assert len([address for address in files if "/static/made/" in address]) == 3
        assert page <= SECOND_VISIT, page
        assert page + sum(files.values()) <= FIRST_VISIT, (page, files)


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
