"""Pages kept for readers who are not signed in: never another reader's, never out of date."""

import gzip
import re
import time
from contextvars import Context
from threading import Thread

import brotli
import flask_migrate
import pytest
from sqlalchemy import update

from app import create_app
from app.database import version_of
from app.extensions import db
from app.models import User
from app.services import posts
from app.tests.client import Client
from app.tests.factories import make_post, make_user
from app.web.page_cache import MAX_AGE, OVERHEAD, KeptPage, PageCache
from app.web.policy import VARYING, policy_of

# Not whole pages, but what stands on them.
PARTS = ("/news", "/card")
EXAMPLES = {"tag": "soup", "tab": "replies", "kind": "followers", "ending": "atom"}


def kept_paths(app, post_id: int, *, varying: bool) -> list[str]:
    """Return an address of each kind of page that is kept."""
    examples = {**EXAMPLES, "username": "susan", "post_id": str(post_id)}
    return [
        re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: examples[match[1]], rule.rule)
        for rule in app.url_map.iter_rules()
        if policy_of(app, rule.endpoint).kept
        and (policy_of(app, rule.endpoint).cache in VARYING) is varying
    ]


def asked(statements: list[str]) -> list[str]:
    """Return what was asked of the database, and forget it."""
    found = [*statements]
    del statements[:]
    return found


def test_no_reader_gets_the_page_of_another(app, susan, client_of):
    post = make_post(susan, "#soup")
    make_user("wren")
    paths = kept_paths(app, post.id, varying=True)
    member, guest, again = client_of(susan), Client(app), Client(app)
    spanish, dark = Client(app, **{"Accept-Language": "es"}), Client(app)
    dark.browser.set_cookie("theme", "dark")
    korean = Client(app, **{"Accept-Language": "es"})
    korean.browser.set_cookie("language", "ko")
    stranger = Client(app)
    stranger.browser.set_cookie("session", "no session at all")

    assert {"/", "/explore", "/@susan", "/tags/soup", f"/@susan/{post.id}"} <= {*paths}
    for path in paths:
        page = guest.get(path)
        if "<html" not in page.text:
            # A part of a page, for htmx, says nothing about the reader.
            continue
        etag = page.headers["ETag"]
        assert 'name="csrf_token"' not in page.text, path
        assert '<html lang="en" dir="ltr">' in page.text, path
        for browser, words in (
            (member, 'name="csrf_token"'),
            (spanish, '<html lang="es"'),
            (korean, '<html lang="ko"'),
            (dark, 'data-bs-theme="dark"'),
        ):
            other = browser.get(path, **{"If-None-Match": etag})
            assert other.status_code == 200, path
            assert words in other.text, path
            assert other.headers.get("ETag") != etag, path
        assert "ETag" not in member.get(path).headers, path
        assert "ETag" not in stranger.get(path, **{"If-None-Match": etag}).headers, path
        assert again.get(path).text == page.text, path
        assert {"Cookie", "Accept-Language", "HX-Request"} <= again.get(path).vary, path
        assert page.headers["Cache-Control"] == "private, no-cache", path


def test_what_is_the_same_for_everybody_is_kept_for_everybody(app, susan, client_of, count_queries):
    paths = kept_paths(app, make_post(susan, "#soup").id, varying=False)
    member, guest = client_of(susan), Client(app, **{"Accept-Language": "es"})

    assert len(paths) >= 4
    for path in paths:
        first = member.get(path)
        asked(count_queries)
        assert guest.get(path).data == first.data, path
        assert not asked(count_queries), path


def test_a_page_that_is_kept_asks_for_nothing(app, susan, client, count_queries):
    post = make_post(susan, "#soup")
    for path in kept_paths(app, post.id, varying=True):
        first = client.get(path)
        assert asked(count_queries), path
        second = client.get(path)
        known = client.get(path, **{"If-None-Match": f'"other", {first.headers["ETag"]}'})
        head = client.send("HEAD", path, {})
        assert not asked(count_queries), path

        assert second.data == first.data, path
        kept = {name: first.headers[name] for name in ("ETag", "Content-Type", "Cache-Control")}
        assert kept.items() <= dict(second.headers).items(), path
        assert (known.status_code, known.data) == (304, b""), path
        assert known.headers["ETag"] == first.headers["ETag"], path
        assert known.headers["Content-Security-Policy"], path
        assert (head.status_code, head.data) == (200, b""), path
        assert head.headers["Content-Length"] == first.headers["Content-Length"], path


def test_a_page_that_is_kept_is_compressed_once(susan, client):
    make_post(susan, "Soup " * 99)
    plain = client.get("/explore")
    for encoding, decode in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        for _ in range(2):
            answer = _raw(client, {"Accept-Encoding": encoding})
            assert answer.headers["Content-Encoding"] == encoding
            assert decode(answer.data) == plain.data
            assert answer.headers["ETag"] == plain.headers["ETag"]
            assert "Accept-Encoding" in answer.vary
        given = {"Accept-Encoding": encoding, "If-None-Match": plain.headers["ETag"]}
        known = _raw(client, given)
        assert (known.status_code, known.data) == (304, b"")
        assert "Content-Encoding" not in known.headers


def _raw(client: Client, headers: dict[str, str]):
    """Return an answer that is not read as text."""
    return Context().run(client.browser.get, "/explore", headers=headers)


