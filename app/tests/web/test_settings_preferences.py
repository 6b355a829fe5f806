"""Language, time zone and theme; the tests of their effects are in `test_pages`."""

import re

import pytest

from app.extensions import db
from app.tests.client import Client
from app.tests.factories import PASSWORD

PAGE = "/settings/preferences"


def zone_of(user) -> str | None:
    db.session.refresh(user.credential)
    return user.credential.time_zone


def save(browser: Client, **fields: str) -> None:
    given = {"locale": "", "time_zone": "", "theme": "auto"} | fields
    assert browser.post(PAGE, given).status_code == 303


def test_the_zone_of_the_browser_is_taken_over_at_sign_up(app, owner):
    browser = Client(app)
    browser.get("/auth/register")
    fields = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD}
    browser.post("/auth/register", {**fields, "time_zone": "Asia/Seoul"})
    page = browser.get(PAGE).text

    assert re.search(r'<option selected value="Asia/Seoul"', page)
    assert 'data-time-zone="Asia/Seoul"' in page


def test_the_zone_of_the_browser_is_taken_over_at_sign_in(app, susan):
    Client(app).sign_in("susan", time_zone="America/Bogota")

    assert zone_of(susan) == "America/Bogota"


@pytest.mark.parametrize("guess", ["", "Mars/Olympus", "Etc/GMT+5", "x" * 9_000, "../UTC", "🌿"])
def test_a_zone_that_does_not_exist_is_no_guess(app, susan, guess):
    assert Client(app).sign_in("susan", time_zone=guess).status_code == 303

    assert zone_of(susan) is None


def test_no_guess_replaces_a_zone_that_was_chosen(app, susan, client_of):
    save(client_of(susan), time_zone="Europe/Madrid")
    Client(app).sign_in("susan", time_zone="Asia/Seoul")

    assert zone_of(susan) == "Europe/Madrid"


def test_no_guess_replaces_the_choice_to_follow_the_browser(app, susan, client_of):
    browser = client_of(susan)
    save(browser, time_zone="")
    Client(app).sign_in("susan", time_zone="Asia/Seoul")

    assert "data-time-zone" not in browser.get(PAGE).text


def test_the_page_tells_what_time_it_is_there(susan, client_of):
    browser = client_of(susan)
    save(browser, locale="en", time_zone="Asia/Seoul")

    assert re.search(
        r"It is <time [^>]*data-full>[^<]+\+0900</time> there now", browser.get(PAGE).text
    )


def test_a_theme_stays_in_the_browser_for_pages_without_an_account(susan, client_of):
    browser = client_of(susan)
    save(browser, theme="dark")
    browser.post("/auth/logout")

    for path in ("/explore", "/auth/login", "/nowhere"):
        assert 'data-bs-theme="dark"' in browser.get(path).text, path


def test_a_theme_comes_along_to_another_browser(app, susan, client_of):
    save(client_of(susan), theme="light")
    other = Client(app)
    other.sign_in("susan")

    assert 'data-bs-theme="light"' in other.get("/nowhere").text


def test_automatic_forgets_the_theme_chosen_before(susan, client_of):
    browser = client_of(susan)
    save(browser, theme="dark")
    save(browser, theme="auto")

    assert "data-bs-theme" not in browser.get("/nowhere").text


@pytest.mark.parametrize("theme", ["", "pink", '"><script>', "🌿"])
def test_a_theme_that_does_not_exist_is_none(client, theme):
    page = client.get("/nowhere", Cookie=f"theme={theme}")

    assert page.status_code == 404
    assert "data-bs-theme" not in page.text


def test_the_pages_for_a_broken_site_have_the_theme_too(susan, client_of, monkeypatch):
    browser = client_of(susan)
    save(browser, theme="dark")
    monkeypatch.setattr("app.services.profiles.also_blocked", lambda *_: 1 / 0)
    page = browser.get("/@susan")

    assert page.status_code == 500
    assert 'data-bs-theme="dark"' in page.text
