"""The policy of routes: what each declares, and that it is enforced."""

import re

import pytest
from flask import Flask

from app.tests.client import Client
from app.tests.factories import make_post
from app.web.policy import SAFE_METHODS, Access, Cache, policy_of

# An address for each placeholder in a route.
EXAMPLES = {
    "username": "susan",
    "post_id": "1",
    "tag": "soup",
    "topic": "mentions",
    "seed": "0123456789abcdef",
    "kind": "followers",
    "part": "posts",
    "ending": "atom",
    "tab": "replies",
    "action": "like",
    "reaction": "likes",
    "language": "ko",
    "token": "x",
    "key": "0" * 32,
    "size": "small",
    "portrait": "avatar",
    "number": "1",
    "session_id": "1",
    "export_id": "1",
    "conversation_id": "1",
    "message_id": "1",
    "group_id": "1",
}


def routes(app: Flask):
    """Return (method, path, policy) of every route."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: EXAMPLES[match[1]], rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path, policy_of(app, rule.endpoint)


def test_an_undeclared_route_stops_the_application(make_app):
    from app.web import policy

    app = make_app()
    app.view_functions["forgotten"] = lambda: ""
    app.url_map.add(app.url_rule_class("/forgotten", endpoint="forgotten"))

    with pytest.raises(LookupError, match="forgotten"):
        policy.init_app(app)


def test_each_route_for_members_asks_others_to_sign_in(app, susan, client):
    client.get("/auth/login")
    for method, path, policy in routes(app):
        if policy.access is not Access.MEMBER:
            continue
        response = client.get(path) if method == "GET" else client.post(path)
        assert response.status_code == 303, (method, path)
        assert response.location.startswith("/auth/login"), (method, path)


def test_each_unsafe_route_refuses_a_form_without_our_token(app, susan, client_of):
    browser = client_of(susan)
    for method, path, _ in routes(app):
        if method in SAFE_METHODS:
            continue
        for token in ("", "x", browser.token[:-2]):
            response = browser.post(path, {"csrf_token": token})
            assert response.status_code == 400, (method, path, token)


def test_each_unsafe_route_refuses_another_sites_page(app, susan, client_of):
    browser = client_of(susan)
    for method, path, _ in routes(app):
        if method in SAFE_METHODS:
            continue
        for origin in (
            "https://evil.example",
            "null",
            "http://localhost.evil.example",
            "http://[",
            "",
        ):
            assert browser.post(path, Origin=origin).status_code == 400, (method, path, origin)
        response = browser.post(path, **{"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 400, (method, path)


def test_each_unsafe_route_accepts_nothing_but_forms(app, susan, client_of):
    browser = client_of(susan)
    for method, path, _ in routes(app):
        if method not in SAFE_METHODS:
            response = browser.send("POST", path, {"Content-Type": "application/json"}, None)
            assert response.status_code in {400, 415}, (method, path)


def test_each_unsafe_route_for_members_has_a_limit(app):
    for method, path, policy in routes(app):
        if method not in SAFE_METHODS and policy.access is not Access.ANYBODY:
            assert policy.limits, (method, path)


def test_each_page_renders_in_each_language(app, susan, client_of):
    make_post(susan, "#soup")
    browser = client_of(susan)
    visitor = Client(app)
    for language in ("en", "es", "ko"):
        visitor.get(f"/language/{language}")
        for method, path, policy in routes(app):
            if method != "GET" or policy.cache not in {Cache.PRIVATE, Cache.NEVER}:
                continue
            if path.startswith("/language/"):
                continue
            for reader in (visitor, browser):
                response = reader.get(path)
                status = response.status_code
                assert status in {200, 204, 301, 303, 403, 404}, (path, status)
                if reader is visitor and status == 200 and "<html" in response.text:
                    assert f'<html lang="{language}"' in response.text, path


def test_nothing_private_may_be_kept_by_others(app, susan, client_of):
    browser = client_of(susan)
    for method, path, policy in routes(app):
        if method != "GET":
            continue
        response = browser.get(path)
        kept = response.headers["Cache-Control"]
        if response.status_code >= 400:
            assert kept == "no-store", path
        else:
            assert kept == policy.cache.value, path
        if policy.cache in {Cache.PRIVATE, Cache.NEVER}:
            assert "Cookie" in response.headers.get("Vary", ""), path


def test_members_are_sent_away_from_the_sign_in_form(susan, client_of):
    response = client_of(susan).get("/auth/login?next=/explore")

    assert response.status_code == 303
    assert response.location == "/explore"


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_overridden(susan, client_of, header):
    post = make_post(susan)
    browser = client_of(susan)

    browser.get(f"/posts/{post.id}/delete?_method=POST", **{header: "POST"})

    assert browser.get(f"/@susan/{post.id}").status_code == 200


def test_only_what_a_route_takes_is_allowed(client):
    response = client.get("/posts")

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