def test_what_changes_is_seen_at_once(app, susan, client):
    post = make_post(susan, "Soup")
    path = f"/@susan/{post.id}"
    etag = client.get(path).headers["ETag"]
    # As by another process: nothing in this one is told of it.
    with db.engine.begin() as connection:
        connection.execute(update(User).values(display_name="Susan the cook"))
    changed = client.get(path, **{"If-None-Match": etag})

    assert changed.status_code == 200
    assert "Susan the cook" in changed.text
    for listed in ("/", "/explore", "/@susan"):
        assert "Soup" in client.get(listed).text
    posts.delete(susan, post.id)
    db.session.commit()
    assert client.get(path).status_code == 404
    for listed in ("/", "/explore", "/@susan"):
        assert "Soup" not in client.get(listed).text


def test_what_others_ask_of_an_address_is_not_kept_in_place_of_its_page(app, susan):
    """Flask answers OPTIONS by itself, with 200 and nothing."""
    post = make_post(susan, "#soup")
    paths = [
        path for varying in (True, False) for path in kept_paths(app, post.id, varying=varying)
    ]
    for path in paths:
        options = Client(app).send("OPTIONS", path, {})
        assert (options.status_code, options.data, options.headers.get("ETag")) == (200, b"", None)
        head = Client(app).send("HEAD", path, {})
        page, again = Client(app).get(path), Client(app).get(path)

        assert options.headers["Allow"], path
        assert page.data == again.data, path
        assert head.headers["ETag"] == page.headers["ETag"], path
        assert head.headers["Content-Length"] == str(len(page.data)), path
        is_part = path.endswith(PARTS)
        assert "<html" in page.text or page.mimetype != "text/html" or is_part, path
        options = Client(app).send("OPTIONS", path, {"If-None-Match": page.headers["ETag"]})
        assert (options.status_code, options.data) == (200, b""), path


@pytest.mark.parametrize("made_up", ["x=1", "before=9&x=", "after=" + "9" * 200])
def test_what_nobody_else_asks_for_is_not_kept(app, susan, client, count_queries, made_up):
    make_post(susan, "Soup")
    for path in (f"/explore?{made_up}", "/explore?before=9&after=8&below=7"):
        first = client.get(path)
        asked(count_queries)
        second = client.get(path)

        assert second.data == first.data
        assert second.headers["ETag"] == first.headers["ETag"]
        assert bool(asked(count_queries)) is (made_up in path)


def test_neither_errors_nor_redirects_are_kept(susan, client):
    for path, status in (("/@Susan", 301), ("/@wren", 404), ("/explore?before=x", 400)):
        for _ in range(2):
            answer = client.get(path)
            assert answer.status_code == status
            assert "ETag" not in answer.headers


def test_a_page_that_says_something_to_one_reader_is_not_kept(make_app, client):
    from flask import flash

    from app.web import policy

    app = make_app()
    view = app.view_functions["main.explore"]

    def explore():
        flash("For you alone")
        return view()

    explore.policy = view.policy
    app.view_functions["main.explore"] = explore
    assert policy.policy_of(app, "main.explore").kept
    first = Client(app).get("/explore")
    app.view_functions["main.explore"] = view

    assert "For you alone" in first.text
    assert "ETag" not in first.headers
    assert "For you alone" not in Client(app).get("/explore").text


def test_without_room_nothing_is_kept_but_still_marked(make_app, count_queries):
    app = make_app(PAGE_CACHE_MB=0)
    browser = Client(app)
    first = browser.get("/explore")

    assert browser.get("/explore", **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert not app.extensions["pages"].find(("any",))


@pytest.fixture
def page() -> KeptPage:
    return KeptPage(b"x" * 1000, [], time.monotonic())


def test_what_was_not_asked_for_the_longest_makes_room(page):
    pages = PageCache(10 * (1500 + OVERHEAD + len("(10,)")))
    for key in range(10):
        pages.keep((key,), page)
    pages.keep((0,), page)
    assert pages.find((1,)) is page
    pages.keep((10,), page)

    assert pages.find((2,)) is None
    assert all(pages.find((key,)) is page for key in (0, 1, 3, 10))
    pages.keep(("large",), KeptPage(b"x" * 3000, [], time.monotonic()))
    assert pages.find(("large",)) is None


def test_the_address_of_a_page_takes_room_too(page):
    pages = PageCache(10 * (1500 + OVERHEAD + 900))
    for number in range(10):
        pages.keep((f"{number:0>1000}",), page)

    assert [pages.find((f"{number:0>1000}",)) for number in (0, 9)] == [None, page]


def test_a_page_is_made_anew_after_a_while(page):
    pages = PageCache(100_000)
    pages.keep(("old",), KeptPage(b"", [], time.monotonic() - MAX_AGE - 1))

    assert pages.find(("old",)) is None


def test_of_many_who_ask_at_once_one_makes_the_page(page):
    pages, found = PageCache(100_000), []
    assert pages.find_or_begin(("a",)) is None
    others = [Thread(target=lambda: found.append(pages.find_or_begin(("a",)))) for _ in range(5)]
    for other in others:
        other.start()
    pages.keep(("a",), page)
    pages.end(("a",))
    for other in others:
        other.join()

    assert found == [page] * 5


def test_who_waited_for_nothing_goes_on(page):
    pages, found = PageCache(100_000), []
    pages.find_or_begin(("a",))
    other = Thread(target=lambda: found.append(pages.find_or_begin(("a",))))
    other.start()
    pages.end(("a",))
    other.join()

    assert found == [None]


def test_a_database_in_an_odd_place_is_watched_too(on_sqlite, tmp_path, make_config):
    folder = tmp_path / "odd #1"
    folder.mkdir()
    app = create_app(make_config(DATABASE_URL=f"sqlite:///{folder}/own.db"))
    with app.app_context():
        flask_migrate.upgrade()
        before = version_of(db)
        make_user()
        db.session.commit()
        after = version_of(db)
        db.engine.dispose()

    assert None not in {before, after}
    assert before != after
    assert (folder / "own.db").exists()
