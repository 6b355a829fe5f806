"""The composer of home is kept; what is its reader's own is not."""

from app.tests.forms import fields_of


def test_each_member_gets_a_form_of_their_own(susan, john, client_of):
    first, other, again = (
        fields_of(client_of(member).get("/"), "compose") for member in (susan, john, susan)
    )

    assert f".{susan.id}." in first["key"]
    assert f".{john.id}." in other["key"]
    assert len({form["key"] for form in (first, other, again)}) == 3
    assert len({form["csrf_token"] for form in (first, other, again)}) == 3


def test_nothing_of_a_reader_is_kept(app, susan, client_of):
    browser = client_of(susan)
    form = fields_of(browser.get("/"), "compose")

    for html in app.extensions["new_composer"].values():
        assert form["key"] not in html
        assert form["csrf_token"] not in html
        assert "\0key\0" in html


def test_the_kept_form_posts(susan, client_of):
    browser = client_of(susan)
    browser.get("/")
    fields = fields_of(browser.get("/"), "compose")

    assert browser.post("/posts", {**fields, "body": "From a kept form"}).status_code == 303
    assert "From a kept form" in browser.get("/").text
