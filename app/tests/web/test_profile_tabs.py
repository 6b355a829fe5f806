"""The lists of a profile: posts, replies, pictures and, for oneself, what one likes."""

import re

import pytest

from app.extensions import db
from app.models import User, Visibility
from app.services import reactions
from app.tests.factories import make_post
from app.tests.pictures import make_picture

TABS = ("", "/replies", "/media", "/likes")


def posts_on(page):
    return [
        int(found) for found in re.findall(r'<article class="post[^"]*" id="p(\d+)"', page.text)
    ]


def tabs_of(page):
    navigation = re.search(r'<nav aria-label="Profile">.*?</nav>', page.text, re.DOTALL)[0]
    return re.findall(r'href="(/@[^"]*)"', navigation)


def current_tab(page):
    return re.findall(r'<li><a href="([^"]*)" aria-current="page">', page.text)


def test_each_list_holds_what_it_says(susan, john, client_of):
    question = make_post(john, "Any soup left?")
    answer = make_post(susan, "Plenty", reply_to=question)
    post = make_post(susan, "Leek today")
    picture = make_picture(susan, post, alt="A pot")
    reactions.like(susan, question.id)
    db.session.commit()
    browser = client_of(susan)

    assert posts_on(browser.get("/@susan")) == [post.id]
    assert posts_on(browser.get("/@susan/replies")) == [answer.id]
    assert posts_on(browser.get("/@susan/likes")) == [question.id]
    gallery = browser.get("/@susan/media").text
    assert f'<a href="/@susan/{post.id}"><img src="/media/{picture.key}/small.webp"' in gallery
    assert 'alt="A pot"' in gallery


def test_what_somebody_likes_is_for_themselves(susan, john, client, client_of):
    everybody = ["/@susan", "/@susan/replies", "/@susan/media"]
    own = client_of(susan)

    for path in everybody:
        assert tabs_of(client.get(path)) == everybody
        assert tabs_of(own.get(path)) == [*everybody, "/@susan/likes"]
        assert current_tab(own.get(path)) == [path]
    assert own.get("/@susan/likes").headers["Cache-Control"] == "private, no-cache"
    for reader in (client, client_of(john)):
        assert reader.get("/@susan/likes").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_list_says_what_to_do(susan, client_of, tab):
    page = client_of(susan).get(f"/@susan{tab}").text

    assert page.count("data-empty") == 1
    assert re.search(r'<p class="mb-0">\s*<a class="btn', page)


def test_pictures_that_are_folded_are_no_more_than_a_veil(susan, client):
    for folded in ({"sensitive": True}, {"warning": "Onions"}):
        picture = make_picture(susan)
        make_post(susan, "Chopped", pictures=[(picture.id, "Tears")], **folded)
        page = client.get("/@susan/media").text

        assert "Sensitive picture" in page
        assert f'src="{picture.placeholder}" alt="" aria-hidden="true">' in page
        assert picture.key not in page
        assert "Tears" not in page


def test_pictures_of_a_post_are_for_those_who_may_see_it(susan, client, client_of):
    post = make_post(susan, "For me", visibility=Visibility.DIRECT)
    key = make_picture(susan, post).key
    db.session.commit()

    assert key in client_of(susan).get("/@susan/media").text
    assert key not in client.get("/@susan/media").text


@pytest.mark.parametrize("tab", [*TABS, "/followers", "/following"])
def test_one_writing_of_the_address_keeps_the_page_of_the_list(susan, client_of, tab):
    moved = client_of(susan).get(f"/@SUSAN{tab}?before=7")

    assert moved.status_code == 301
    assert moved.location == f"/@susan{tab}?before=7"


def test_the_header_stands_above_the_name(susan, client):
    assert "profile-header" not in client.get("/@susan").text
    db.session.get(User, susan.id).header_key = "0" * 32
    db.session.commit()

    page = client.get("/@susan").text
    header = page.index(f'class="profile-header" src="/media/header/{"0" * 32}.webp"')
    assert header < page.index("<h1")
