"""Giving the password again before what is sensitive."""

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import UserSession
from app.models.base import utc_now
from app.services import sessions
from app.tests.client import Client
from app.tests.factories import PASSWORD

PAGE = "/settings/two-factor"


@pytest.fixture
def late(susan, client_of) -> Client:
    """Return a browser of susan, in which she gave her password a while ago."""
    browser = client_of(susan)
    stale = utc_now() - sessions.VERIFIED_FOR
    db.session.execute(update(UserSession).values(verified_at=stale))
    db.session.commit()
    return browser


def test_whoever_has_just_signed_in_is_not_asked(susan, client_of):
    assert client_of(susan).get(PAGE).status_code == 200


def test_after_a_while_a_sensitive_page_asks_for_the_password(late):
    asked = late.get(PAGE)

    assert asked.status_code == 303
    assert asked.location == f"/auth/verify?next={PAGE}"
    assert "@susan" in late.get(asked.location).text


def test_the_password_opens_the_page_for_a_while(late):
    late.get("/auth/verify")
    opened = late.post(f"/auth/verify?next={PAGE}", {"password": PASSWORD})

    assert opened.status_code == 303
    assert opened.location == PAGE
    assert late.get(PAGE).status_code == 200


@pytest.mark.parametrize("password", ["", "not the password", PASSWORD.upper(), "x" * 300])
def test_another_password_opens_nothing(late, password):
    late.get("/auth/verify")
    refused = late.post("/auth/verify", {"password": password})

    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert late.get(PAGE).status_code == 303


def test_the_password_counts_in_its_own_session_only(late, susan, client_of):
    other = client_of(susan)
    db.session.execute(update(UserSession).values(verified_at=utc_now() - sessions.VERIFIED_FOR))
    db.session.commit()
    late.post("/auth/verify", {"password": PASSWORD})

    assert other.get(PAGE).status_code == 303
    assert len(set(db.session.scalars(select(UserSession.verified_at)))) == 2


def test_a_form_sent_too_late_changes_nothing_and_says_so(late):
    late.get("/about")
    asked = late.post(PAGE, {"code": "000000"}, Referer=f"http://localhost{PAGE}")

    assert asked.status_code == 303
    assert asked.location == f"/auth/verify?next={PAGE}"
    assert "Nothing is changed yet." in late.get(asked.location).text


@pytest.mark.parametrize(
    "referrer",
    ["", "http://[", "https://evil.example/x", "http://localhost.evil.example/x", "//evil", "x"],
)
def test_a_form_of_no_page_of_ours_leads_nowhere_else(late, referrer):
    late.get("/about")

    assert late.post(PAGE, Referer=referrer).location == "/auth/verify"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(late, target):
    late.get("/auth/verify")
    opened = late.post(f"/auth/verify?next={target}", {"password": PASSWORD})

    assert opened.location == "/settings"


def test_guesses_are_counted_for_the_member_and_forgiven_by_the_password(make_app, susan):
    browser = Client(make_app(RATELIMIT_ENABLED=True))
    browser.sign_in("susan")
    wrong = {"password": "not the password"}

    assert [browser.post("/auth/verify", wrong).status_code for _ in range(9)] == [422] * 9
    assert browser.post("/auth/verify", {"password": PASSWORD}).status_code == 303
    assert [browser.post("/auth/verify", wrong).status_code for _ in range(10)] == [422] * 10
    # The right one comes too late as well.
    assert browser.post("/auth/verify", {"password": PASSWORD}).status_code == 429
