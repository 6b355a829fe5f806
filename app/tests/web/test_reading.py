"""What is new on home, how far it has been read, and keys: all that does without scripts."""

import re
from functools import partial

import pytest

from app.extensions import db
from app.models import Credential
from app.tests.client import Client
from app.tests.factories import make_follow, make_post
from app.tests.forms import fields_of
from app.tests.together import together, windows

CAUGHT_UP = "You are caught up. You have read what is below."


@pytest.fixture
def posts(susan, john):
    """Return the posts of john, whom susan follows, from the newest on."""
    make_follow(susan, john)
    return [make_post(john, f"Number {number}.") for number in range(7)][::-1]


@pytest.fixture
def browser(make_app, posts) -> Client:
    """Return susan's, on a site with three posts on a page."""
    client = Client(make_app(PAGE_SIZE=3))
    client.sign_in("susan")
    return client


def mark(browser, path="/"):
    return browser.post("/home/read", fields_of(browser.get(path), "reading"))


def position_of(user):
    credential = db.session.get_one(Credential, user.id, populate_existing=True)
    return (credential.home_seen_id, credential.home_top_id, credential.home_bottom_id)


def test_pages_ask_how_much_is_new(browser, posts):
    words = ("", "Show 1 new post", "Show 2 new posts", "Show 3 new posts")
    for path in ("/home", "/explore"):
        for newer, said in enumerate((*words, "Show more than 3 new posts")):
            response = browser.get(f"{path}/news?after={posts[newer].id}")
            assert response.status_code == (200 if newer else 204)
            assert re.sub("<[^>]*>", "", response.text).strip() == said
            assert ("data-many" in response.text) == (newer > 3)


def test_a_page_asks_about_what_is_above_its_newest_post(browser, posts):
    for path in ("/", "/explore"):
        address = re.search(r'data-address="([^"]+)"', browser.get(path).text)[1]
        assert browser.get(address).status_code == 204
        assert "data-address" not in browser.get(f"{path}?before={posts[2].id}").text


def test_home_is_marked_as_read_page_by_page(browser, posts, susan, john):
    assert CAUGHT_UP not in browser.get("/").text
    response = mark(browser)
    assert (response.status_code, response.location) == (303, "/")
    page = browser.get("/").text
    assert "That is marked as read." in page
    resume = re.search(r'<a href="(/\?before=\d+)">Continue where you left off', page)[1]
    assert "Mark as read" not in page

    mark(browser, resume)
    mark(browser, f"/?before={posts[5].id}")
    page = browser.get("/").text
    assert "You are caught up." in page
    assert "Continue where" not in page
    assert "Mark as read" not in page
    assert position_of(susan) == (posts[0].id, None, None)

    new = make_post(john, "Something new.")
    page = browser.get("/").text
    assert (
        page.index(f'id="p{new.id}"') < page.index(CAUGHT_UP) < page.index(f'id="p{posts[0].id}"')
    )
    mark(browser)
    assert CAUGHT_UP not in browser.get("/").text


def test_a_script_gets_no_page(browser, posts, susan):
    fields = fields_of(browser.get("/"), "reading") | {"lo": str(posts[1].id)}
    response = browser.htmx("/home/read", fields)

    assert (response.status_code, response.data) == (204, b"")
    assert position_of(susan) == (0, posts[0].id, posts[1].id)


def test_what_no_page_tells_changes_nothing(browser, susan):
    fields = fields_of(browser.get("/"), "reading")

    for changed in ({"hi": "soup"}, {"lo": "-1"}, {"newest": "2"}, {"hi": ""}):
        assert browser.htmx("/home/read", fields | changed).status_code == 400
    assert browser.htmx("/home/read").status_code == 400
    assert position_of(susan) == (None, None, None)


def test_two_windows_lose_nothing(browser, posts, susan):
    fields = fields_of(browser.get("/"), "reading")
    tell = [
        partial(window.htmx, "/home/read", fields | {"lo": str(post.id)})
        for window, post in zip(windows(browser, 6), posts, strict=False)
    ]

    assert {response.status_code for response in together(tell)} == {204}
    assert position_of(susan) == (0, posts[0].id, posts[5].id)


def test_shortcuts_are_listed_and_can_be_turned_off(susan, client_of):
    browser = client_of(susan)
    assert "data-keys" in browser.get("/explore").text
    assert 'href="/keyboard"' in browser.get("/explore").text
    assert "Shortcuts are on." in browser.get("/keyboard").text

    fields = fields_of_preferences(browser)
    assert fields.pop("shortcuts")
    browser.post("/settings/preferences", fields)

    assert "data-keys" not in browser.get("/explore").text
    assert "Shortcuts are off." in browser.get("/keyboard").text
    assert "shortcuts" not in fields_of_preferences(browser)


def test_guests_who_could_not_turn_shortcuts_off_have_none(client):
    page = client.get("/keyboard").text

    assert "data-keys" not in page
    assert "Sign in to use them" in page
    assert "Shortcuts are on." not in page


def fields_of_preferences(browser):
    page = browser.get("/settings/preferences")
    shortcuts = re.search(r'<input[^>]*\bchecked\b[^>]*name="shortcuts"[^>]*>', page.text)
    return {"locale": "", "time_zone": "", "theme": "auto"} | (
        {"shortcuts": "y"} if shortcuts else {}
    )


def test_ones_own_posts_need_not_be_marked_as_read(susan, client_of):
    make_post(susan)

    assert "Mark as read" not in client_of(susan).get("/").text
