"""Signing in and out, as a browser does it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from app.database import standing_alone
from app.extensions import db
from app.models import Credential, User, UserSession
from app.models.base import utc_now
from app.tests.authenticator import turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user


def test_a_wrong_password_and_an_unknown_name_look_alike(susan, client):
    client.get("/auth/login")
    pages = [
        client.post("/auth/login", {"username": name, "password": "not the right one"})
        for name in ("susan", "nobody")
    ]

    assert [page.status_code for page in pages] == [422, 422]
    texts = [
        page.text.replace("susan", "X").replace("nobody", "X").replace(client.token, "")
        for page in pages
    ]
    assert texts[0] == texts[1]
    assert "User name, e-mail or password is not right" in texts[0]


def session_cookie(response) -> str:
    [cookie] = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("session=")]
    return cookie


def test_without_remember_me_the_cookie_ends_with_the_browser(susan, client):
    client.get("/auth/login")
    response = client.post("/auth/login", {"username": "susan", "password": PASSWORD})
    assert "Expires" not in session_cookie(response)
    assert not db.session.scalar(select(UserSession.remembered))


def test_remember_me_keeps_the_cookie(susan, client):
    client.get("/auth/login")
    fields = {"username": "susan", "password": PASSWORD, "remember_me": "y"}
    response = client.post("/auth/login", fields)

    assert "Expires" in session_cookie(response)
    assert db.session.scalar(select(UserSession.remembered))


def cookie_of(client):
    return client.browser.get_cookie("session").value


def test_session_and_token_change_at_sign_in(susan, client):
    client.get("/auth/login")
    cookie, token = cookie_of(client), client.token

    client.sign_in("susan")
    assert cookie_of(client) != cookie
    client.get("/")
    assert client.token != token
    assert client.post("/posts", {"body": "x", "csrf_token": token}).status_code == 400


def test_a_cookie_is_worthless_after_sign_out(susan, client):
    client.sign_in("susan")
    stolen = cookie_of(client)
    client.get("/")
    client.post("/auth/logout")
    client.browser.set_cookie("session", stolen)

    assert client.get("/settings/profile").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_signing_out_makes_the_browser_forget_pages(susan, client):
    client.sign_in("susan")
    client.get("/")
    response = client.post("/auth/logout")

    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert "You are signed out." in client.get("/").text


def test_a_tampered_cookie_is_nobodys(susan, client):
    client.sign_in("susan")
    cookie = cookie_of(client)
    client.browser.set_cookie("session", cookie[:-3] + "abc")

    assert client.get("/settings/profile").status_code == 303


def test_a_cookie_of_another_site_is_nobodys(susan, make_app, client):
    client.sign_in("susan")
    other = Client(make_app(SECRET_KEY="another key altogether"))
    other.browser.set_cookie("session", cookie_of(client))

    assert other.get("/settings/profile").status_code == 303


def test_signing_out_needs_a_post(susan, client):
    client.sign_in("susan")

    assert client.get("/auth/logout").status_code == 405
    assert client.get("/settings/profile").status_code == 200


def test_signing_in_takes_the_address_too(susan, client):
    assert client.sign_in("Susan@mail.example").status_code == 303


def test_signing_in_takes_a_user_name_with_its_at_sign(susan, client):
    assert client.sign_in(" @susan").status_code == 303


def test_where_addresses_are_confirmed_a_failed_sign_in_by_address_says_so(susan, make_app):
    strict = Client(make_app(REQUIRE_CONFIRMED_EMAIL=True))
    pages = {
        name: strict.sign_in(name, "wrong").text for name in ("susan@mail.example", "a@b.example")
    }

    for page in pages.values():
        assert "An address works once it is confirmed; until then, use your user name." in page
    assert "An address works" not in strict.sign_in("susan", "wrong").text


def test_elsewhere_an_address_works_at_once(susan, client):
    page = client.sign_in("susan@mail.example", "wrong").text

    assert "User name, e-mail or password is not right." in page
    assert "An address works" not in page


@pytest.mark.parametrize("is_careful", [False, True])
def test_a_password_that_changes_in_this_moment_is_not_right(susan, client, is_careful):
    if is_careful:
        turn_on(susan)
    client.get("/auth/login")

    with before_the_transaction(update(Credential).values(password_hash="another")):
        page = client.post("/auth/login", {"username": "susan", "password": PASSWORD})

    assert page.status_code == 422
    assert "User name, e-mail or password is not right." in page.text
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_with_two_factors_the_password_is_asked_for_again_then(susan, client):
    codes = turn_on(susan)
    client.sign_in("susan")
    client.get("/auth/second-factor")

    with before_the_transaction(update(User).values(suspended_at=utc_now())):
        answer = client.post("/auth/second-factor", {"code": codes[0]})

    assert (answer.status_code, answer.location) == (303, "/auth/login")


@contextmanager
def before_the_transaction(statement):
    """Run a statement as somebody else would, when the next transaction is about to begin."""
    db.session.commit()
    done = []

    def run(connection, *_) -> None:
        if done or connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        done.append(True)
        with standing_alone(db.engine).connect() as another:
            another.execute(statement)

    event.listen(db.engine, "before_cursor_execute", run)
    yield
    event.remove(db.engine, "before_cursor_execute", run)
    assert done


def test_signing_in_keeps_an_account_that_was_to_be_deleted(susan, client):
    susan.deletion_at = utc_now() + timedelta(days=30)
    db.session.commit()
    assert client.get("/@susan").status_code == 404

    client.get("/auth/login")
    client.post("/auth/login", {"username": "susan", "password": PASSWORD})

    assert "Welcome back. Your account will not be deleted." in client.get("/").text
    assert client.get("/@susan").status_code == 200
    db.session.refresh(susan)
    assert susan.deletion_at is None


@pytest.mark.parametrize("state", ["suspended_at", "erased_at"])
def test_who_is_gone_does_not_sign_in(susan, client, state):
    setattr(susan, state, utc_now())
    db.session.commit()

    assert client.sign_in("susan").status_code == 422


def test_many_accounts_may_share_a_password_without_sharing_a_hash(app):
    make_user("one_a")
    make_user("two_b")

    assert len(set(db.session.scalars(select(Credential.password_hash)))) == 2
