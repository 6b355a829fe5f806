"""Where a member is signed in: seeing it, and ending it."""

import re

from sqlalchemy import func, select

from app.extensions import db
from app.models import UserSession
from app.tests.client import Client

PAGE = "/settings/sessions"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def phone_of(user, app) -> Client:
    browser = Client(app, "203.0.113.7", **{"User-Agent": PHONE})
    browser.sign_in(user.username)
    return browser


def ids_on(page) -> list[int]:
    return [int(found) for found in re.findall(rf'formaction="{PAGE}/(\d+)/end"', page.text)]


def session_id_of(user):
    found = db.session.scalar(select(UserSession.id).where(UserSession.user_id == user.id))
    # What the test itself has read must not hold a transaction open: SQLite has one writer.
    db.session.commit()
    return found


def test_each_session_tells_device_address_and_time(app, susan, client_of):
    browser = client_of(susan)
    phone_of(susan, app)
    page = browser.get(PAGE).text

    assert "Safari on iPhone" in page
    assert "203.0.113.7" in page
    assert page.count("This device") == 1
    assert page.count("<time") == 3
    # That at hand first.
    assert page.index("This device") < page.index("Safari on iPhone")


def test_a_session_is_ended_from_another(app, susan, client_of):
    browser, phone = client_of(susan), phone_of(susan, app)
    [phone_id] = ids_on(browser.get(PAGE))
    ended = browser.post(f"{PAGE}/{phone_id}/end")

    assert ended.location == PAGE
    assert "That device is signed out." in browser.get(PAGE).text
    assert phone.get(PAGE).location.startswith("/auth/login")


def test_all_others_are_ended_at_once(app, susan, client_of):
    browser = client_of(susan)
    phones = [phone_of(susan, app) for _ in range(3)]
    browser.get(PAGE)
    browser.post(f"{PAGE}/end_others")

    assert [phone.get(PAGE).status_code for phone in phones] == [303] * 3
    page = browser.get(PAGE)
    assert ids_on(page) == []
    assert "Sign out everywhere else" not in page.text


def test_sessions_of_others_do_not_exist(app, susan, john, client_of):
    browser = client_of(susan)
    client_of(john)
    of_john = session_id_of(john)

    assert browser.post(f"{PAGE}/{of_john}/end").status_code == 404
    assert browser.post(f"{PAGE}/{of_john + 1}/end").status_code == 404
    browser.post(f"{PAGE}/end_others")
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 2


def test_ending_the_session_at_hand_signs_out(susan, client_of):
    browser = client_of(susan)
    browser.post(f"{PAGE}/{session_id_of(susan)}/end")

    assert browser.get(PAGE).status_code == 303


def test_a_header_of_a_browser_cannot_write_into_the_page(app, susan, client_of):
    stranger = Client(app, **{"User-Agent": "<script>alert(1)</script>Firefox/1 Linux"})
    stranger.sign_in("susan")
    page = client_of(susan).get(PAGE).text

    assert "Firefox on Linux" in page
    assert "<script>alert" not in page


def test_the_page_costs_the_same_however_many(app, susan, client_of, count_queries):
    browser = client_of(susan)
    for _ in range(5):
        phone_of(susan, app)
    count_queries.clear()
    browser.get(PAGE)

    assert len(count_queries) == 2
