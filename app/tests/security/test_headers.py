"""Headers on every answer, and what they must say."""

import os
import re
import shutil
from pathlib import Path

import pytest

from app.tests.client import Client
from app.web.assets import STATIC
from app.web.middleware import SECURITY_HEADERS

TEMPLATES = Path(__file__).parents[2] / "templates"
PATHS = ["/", "/auth/login", "/nothing", "/ping", "/avatars/0123456789abcdef.svg", "/edit_profile"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client, path):
    response = client.get(path)

    for name, value in SECURITY_HEADERS.items():
        if name != "Cross-Origin-Resource-Policy":
            assert response.headers[name] == value, name
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-ID"])


@pytest.mark.parametrize("path", PATHS)
def test_other_sites_show_only_what_is_the_same_for_everybody(client, path):
    headers = client.get(path).headers
    is_public = headers["Cache-Control"].startswith("public")

    assert headers["Cross-Origin-Resource-Policy"] == (
        "cross-origin" if is_public else "same-origin"
    )
    assert is_public == (path in {"/avatars/0123456789abcdef.svg", "/edit_profile"})


def test_static_files_carry_them_too_and_are_kept_for_ever(app, client):
    address = app.extensions["assets"]["css/theme.css"]
    response = client.get(address)
    content = response.data
    response.close()

    assert response.status_code == 200
    assert content == (STATIC / "css/theme.css").read_bytes()
    assert response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["/static/../config.py", "/static/..%2f..%2fconfig.py", "/static/", "/static/css/"]
)
def test_nothing_but_static_files_is_served(client, path):
    assert client.get(path).status_code == 404


def test_no_policy_allows_code_in_the_page():
    csp = SECURITY_HEADERS["Content-Security-Policy"]

    assert "default-src 'none'" in csp
    assert "unsafe" not in csp
    assert "http" not in csp


# A mail is no page of ours: it brings its style along, and reads in order where that is dropped.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.parent.name != "emails")


@pytest.mark.parametrize("template", PAGES, ids=lambda path: path.name)
def test_no_template_has_inline_code_or_trusts_a_text(template):
    text = template.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    # What holds data only is never run.
    assert not re.search(r'<script(?! type="application/ld\+json">)(?![^>]*\bsrc=)', text)
    assert not re.search(r"\|\s*safe\b|autoescape false", text)


def test_secure_cookies_and_hsts_come_with_tls(make_app):
    client = Client(make_app(BASE_URL="https://microblog.example"), Host="microblog.example")
    response = client.send("GET", "/auth/login", {"X-Forwarded-Proto": "https"})

    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"]


def test_a_form_needs_no_referer_under_tls(make_app, app):
    settings = {"BASE_URL": "https://microblog.example", "PROXY_HOPS": 1}
    client = Client(
        make_app(**settings), Host="microblog.example", **{"X-Forwarded-Proto": "https"}
    )
    client.browser = client.app.test_client()
    page = client.browser.get("/auth/register", base_url="https://microblog.example")
    client.keep_token(page)

    answer = client.browser.post(
        "/auth/register",
        base_url="https://microblog.example",
        data={"csrf_token": client.token, "username": "wren"},
        headers={"Origin": "https://microblog.example"},
    )

    assert answer.status_code == 422


def test_without_tls_there_is_no_hsts(client):
    response = client.get("/auth/login")

    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Set-Cookie"].startswith("session=")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:80@evil", ""]
)
def test_another_host_is_refused(client, host):
    page = client.get("/", Host=host)

    assert page.status_code == 400
    assert "This site has another name" in page.text


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Original-Host"])
def test_forwarded_hosts_change_nothing(client, header):
    response = client.get("/user/susan", **{header: "host=evil.example"})

    assert "evil" not in response.location


def test_a_signed_out_reader_gets_no_cookie(client):
    for path in ("/", "/explore", "/about"):
        assert "Set-Cookie" not in client.get(path).headers


def test_an_outdated_compressed_file_is_not_served(tmp_path):
    from app.web.assets import _stats

    source, compressed = tmp_path / "a.css", tmp_path / "a.css.gz"
    compressed.write_bytes(b"old")
    source.write_text("new")
    os.utime(compressed, (0, 0))
    assert set(_stats(source)) == {str(source)}

    shutil.copystat(source, compressed)
    assert set(_stats(source)) == {str(source), str(compressed)}
