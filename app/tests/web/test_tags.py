"""Hashtags as their readers use them."""

import pytest

from app.extensions import db
from app.services import acquaintances, suggestions, tag_follows, trends
from app.tests.factories import make_follow, make_post, make_user


def test_a_hashtag_is_followed_from_its_page(susan, client_of):
    browser = client_of(susan)
    assert 'formaction="/tags/soup/follow"' in browser.get("/tags/soup").text

    assert browser.post("/tags/soup/follow").location == "/tags/soup"
    assert 'formaction="/tags/soup/unfollow"' in browser.get("/tags/soup").text
    assert browser.post("/tags/soup/unfollow", {"next": "/tags"}).location == "/tags"
    assert 'formaction="/tags/soup/follow"' in browser.get("/tags/soup").text


def test_htmx_gets_the_other_button(susan, client_of):
    browser = client_of(susan)

    assert 'hx-post="/tags/soup/unfollow"' in browser.htmx("/tags/soup/follow").text
    assert 'hx-post="/tags/soup/follow"' in browser.htmx("/tags/soup/unfollow").text


def test_a_hashtag_has_one_writing(susan, client_of):
    browser = client_of(susan)
    browser.post("/tags/Sopa%CC%81/follow")

    assert [row.name for row in tag_follows.listed(susan)] == ["sopá"]
    page = browser.get("/tags").text
    assert 'href="/tags/sop%C3%A1"' in page
    assert 'formaction="/tags/sop%C3%A1/unfollow"' in page


@pytest.mark.parametrize("tag", ["so up", "123", "%23", "x" * 61])
def test_what_is_no_hashtag_cannot_be_followed(susan, client_of, tag):
    assert client_of(susan).post(f"/tags/{tag}/follow").status_code == 404


def test_who_follows_as_many_as_one_can_is_told(susan, client_of, monkeypatch):
    monkeypatch.setattr(tag_follows, "MAX", 1)
    browser = client_of(susan)
    browser.post("/tags/soup/follow")

    assert browser.post("/tags/bread/follow").location == "/tags"
    assert browser.htmx("/tags/bread/follow").headers["HX-Redirect"] == "/tags"
    assert "You follow 1 hashtag, which is as many as you can" in browser.get("/tags").text
    assert [row.name for row in tag_follows.listed(susan)] == ["soup"]


def test_who_is_signed_out_is_led_to_the_way_in(susan, client):
    make_post(susan, "#soup")
    trends.store(trends.count())
    db.session.commit()

    assert 'href="/auth/login?next=/tags/soup"' in client.get("/tags/soup").text
    page = client.get("/tags").text
    assert 'href="/tags/soup"' in page
    assert "Hashtags you follow" not in page


def test_beside_a_page_stands_why_somebody_is_suggested(susan, john, client_of):
    mary = make_user("mary")
    make_follow(susan, john)
    make_follow(john, mary)
    make_post(mary)
    suggestions.store({susan.id: acquaintances.find(susan.id)})
    db.session.commit()

    assert "Followed by 1 person you follow" in client_of(susan).get("/explore").text
