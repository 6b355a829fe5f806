import pytest

from app.tests.client import Client
from app.tests.factories import make_user
from app.web.redirects import safe_path

ELSEWHERE = [
    "//e.example",
    "///e.example",
    "////e.example",
    "/\\e.example",
    "\\\\e.example",
    "\\/e.example",
    "https:e.example",
    "https://e.example",
    "http:///e.example",
    "HTTPS://e.example",
    "/\te.example",
    "/\n/e.example",
    "\t//e.example",
    " //e.example",
    "javascript:alert(1)",
    "JaVa\tScript:alert(1)",
    "data:text/html,x",
    "%2f%2fe.example",
    "/%2fe.example",
    "/%5ce.example",
    "//[",
    "localhost.e.example",
    "localhost@e.example",
    "http://localhost@e.example",
    "/a\r\nSet-Cookie: x=y",
    "/ü",
    "",
    None,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_redirect_stays_on_the_site(target):
    assert safe_path(target, "/default") == "/default"


@pytest.mark.parametrize(
    "target",
    ["/", "/@wren", "/@wren/1?before=2", "/messages?page=2", "/tags/%EB%82%A0", "/explore?a=//b"],
)
def test_a_path_of_the_site_is_kept(target):
    assert safe_path(target) == target


@pytest.mark.parametrize("target", [part for part in ELSEWHERE if part])
def test_signing_in_leads_nowhere_else(app, target):
    make_user("susan")
    client = Client(app)
    client.get("/auth/login")

    response = client.browser.post(
        "/auth/login",
        query_string={"next": target},
        data={
            "username": "susan",
            "password": "correct horse battery staple",
            "csrf_token": client.token,
        },
    )

    assert response.status_code in {303, 400}
    if response.status_code == 303:
        assert response.location == "/"


def test_signing_in_leads_back_to_the_page_that_asked(app, client):
    make_user("susan")
    asked = client.get("/settings/profile")
    assert asked.location == "/auth/login?next=/settings/profile"
    client.get(asked.location)

    response = client.post(
        asked.location, {"username": "susan", "password": "correct horse battery staple"}
    )

    assert response.location == "/settings/profile"


@pytest.mark.parametrize("target", ELSEWHERE[:8])
def test_the_language_link_leads_nowhere_else(client, target):
    response = client.browser.get("/language/es", query_string={"next": target})

    assert response.location == "/"
