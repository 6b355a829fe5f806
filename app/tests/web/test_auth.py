"""Signing up, in and out, as a browser does it."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, User, UserSession
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user


def sign_up(client, **fields):
    client.get("/auth/register")
    values = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD}
    return client.post("/auth/register", values | fields)


def test_somebody_signs_up_signs_in_and_is_welcomed(client):
    answer = sign_up(client)
    assert answer.status_code == 303
    assert answer.location == "/auth/login?username=wren"
    assert 'value="wren"' in client.get(answer.location).text

    home = client.sign_in("wren")

    assert home.location == "/"
    client_page = client.get("/").text
    assert "Your home is quiet for now" in client_page


def test_the_welcome_is_said_once(client):
    sign_up(client)
    client.get("/auth/login")
    client.post("/auth/login", {"username": "wren", "password": PASSWORD})
    assert "Welcome to Microblog, wren." in client.get("/").text

    client.post("/auth/logout")
    client.get("/auth/login")
    client.post("/auth/login", {"username": "wren", "password": PASSWORD})
    assert "Welcome to Microblog" not in client.get("/").text


def test_all_that_is_wrong_is_said_at_once_beside_its_field(susan, client):
    page = sign_up(client, username="susan", email="nonsense", password="soup")

    assert page.status_code == 422
    assert "3 things need another look" in page.text
    assert "@susan is taken. Still free: @susan_" in page.text
    assert "This is not an e-mail address" in page.text
    assert "This has 4 characters; a password needs at least 12." in page.text
    assert page.text.count('aria-invalid="true"') == 3
    assert 'value="susan"' in page.text
    assert 'value="nonsense"' in page.text
    assert "<title>3 problems · Create an account" in page.text


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_nothing_may_be_left_out(client, field):
    page = sign_up(client, **{field: ""})

    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 1


@pytest.mark.parametrize(
    "username",
    ["a", "x" * 31, "wr en", "wrén", "ѡren", "ｗren", "wr\u200ben", "admin", "adm1n", "static"],
)
def test_a_name_that_deceives_or_is_kept_back_is_refused(client, username):
    assert sign_up(client, username=username).status_code == 422


@pytest.mark.parametrize(
    "email",
    [
        "x",
        "x@",
        "@x.example",
        "a b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@[127.0.0.1]",
        "a" * 300,
    ],
)
def test_what_is_no_address_is_refused(client, email):
    assert sign_up(client, email=email).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_an_address_that_has_an_account_gets_the_same_page(susan, app):
    new, known = Client(app), Client(app)
    answers = [
        sign_up(new, username="wren1", email="new@mail.example"),
        sign_up(known, username="wren1_", email="SUSAN@mail.example"),
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    pages = [
        client.get("/auth/login?username=wren").text.replace(client.token, "")
        for client in (new, known)
    ]
    assert pages[0] == pages[1]
    assert db.session.scalar(select(func.count()).select_from(Credential)) == 3


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


def test_without_remember_me_the_cookie_ends_with_the_browser(susan, client):
    client.get("/auth/login")
    response = client.post("/auth/login", {"username": "susan", "password": PASSWORD})
    assert "Expires" not in response.headers["Set-Cookie"]
    assert not db.session.scalar(select(UserSession.remembered))


def test_remember_me_keeps_the_cookie(susan, client):
    client.get("/auth/login")
    fields = {"username": "susan", "password": PASSWORD, "remember_me": "y"}
    response = client.post("/auth/login", fields)

    assert "Expires" in response.headers["Set-Cookie"]
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


def test_an_account_made_in_korean_speaks_korean(client):
    client.get("/language/ko")
    sign_up(client)
    client.get("/auth/login")
    client.post("/auth/login", {"username": "wren", "password": PASSWORD})

    other = Client(client.app)
    other.sign_in("wren")
    assert '<html lang="ko"' in other.get("/").text
    assert other.browser.get_cookie("language").value == "ko"


def test_a_password_is_never_sent_back(client):
    page = sign_up(client, password="soup").text

    assert "soup" not in page


def test_an_at_sign_before_the_name_is_no_part_of_it(client):
    assert sign_up(client, username="@wren").location == "/auth/login?username=wren"


def test_a_language_that_nobody_chose_is_not_kept(client):
    client.get("/", **{"Accept-Language": "ko"})
    sign_up(client)

    assert db.session.scalar(select(Credential.locale)) is None


def test_many_accounts_may_share_a_password_without_sharing_a_hash(app):
    make_user("one_a")
    make_user("two_b")

    assert len(set(db.session.scalars(select(Credential.password_hash)))) == 2
