"""What goes wrong, told to people and to programs."""

import pytest
from flask import abort

from app.extensions import db
from app.services.errors import (
    InvalidCursor,
    LinkInvalid,
    NotAllowed,
    NotConfirmed,
    NotFound,
    OwnerMustStay,
)
from app.tests.client import Client
from app.web.policy import Access, policy

STATUSES = [400, 403, 404, 405, 413, 415, 429, 500, 503]


@pytest.fixture
def broken(make_app):
    """Return a browser of an application with a route for each thing that goes wrong."""
    app = make_app()

    @policy(Access.ANYBODY)
    def fail(status: int):
        if status == 500:
            raise RuntimeError("secret detail")
        abort(status)

    app.view_functions["fail"] = fail
    app.url_map.add(app.url_rule_class("/fail/<int:status>", endpoint="fail"))
    return Client(app)


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_is_a_page_of_the_site(broken, status):
    response = broken.get(f"/fail/{status}")

    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert '<p class="error-code" aria-hidden="true">' + str(status) in response.text
    assert response.headers["X-Request-ID"] in response.text
    assert "secret detail" not in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_is_json_for_a_program(broken, status):
    response = broken.get(f"/fail/{status}", Accept="application/json")

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == status
    assert response.json["request_id"] == response.headers["X-Request-ID"]
    assert "secret detail" not in response.text


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["es", "ko"])
def test_an_error_speaks_the_browsers_language(broken, status, language):
    page = broken.get(f"/fail/{status}", **{"Accept-Language": language}).text

    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/json;q=0.9", ""])
def test_a_browser_gets_a_page(client, accept):
    assert client.get("/nothing", Accept=accept).mimetype == "text/html"


@pytest.mark.parametrize("status", [404, 500, 503])
def test_error_pages_need_no_database(broken, susan, count_queries, status):
    broken.sign_in("susan")
    count_queries.clear()
    broken.get(f"/fail/{status}")

    assert count_queries == []


def test_a_failed_request_leaves_nothing_behind(broken, app):
    from app.tests.factories import make_user

    @policy(Access.ANYBODY)
    def half():
        make_half()
        raise RuntimeError

    def make_half():
        from app.services import accounts

        accounts.register("halfway", "half@mail.example", "correct horse battery staple")

    broken.app.view_functions["half"] = half
    broken.app.url_map.add(broken.app.url_rule_class("/half", endpoint="half", methods=["POST"]))
    broken.get("/auth/login")
    assert broken.post("/half").status_code == 500

    assert make_user("halfway")
    db.session.rollback()


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotAllowed(), 403, "This is not yours to do"),
        (NotConfirmed(), 403, "Confirm your e-mail address first"),
        (OwnerMustStay(), 403, "This site needs its owner"),
        (NotFound(), 404, "Nothing is written here"),
        (InvalidCursor(), 400, "That request makes no sense"),
        (LinkInvalid(), 400, "That request makes no sense"),
    ],
)
def test_what_the_domain_refuses_has_its_status_and_words(broken, error, status, title):
    @policy(Access.ANYBODY)
    def refuse():
        raise error

    broken.app.view_functions["refuse"] = refuse
    broken.app.url_map.add(broken.app.url_rule_class("/refuse", endpoint="refuse"))
    page = broken.get("/refuse")

    assert page.status_code == status
    assert title in page.text


def test_an_old_form_is_told_so(susan, client_of):
    browser = client_of(susan)
    browser.token = "old"
    page = browser.post("/posts", {"body": "x"})

    assert page.status_code == 400
    assert "This form has grown old" in page.text


def test_the_log_has_the_request_id_and_no_secrets(make_app, susan, capfd):
    browser = Client(make_app(LOG_LEVEL="INFO", LOG_FORMAT="json"))
    browser.get("/auth/login?token=hidden-token")
    response = browser.post(
        "/auth/login", {"username": "susan", "password": "correct horse battery staple"}
    )
    # The line is written when the answer is through.
    response.close()
    logged = capfd.readouterr().err

    line = next(line for line in logged.splitlines() if response.headers["X-Request-ID"] in line)
    for part in (
        '"method": "POST"',
        '"route": "/auth/login"',
        '"status": 303',
        '"queries":',
        '"ms":',
    ):
        assert part in line
    assert f'"user_id": {susan.id}' in line
    for secret in ("correct horse", "hidden-token", browser.token):
        assert secret not in logged


def test_who_is_signed_in_is_not_told_to_sign_in(susan, client, client_of):
    assert "sign in and try again" in client.get("/@nobody").text
    page = client_of(susan).get("/@nobody")

    assert page.status_code == 404
    assert "sign in and try again" not in page.text
