"""Signing up, as a browser does it."""

import re

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, Email, User
from app.tests.client import Client
from app.tests.factories import PASSWORD


def sign_up(client, **fields):
    client.get("/auth/register")
    values = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD}
    return client.post("/auth/register", values | fields)


def number_of_users() -> int:
    return db.session.scalars(select(func.count()).select_from(User)).one()


def test_the_first_is_told_that_the_site_is_theirs(client):
    sign_up(client)

    assert "Yours is the first account, so the site is yours." in client.get("/").text


def test_who_signs_up_is_signed_in_and_welcomed(owner, client):
    answer = sign_up(client)

    assert (answer.status_code, answer.location) == (303, "/")
    home = client.get("/").text
    assert "Welcome to Microblog, wren. Your account is ready." in home
    assert "Your home is quiet for now" in home


def test_the_welcome_is_said_once(client):
    sign_up(client)
    assert "Welcome to Microblog" in client.get("/").text
    assert "Welcome to Microblog" not in client.get("/").text

    client.post("/auth/logout")
    client.get("/auth/login")
    client.post("/auth/login", {"username": "wren", "password": PASSWORD})
    assert "Welcome to Microblog" not in client.get("/").text


def test_where_addresses_are_confirmed_the_welcome_says_where_the_mail_went(owner, make_app):
    client = Client(make_app(REQUIRE_CONFIRMED_EMAIL=True))
    sign_up(client)

    assert "We have sent a mail to wren@mail.example." in client.get("/").text


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
        "a@x.example,b@x.example",
        "a@[127.0.0.1]",
        "a" * 300,
    ],
)
def test_what_is_no_address_is_refused(client, email):
    assert sign_up(client, email=email).status_code == 422
    assert number_of_users() == 0


def test_an_account_made_in_korean_speaks_korean(client):
    client.get("/language/ko")
    sign_up(client)

    other = Client(client.app)
    other.sign_in("wren")
    assert '<html lang="ko"' in other.get("/").text
    assert other.browser.get_cookie("language").value == "ko"


def test_a_password_is_never_sent_back(client):
    page = sign_up(client, password="soup").text

    assert "soup" not in page


def test_an_at_sign_before_the_name_is_no_part_of_it(client):
    sign_up(client, username="@wren")

    assert db.session.scalar(select(User.username)) == "wren"


def test_a_language_that_nobody_chose_is_not_kept(client):
    client.get("/", **{"Accept-Language": "ko"})
    sign_up(client)

    assert db.session.scalar(select(Credential.locale)) is None


@pytest.fixture(params=[False, True], ids=["unconfirmed is fine", "must be confirmed"])
def strict_app(request, make_app, owner):
    return make_app(REQUIRE_CONFIRMED_EMAIL=request.param)


def what_is_seen(app, email: str) -> list[tuple[int, str, str]]:
    """Return all that a browser sees of signing up with an address and of looking around."""
    client = Client(app)
    answers = [
        sign_up(client, username="wren", email=email),
        *(client.get(path) for path in ("/", "/@wren", "/settings/account", "/settings/profile")),
        client.post("/auth/confirm"),
        client.get("/"),
    ]
    return [(a.status_code, a.location or "", without_secrets(a.text, email)) for a in answers]


def without_secrets(page: str, email: str) -> str:
    """Return a page without what differs each time: tokens, ids, the address itself."""
    page = re.sub(r'((?:csrf_token|key)"[^>]* value="|/avatars/|data-viewer=")[^"]+', r"\1", page)
    return page.replace(email, "ADDRESS")


def test_an_address_that_has_an_account_looks_like_one_that_has_none(susan, strict_app):
    unknown = what_is_seen(strict_app, "fresh@mail.example")
    _rename_wren()
    known = what_is_seen(strict_app, "susan@mail.example")

    assert known == unknown
    assert [status for status, *_ in known] == [303, 200, 200, 200, 200, 303, 200]


def _rename_wren() -> None:
    """Let the same name be had again."""
    user = db.session.scalars(select(User).where(User.username == "wren")).one()
    db.session.delete(user)
    db.session.commit()


def test_an_address_that_has_an_account_takes_as_many_queries(susan, strict_app, count_queries):
    def queries_of(username: str, email: str) -> list[str]:
        client = Client(strict_app)
        client.get("/auth/register")
        count_queries.clear()
        fields = {"username": username, "email": email, "password": PASSWORD}
        assert client.post("/auth/register", fields).status_code == 303
        return [*count_queries]

    known = queries_of("robin", "SUSAN@mail.example")
    assert known == queries_of("raven", "fresh@mail.example")


def test_the_owner_of_an_address_is_told_and_keeps_it(susan, client, mailbox):
    sign_up(client, email="susan@mail.example")

    [told] = mailbox.receive()
    assert told["To"] == "susan@mail.example"
    assert "@wren" in mailbox.text(told)
    assert "@susan" in mailbox.text(told)
    assert Client(client.app).sign_in("susan@mail.example").status_code == 303


def test_the_owner_of_an_address_is_told_once_a_day(susan, app, mailbox):
    for name in ("wren", "robin", "raven"):
        sign_up(Client(app), username=name, email="susan@mail.example")

    assert len(mailbox.receive()) == 1


def test_the_mail_speaks_the_language_of_the_page(app, mailbox):
    sign_up(Client(app, **{"Accept-Language": "es"}))
    mailbox.receive()

    assert db.session.scalars(select(Email.locale)).all() == ["es"]


def test_a_new_address_gets_one_mail_with_a_link(client, mailbox):
    sign_up(client, email="Wren+notes@mail.example")

    [mail] = mailbox.receive()
    assert mail["X-Envelope-To"] == "Wren+notes@mail.example"
    assert mailbox.link(mail).startswith("/auth/confirm/")
