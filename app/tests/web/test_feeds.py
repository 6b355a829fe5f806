"""Atom, RSS and JSON Feed: sound, and what everybody may see, whoever asks."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
from sqlalchemy import update

from app.extensions import db
from app.models import Picture, Pin, Post, User
from app.models.base import utc_now
from app.services import edits, posts, reposts
from app.services.contents import Content
from app.tests.client import Client
from app.tests.factories import make_post, make_user

ENDINGS = ("atom", "rss", "json")
TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}
SOURCES = ("/@susan", "/tags/soup", "/explore")
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = ']]></content>"><svg/onload=1>{{7*7}}<!-- \u202eRTL\u202c 👩\u200d👧 &amp; 한국어'
AT = datetime(2026, 3, 12, 18, 22, tzinfo=UTC)
_ALTERNATE = re.compile(r'<link rel="alternate" type="([^"]+)" href="([^"]+)" title="(.+)">')
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def feeds(*sources: str) -> Iterator[tuple[str, str]]:
    """Yield the address of each feed, and its ending."""
    for source in sources:
        for ending in ENDINGS:
            yield f"{source}/feed.{ending}", ending


def items_of(response) -> list[dict]:
    """Return what a feed says, as JSON Feed names it, after a look at whether it is sound."""
    if response.mimetype == "application/feed+json":
        return _items_of_json(response.json)
    root = ElementTree.fromstring(response.data)
    (_check_atom if root.tag == f"{ATOM}feed" else _check_rss)(root)
    # Sanitised, as readers do.
    found = feedparser.parse(response.data, sanitize_html=False)
    assert not found.bozo, found.get("bozo_exception")
    return [_item_of(entry) for entry in found.entries]


def _item_of(entry) -> dict:
    content = entry.content[0].value if "content" in entry else entry.description
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.get("title", ""),
        "content_html": content,
        "tags": [tag.term for tag in entry.get("tags", [])],
        "language": entry.get("language") or entry.get("title_detail", {}).get("language"),
        "author": entry.author,
        "attachments": [link.href for link in entry.links if link.rel == "enclosure"],
    }


def _items_of_json(feed: dict) -> list[dict]:
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert all(feed[name].startswith("http://localhost/") for name in ("home_page_url", "feed_url"))
    assert all(author.keys() & {"name", "url", "avatar"} for author in feed["authors"])
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        assert MOMENT.fullmatch(item["date_published"])
        assert MOMENT.fullmatch(item["date_modified"])
        assert all({"url", "mime_type"} <= each.keys() for each in item.get("attachments", []))
        item["author"] = item["authors"][0]["name"]
        item["attachments"] = [each["url"] for each in item.get("attachments", [])]
        item.setdefault("title", "")
        item.setdefault("tags", [])
    return feed["items"]


def _check_atom(root) -> None:
    """Look for all that RFC 4287 asks for."""
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert element.find(f"{ATOM}author/{ATOM}name").text
        assert MOMENT.fullmatch(element.find(f"{ATOM}updated").text)
        links = [(link.get("rel"), link.get("type")) for link in element.findall(f"{ATOM}link")]
        alternates = [link for link in links if link[0] == "alternate"]
        # Of one type and language there may be one only.
        assert alternates == [("alternate", "text/html")]
        assert all(link.get("href") for link in element.findall(f"{ATOM}link"))
    assert root.find(f"{ATOM}link[@rel='self']") is not None
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    ids = [entry.find(f"{ATOM}id").text for entry in root.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    assert all(term.get("term") for term in root.iter(f"{ATOM}category"))


def _check_rss(root) -> None:
    """Look for all that RSS 2.0 and its advisory board ask for."""
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1, name
    assert channel.find(f"{ATOM}link[@rel='self']").get("type") == "application/rss+xml"
    assert channel.find("image/link").text == channel.find("link").text
    for item in channel.findall("item"):
        assert item.find("description") is not None
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.find("pubDate").text.endswith(" GMT")
        assert len(item.findall("enclosure")) <= 1
        assert all(
            {*each.keys()} >= {"url", "type", "length"} for each in item.findall("enclosure")
        )


def test_each_feed_is_sound_and_says_what_everybody_may_see(susan, client):
    post = make_post(susan, "The #soup is ready, @susan", at=AT, language="ko")
    for visibility in ("members", "followers", "direct"):
        make_post(susan, f"{visibility} #soup", visibility=visibility)
    for path, ending in feeds(*SOURCES):
        response = client.get(path)
        (item,) = items_of(response)

        assert response.mimetype == TYPES[ending]
        assert item["id"] == post.uri
        assert item["url"] == f"http://localhost/@susan/{post.id}"
        assert 'href="http://localhost/tags/soup"' in item["content_html"]
        assert 'href="http://localhost/@susan"' in item["content_html"]
        assert (item["tags"], item["language"], item["author"]) == (["soup"], "ko", "susan")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in response.headers


def test_nothing_that_is_typed_breaks_a_feed(susan, client):
    susan.display_name = susan.bio = HOSTILE
    make_post(susan, HOSTILE)
    make_post(susan, "Soup", warning="]]>" + HOSTILE[:40])
    # What no form lets pass, but an import might.
    broken = make_post(susan, "x")
    db.session.execute(update(Post).where(Post.id == broken.id).values(html="<p>a\x0bb\ufffec</p>"))
    db.session.commit()
    for path, _ in feeds("/@susan"):
        items = items_of(client.get(path))

        assert len(items) == 3
        assert "<svg" not in "".join(item["content_html"] for item in items)
        assert "{{7*7}}" in items[2]["content_html"]
        assert "한국어" in items[2]["content_html"]
        assert items[1]["title"].startswith("]]>")


def test_what_is_folded_away_stays_so(susan, client):
    for name in ("seen", "sensitive", "warned"):
        make_post(
            susan,
            f"Words of {name} #about_{name}",
            pictures=[_picture(susan, name)],
            sensitive=name == "sensitive",
            warning="Soup opera" if name == "warned" else "",
        )
    for path, _ in feeds("/@susan"):
        warned, sensitive, seen = items_of(client.get(path))

        assert warned["title"] == "Soup opera"
        assert "Words" not in str(warned)
        assert "about_" not in str(warned)
        assert (sensitive["tags"], seen["tags"]) == (["about_sensitive"], ["about_seen"])
        assert "Words of sensitive" in sensitive["content_html"]
        assert warned["attachments"] == sensitive["attachments"] == []
        assert "/media/" not in str((warned, sensitive))
        assert 'alt="alt of seen"' in seen["content_html"]
        assert seen["attachments"] == [f"http://localhost/media/{'seen':0>32}/large.webp"]


def _picture(owner: User, name: str) -> tuple[int, str]:
    """Make a picture, without its files, and return what a `Content` says of it."""
    columns = {"width": 1600, "height": 900, "small_width": 640, "small_height": 360, "size": 9}
    picture = Picture(owner_id=owner.id, key=f"{name:0>32}", placeholder="data:,", **columns)
    db.session.add(picture)
    db.session.commit()
    return picture.id, f"alt of {name}"


def test_a_repost_is_told_with_its_author_and_what_is_pinned_in_its_place(susan, john, client):
    pinned = make_post(susan, "Pinned", at=AT)
    db.session.add(Pin(post_id=pinned.id, user_id=susan.id, position=1))
    original = make_post(john, "By John", at=AT)
    reposts.repost(susan, original.id)
    db.session.commit()
    for path, _ in feeds("/@susan"):
        first, second = items_of(client.get(path))

        assert "Pinned" in second["content_html"]
        assert first["author"] == "john"
        assert first["url"] == f"http://localhost/@john/{original.id}"
        assert first["id"] not in {original.uri, pinned.uri}
        assert "@john" in first["title"]


def test_a_feed_goes_on_below_its_last_entry(susan, make_app):
    written = [make_post(susan, f"Post {n}").uri for n in range(5)]
    browser = Client(make_app(PAGE_SIZE=2))
    for path, _ in feeds("/@susan"):
        found, next_path = [], path
        while next_path:
            response = browser.get(next_path)
            found += [item["id"] for item in items_of(response)]
            next_path = _next_of(response)

        assert found == written[::-1]


def _next_of(response) -> str:
    if response.mimetype == "application/feed+json":
        return response.json.get("next_url", "")
    links = feedparser.parse(response.data).feed.links
    return next((link.href for link in links if link.rel == "next"), "")


def test_a_reader_that_has_it_gets_nothing(susan, client):
    post = make_post(susan, "Soup", at=AT)
    for path, _ in feeds("/@susan"):
        first = client.get(path)
        etag, date = first.headers["ETag"], first.headers["Last-Modified"]

        assert date == "Thu, 12 Mar 2026 18:22:00 GMT"
        assert _status(client, path, etag, "Thu, 01 Jan 1970 00:00:00 GMT") == 304
        assert _status(client, path, "", date) == 304
        answer = client.get(path, **{"If-None-Match": etag})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        head = client.send("HEAD", path, {})
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)
    newer = make_post(susan, "More")
    assert _status(client, path, "", date) == 200
    later = client.get(path).headers["Last-Modified"]
    posts.delete(susan, newer.id)
    db.session.commit()
    # The date goes back.
    assert _status(client, path, "", later) == 200
    assert _status(client, path, etag) == 304
    edits.edit(susan, post.id, 0, Content("Stew"))
    db.session.commit()
    assert _status(client, path, etag) == _status(client, path, "", date) == 200


def _status(client: Client, path: str, etag: str, date: str = "") -> int:
    given = {"If-None-Match": etag, "If-Modified-Since": date}
    return client.get(path, **{name: value for name, value in given.items() if value}).status_code


def test_a_feed_that_is_known_costs_two_queries(susan, make_app, client, count_queries):
    make_post(susan, "Soup #soup")
    etag = client.get("/@susan/feed.atom").headers["ETag"]
    # A commit, so that it is not known from before that nothing has changed.
    make_user("john")
    del count_queries[:]
    known = client.get("/@susan/feed.atom", **{"If-None-Match": etag})
    of_known = [*count_queries]
    del count_queries[:]
    make_user("wren")
    del count_queries[:]
    client.get("/@susan/feed.atom")

    assert known.status_code == 304
    assert len(of_known) == 2
    assert len(count_queries) <= 5


def test_a_feed_may_be_empty(susan, client):
    for path, _ in feeds(*SOURCES):
        assert items_of(client.get(path)) == []


def test_a_feed_is_there_as_long_as_its_owner(susan, john, client):
    assert client.get("/@Susan/feed.atom?before=9").location == "/@susan/feed.atom?before=9"
    assert client.get("/tags/SOUP/feed.rss").location == "/tags/soup/feed.rss"
    assert client.get("/@nobody_here/feed.atom").status_code == 404
    assert client.get("/@susan/feed.xml").status_code == 404
    assert client.get("/tags/%23/feed.atom").status_code == 404
    assert client.get("/explore/feed.atom?before=x").status_code == 400
    make_post(john, "Soup")
    john.suspended_at = utc_now() - timedelta(days=1)
    db.session.commit()

    assert client.get("/@john/feed.json").status_code == 404
    assert items_of(client.get("/explore/feed.json")) == []


def test_pages_lead_to_their_feeds(susan, client, client_of):
    make_post(susan, "#soup")
    for browser in (client, client_of(susan)):
        for path in SOURCES:
            page = browser.get(path).text
            found = _ALTERNATE.findall(page)
            assert [type_ for type_, *_ in found] == [*TYPES.values()]
            for type_, href, title in found:
                assert client.get(href).mimetype == type_
                assert title.strip()
            assert f'href="{path}/feed.atom" type=' in page.partition("site-foot")[2]
