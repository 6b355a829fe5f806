"""What programs look for at addresses they know."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from app.extensions import db
from app.models.base import utc_now
from app.services import sitemaps
from app.tests.factories import make_post, make_user

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
AT = datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC)


def listed(client, path: str) -> dict[str, str | None]:
    """Return the addresses in a file of the sitemap, each with when it changed."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.mimetype == "application/xml"
    return {
        entry.findtext(f"{NAMESPACE}loc", ""): entry.findtext(f"{NAMESPACE}lastmod")
        for entry in ElementTree.fromstring(answer.data)
    }


def all_listed(client) -> dict[str, str | None]:
    files = (listed(client, path) for path in listed(client, "/sitemap.xml"))
    return {address: changed for file in files for address, changed in file.items()}


def test_the_sitemap_has_what_everybody_may_see(susan, john, client):
    first = make_post(susan, at=AT)
    earlier = make_post(susan, at=AT - timedelta(hours=20))
    next_day = make_post(susan, at=AT + timedelta(seconds=1))
    later = make_post(susan, at=AT + timedelta(days=90))
    for visibility in ("unlisted", "members", "followers", "direct"):
        make_post(susan, visibility=visibility)
    make_post(make_user("silent"), reply_to=first)
    make_post(john)
    john.suspended_at = utc_now()
    db.session.commit()

    assert len(sitemaps.numbers("posts")) == 3
    assert all_listed(client) == {
        "http://localhost/@susan": None,
        "http://localhost/@silent": None,
        f"http://localhost/@susan/{first.id}": "2026-03-12",
        f"http://localhost/@susan/{earlier.id}": "2026-03-12",
        f"http://localhost/@susan/{next_day.id}": "2026-03-13",
        f"http://localhost/@susan/{later.id}": "2026-06-10",
    }


@pytest.fixture
def small_batches(monkeypatch):
    """Let few addresses be many; the statements that say so are made anew, and so are the next."""
    monkeypatch.setattr(sitemaps, "MOST", 4)
    monkeypatch.setattr(sitemaps, "BATCH", 2)
    sitemaps._addresses.cache_clear()
    yield
    sitemaps._addresses.cache_clear()


@pytest.mark.usefixtures("small_batches")
def test_a_file_of_the_sitemap_has_an_end(susan, client, count_queries):
    written = [make_post(susan, at=AT - timedelta(minutes=n)).id for n in range(6)]
    (number,) = sitemaps.numbers("posts")
    del count_queries[:]
    batches = [[row.id for row in batch] for batch in sitemaps.addresses("posts", number)]

    assert batches == [written[:2], written[2:4]]
    assert len(count_queries) == 2


def test_a_file_with_nothing_in_it_is_none(susan, client):
    make_post(susan)

    assert listed(client, "/sitemap.xml")
    for path in ("/sitemaps/posts-1.xml", "/sitemaps/people-999999999999999999.xml",
                 "/sitemaps/posts-0.xml", "/sitemaps/tags-1.xml"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_an_empty_site_has_an_empty_sitemap(client):
    assert listed(client, "/sitemap.xml") == {}


def test_crawlers_are_told_where_to_go(susan, client):
    answer = client.get("/robots.txt")
    closed = re.findall(r"^Disallow: (.+)$", answer.text, re.MULTILINE)

    assert answer.content_type == "text/plain; charset=utf-8"
    assert "Sitemap: http://localhost/sitemap.xml\n" in answer.text
    for path in ("/settings", "/auth/login", "/search?q=soup", "/compose", "/posts/1/edit"):
        assert path.startswith(tuple(closed)), path
    for path in ("/", "/@susan", "/@susan/feed.atom", "/tags/soup", "/explore", "/about"):
        assert not path.startswith(tuple(closed)), path


def test_password_managers_find_where_a_password_is_changed(client, client_of, susan):
    answer = client.get("/.well-known/change-password")

    assert answer.status_code == 303
    assert 'action="/settings/account/password"' in client_of(susan).get(answer.location).text
    assert client.get("/.well-known/resource-that-should-not-exist").status_code == 404


def test_the_site_can_be_installed(client):
    page = client.get("/explore").text
    manifest = client.get(re.search(r'<link rel="manifest" href="([^"]+)">', page)[1])
    touch = re.search(r'<link rel="apple-touch-icon" href="([^"]+)">', page)[1]

    assert manifest.mimetype == "application/manifest+json"
    assert manifest.headers["X-Content-Type-Options"] == "nosniff"
    assert "manifest-src 'self'" in manifest.headers["Content-Security-Policy"]
    said = manifest.json
    assert (said["name"], said["start_url"], said["display"]) == ("Microblog", "/", "standalone")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in said["icons"]}
    assert "maskable" in {icon["purpose"] for icon in said["icons"]}
    icons = {icon["src"]: icon["type"] for icon in said["icons"]} | {touch: "image/png"}
    for address, type_ in icons.items():
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, type_)
        answer.close()
    for shortcut in said["shortcuts"]:
        assert client.get(shortcut["url"]).status_code in {200, 303}


def test_an_icon_is_found_without_a_page(client):
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    found = client.get(answer.location)
    assert found.mimetype == "image/png"
    found.close()
