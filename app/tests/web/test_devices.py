"""A sign-in from a browser that an account was never used in is told by mail."""

import pytest
from flask_babel import force_locale

from app.extensions import db
from app.services.devices import describe
from app.tests.client import Client
from app.tests.web.test_registration import sign_up
from app.web import devices

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


@pytest.fixture
def known(susan, app) -> Client:
    """Return the browser that susan uses."""
    client = Client(app)
    client.sign_in("susan")
    client.post("/auth/logout")
    return client


def test_another_browser_is_told_of(known, susan, app, mailbox):
    Client(app, "203.0.113.7", **{"User-Agent": FIREFOX}).sign_in("susan")

    [mail] = mailbox.receive()
    assert mail["To"] == "susan@mail.example"
    assert "Firefox on Linux" in mailbox.text(mail)
    assert "203.0.113.7" in mailbox.text(mail)


def test_the_same_browser_is_not(known, mailbox):
    known.sign_in("susan")
    known.post("/auth/logout")
    known.sign_in("susan@mail.example")

    assert mailbox.receive() == []


def test_a_browser_that_signed_in_once_is_known(known, app, mailbox):
    other = Client(app)
    other.sign_in("susan")
    other.post("/auth/logout")
    other.sign_in("susan")

    assert len(mailbox.receive()) == 1


def test_a_failed_sign_in_makes_no_browser_known(known, susan, app, mailbox):
    other = Client(app)
    other.sign_in("susan", "not the right one")
    other.sign_in("susan")

    assert len(mailbox.receive()) == 1


def test_signing_up_is_no_new_device_and_makes_the_browser_known(client, app, owner, mailbox):
    sign_up(client)
    [welcome] = mailbox.receive()
    assert "/auth/confirm/" in mailbox.text(welcome)
    client.get("/")
    client.post("/auth/logout")
    client.sign_in("wren")
    assert mailbox.receive() == []

    Client(app).sign_in("wren")
    assert len(mailbox.receive()) == 1


def test_people_who_share_a_browser_are_told_apart(known, john, app, mailbox):
    Client(app).sign_in("john")
    assert mailbox.receive() == []

    # John has not signed in here, whoever else has.
    known.sign_in("john")
    [mail] = mailbox.receive()
    assert mail["To"] == "john@mail.example"
    known.post("/auth/logout")
    known.sign_in("susan")
    assert mailbox.receive() == []


def test_a_cookie_of_ones_own_making_is_worth_nothing(known, susan, app, mailbox):
    signed = known.browser.get_cookie("device").value
    for forged in (f"[{susan.id}]", signed[:-3] + "abc", signed.replace(".", "x"), ""):
        other = Client(app)
        other.browser.set_cookie("device", forged)
        other.sign_in("susan")
        assert len(mailbox.receive()) == 1, forged


def test_who_does_not_want_the_mail_gets_none(known, susan, app, mailbox):
    susan.credential.unwanted_mails = ["new_sign_in"]
    db.session.commit()
    Client(app).sign_in("susan")

    assert mailbox.receive() == []


def test_the_cookie_lives_long_and_is_for_nobody_else(susan, client):
    client.get("/auth/login")
    client.sign_in("susan")
    cookie = client.browser.get_cookie("device")

    assert cookie.max_age == 365 * 24 * 3600
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_under_tls_the_cookie_is_bound_to_the_host(susan, make_app):
    client = Client(make_app(BASE_URL="https://localhost"))
    client.sign_in("susan")

    assert client.browser.get_cookie("__Host-device").secure


def test_the_device_is_described_in_the_language_of_the_mail(known, susan, app, mailbox):
    susan.credential.locale = "es"
    db.session.commit()
    Client(app, **{"User-Agent": FIREFOX, "Accept-Language": "ko"}).sign_in("susan")

    [mail] = mailbox.receive()
    with force_locale("es"):
        assert devices.label(describe(FIREFOX)) in mailbox.text(mail)
