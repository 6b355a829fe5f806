"""Posts on other sites: oEmbed, and the page for a frame."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from app.extensions import db
from app.models import Visibility
from app.services import posts, usernames
from app.tests.client import Client
from app.tests.factories import make_post
from app.tests.web.test_sharing import PAYLOAD, make_picture
from app.web.middleware import SECURITY_HEADERS
from app.web.policy import policy_of

CLOSED = sorted(set(Visibility) - {Visibility.PUBLIC, Visibility.UNLISTED})


def ask(client: Client, url: str, more: str = ""):
    return client.get(f"/oembed?url={quote(url, safe='')}{more}")


def test_oembed_describes_a_frame_with_the_post(susan, client):
    susan.display_name = PAYLOAD
    post = make_post(susan, PAYLOAD)
    response = ask(client, f"http://localhost/@susan/{post.id}?from=mail#top", "&format=json")
    told = response.json

    assert response.mimetype == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    html = told.pop("html")
    assert told == {
        "version": "1.0",
        "type": "rich",
        "title": PAYLOAD,
        "author_name": PAYLOAD,
        "author_url": "http://localhost/@susan",
        "provider_name": "Microblog",
        "provider_url": "http://localhost",
        "cache_age": 300,
        "width": 550,
        "height": 240,
    }
    assert re.fullmatch(r"<iframe( \w+=\"[^\"<>]*\")+></iframe>", html)
    assert f'src="http://localhost/@susan/{post.id}/embed"' in html
    assert unescape(re.search('title="([^"]*)"', html)[1]) == f"Post by {PAYLOAD}"


def test_the_frame_is_no_larger_than_asked_for(susan, client):
    post = make_post(susan, "soup " * 99, pictures=[make_picture(susan)])
    url = f"http://localhost/@susan/{post.id}"

    assert (ask(client, url).json["width"], ask(client, url).json["height"]) == (550, 640)
    small = ask(client, url, "&maxwidth=320&maxheight=200").json
    assert (small["width"], small["height"]) == (320, 200)
    assert 'width="320" height="200"' in small["html"]
    assert ask(client, url, "&maxwidth=9999&maxheight=").json["width"] == 550


# Address, more parameters, and the answer.
REFUSED = [
    ("http://localhost/@susan/{id}", "&format=xml", 501),
    ("http://localhost/@susan/{id}", "&maxwidth=0", 400),
    ("http://localhost/@susan/{id}", "&maxheight=wide", 400),
    ("http://localhost/@susan/{id}", "&maxheight=-1", 400),
    ("http://localhost/@susan/{id}", "&maxwidth=٣", 400),
    ("", "", 400),
    ("http://localhost/@susan/1", "", 404),
    ("http://localhost/@nobody/{id}", "", 404),
    ("http://localhost/@susan", "", 404),
    ("http://localhost/@susan/{id}/embed", "", 404),
    ("http://localhost/@susan/0{id}", "", 404),
    ("/@susan/{id}", "", 404),
    ("ftp://localhost/@susan/{id}", "", 404),
    ("http://evil.example/@susan/{id}", "", 404),
    ("http://evil@localhost/@susan/{id}", "", 404),
    ("http://[/@susan/{id}", "", 404),
]


def test_oembed_knows_nothing_but_our_permalinks(susan, client):
    post = make_post(susan)
    for url, more, status in REFUSED:
        response = ask(client, url.format(id=post.id), more)
        assert response.status_code == status, (url, more)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("visibility", CLOSED)
def test_what_not_everybody_sees_is_embedded_nowhere_whoever_asks(susan, client_of, visibility):
    post = make_post(susan, "Secret", visibility=visibility)
    author = client_of(susan)
    page = author.get(f"/@susan/{post.id}/embed")

    assert page.status_code == 404
    assert "Secret" not in page.text
    assert ask(author, f"http://localhost/@susan/{post.id}").status_code == 404


def test_the_page_for_a_frame_is_the_same_for_everybody(susan, client, client_of):
    post = make_post(susan, PAYLOAD, warning=PAYLOAD, pictures=[make_picture(susan, PAYLOAD)])
    path = f"/@susan/{post.id}/embed"
    page = client.get(path)
    of_author = client_of(susan).get(path)

    assert page.text == of_author.text
    for part in ("<script", "<form", "<button", "<input", "csrf", "<svg", "<!--", "&gt;49"):
        assert part not in page.text, part
    for response in (page, of_author):
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert "Accept-Language" in response.headers["Vary"]
    assert "<summary" in page.text.partition("post-body")[0]
    assert f"{susan.id:032x}/small.webp" in page.text.partition("post-body")[2]
    assert '<html lang="ko"' in client.get(path, **{"Accept-Language": "ko"}).text


def test_only_that_page_may_be_framed(susan, client):
    post = make_post(susan)
    for path, status in ((f"/@susan/{post.id}/embed", 200), ("/@susan/1/embed", 404)):
        page = client.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert page.status_code == status
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "X-Frame-Options" not in page.headers
        assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in (f"/@susan/{post.id}", f"/@susan/{post.id}/embed?x=%ff", "/@susan/x/embed"):
        headers = client.get(path).headers
        assert dict(headers).items() >= SECURITY_HEADERS.items(), path


def test_no_other_route_is_open_to_other_sites(app):
    policies = {rule.endpoint: policy_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}

    assert {name for name, declared in policies.items() if declared.framed} == {"main.embed"}
    shared = {name for name, declared in policies.items() if declared.shared}
    assert shared == {"main.oembed", "main.explore_feed", "main.profile_feed", "main.tag_feed"}


def test_a_former_name_still_leads_to_the_post(susan, client):
    post = make_post(susan)
    usernames.rename(susan, "suzan")
    db.session.commit()

    assert client.get(f"/@susan/{post.id}/embed").location == f"/@suzan/{post.id}/embed"
    assert client.get(f"/@SUZAN/{post.id}/embed").location == f"/@suzan/{post.id}/embed"
    told = ask(client, f"http://localhost/@susan/{post.id}").json
    assert f"/@suzan/{post.id}/embed" in told["html"]


def test_a_deleted_post_leaves_a_word_in_the_frame(susan, client):
    post = make_post(susan, "Regret")
    posts.delete(susan, post.id)
    db.session.commit()
    page = client.get(f"/@susan/{post.id}/embed")

    assert page.status_code == 404
    assert "Nothing is written here" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_menu_of_a_post_for_everybody_leads_to_the_line_to_copy(susan, client, client_of):
    post = make_post(susan, PAYLOAD)
    secret = make_post(susan, visibility=Visibility.MEMBERS)
    author = client_of(susan)

    assert f'href="/@susan/{post.id}/embed-code"' in client.get(f"/@susan/{post.id}").text
    assert "embed-code" not in author.get(f"/@susan/{secret.id}").text
    assert author.get(f"/@susan/{secret.id}/embed-code").status_code == 404
    page = client.get(f"/@susan/{post.id}/embed-code").text
    code = unescape(re.search("<textarea[^>]*>(.*?)</textarea>", page)[1])
    assert code == ask(client, f"http://localhost/@susan/{post.id}").json["html"]
