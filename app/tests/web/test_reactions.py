"""Liking, reposting, keeping and pinning, as a browser does it; who did, and what one keeps."""

import re

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.main import reactions as reaction_views
from app.models import Bookmark, Like, Pin, Post, Visibility
from app.services import follows, reactions, reposts
from app.tests.factories import make_follow, make_post, make_user


@pytest.fixture
def post(susan):
    return make_post(susan)


@pytest.fixture
def browser(john, client_of):
    return client_of(john)


def number_of(model):
    number = db.session.scalar(select(func.count()).select_from(model))
    # The transaction ends, so that nobody waits for this test.
    db.session.commit()
    return number


def pressed(page, post, name):
    """Return whether a button of a post is pressed, and the number beside it."""
    button = re.search(rf'id="p{post.id}-{name}".*?</button>', page.text, re.DOTALL)[0]
    number = re.search(r'class="action-n">([^<]*)<', button)[1]
    return 'aria-pressed="true"' in button, number


@pytest.mark.parametrize(("do", "undo"), [("like", "unlike"), ("repost", "unrepost")])
def test_a_plain_form_leads_back_to_the_post_in_its_list(post, browser, do, undo):
    fields = {"next": "/explore?before=9"}
    for action, shown in ((do, (True, "1")), (undo, (False, ""))):
        answer = browser.post(f"/posts/{post.id}/{action}", fields)

        assert (answer.status_code, answer.location) == (303, f"/explore?before=9#p{post.id}")
        assert pressed(browser.get("/explore"), post, do) == shown


@pytest.mark.parametrize(("do", "undo"), [("like", "unlike"), ("repost", "unrepost")])
def test_htmx_gets_the_buttons_of_the_post_as_they_are_now(post, browser, do, undo):
    for action, shown in ((do, (True, "1")), (undo, (False, ""))):
        part = browser.htmx(f"/posts/{post.id}/{action}")

        assert pressed(part, post, do) == shown
        assert "<html" not in part.text
        assert "-stats" not in part.text


def test_htmx_gets_the_counts_too_on_the_page_of_the_post(post, browser):
    browser.headers["HX-Current-URL"] = f"http://localhost/@susan/{post.id}?a=b#p1"
    part = browser.htmx(f"/posts/{post.id}/like").text

    assert f'id="p{post.id}-stats" hx-swap-oob="true"' in part
    assert "<b>1</b> like<" in part


def test_a_bookmark_is_an_entry_of_the_menu(post, browser):
    assert f"/posts/{post.id}/unbookmark" in browser.htmx(f"/posts/{post.id}/bookmark").text
    assert number_of(Bookmark) == 1
    assert f"/posts/{post.id}/bookmark" in browser.htmx(f"/posts/{post.id}/unbookmark").text
    assert number_of(Bookmark) == 0


@pytest.mark.parametrize("action", ["like", "unlike", "repost", "unrepost"])
def test_a_reaction_takes_few_statements_and_htmx_one_more(post, browser, count_queries, action):
    for send, most in ((browser.post, 9), (browser.htmx, 5)):
        count_queries.clear()
        send(f"/posts/{post.id}/{action}")
        # One of them makes sure that the session still holds; five tell the author, the first time.
        assert len(count_queries) <= most, count_queries


def test_a_post_is_pinned_and_unpinned_with_a_word(susan, post, client_of):
    browser = client_of(susan)

    # To the top of the page, where the word is.
    fields = {"next": "/@susan"}
    assert browser.post(f"/posts/{post.id}/pin", fields).location == "/@susan"
    page = browser.get("/@susan").text
    assert "The post is at the top of your profile now." in page
    assert f"/posts/{post.id}/unpin" in page

    browser.post(f"/posts/{post.id}/unpin")
    assert "The post is no longer at the top of your profile." in browser.get("/@susan").text
    assert number_of(Pin) == 0


def test_one_pin_too_many_is_refused_with_a_reason(susan, client_of):
    browser = client_of(susan)
    for _ in range(Pin.MAX + 1):
        browser.post(f"/posts/{make_post(susan).id}/pin")

    page = browser.get("/@susan").text
    assert "You have pinned 5 posts already; unpin one first." in page
    assert "alert-danger" in page
    assert number_of(Pin) == Pin.MAX


@pytest.mark.parametrize("action", ["like", "repost", "bookmark", "pin"])
def test_what_one_may_not_see_cannot_be_acted_on(susan, browser, action):
    hidden = make_post(susan, visibility=Visibility.FOLLOWERS)

    assert browser.post(f"/posts/{hidden.id}/{action}").status_code == 404
    assert browser.htmx(f"/posts/{hidden.id}/{action}").status_code == 404


@pytest.mark.parametrize("action", reaction_views.ACTIONS)
def test_htmx_gets_the_buttons_of_what_a_repost_repeats(john, post, browser, action):
    reposts.repost(john, post.id)
    repost_id = db.session.scalar(select(Post.id).where(Post.repost_of_id == post.id))
    db.session.commit()

    part = browser.htmx(f"/posts/{repost_id}/{action}")

    assert part.status_code == 200
    assert f'id="p{post.id}-like"' in part.text


def test_who_takes_back_what_they_see_no_more_is_led_to_the_page_without_it(susan, john, browser):
    make_follow(john, susan)
    hidden = make_post(susan, visibility=Visibility.FOLLOWERS)
    reactions.like(john, hidden.id)
    follows.unfollow(john, susan)
    db.session.commit()

    answer = browser.htmx(f"/posts/{hidden.id}/unlike", {"next": "/explore"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/explore")
    assert number_of(Like) == 0


@pytest.mark.parametrize(
    ("do", "reaction", "heading"),
    [
        (reactions.like, "likes", "Who likes the post by"),
        (reposts.repost, "reposts", "Who reposted the post by"),
    ],
)
def test_who_did_it_is_a_page_beside_the_post(susan, post, browser, client, do, reaction, heading):
    path = f"/@susan/{post.id}/{reaction}"
    assert "Nobody yet" in client.get(path).text

    for person in (make_user("wren"), make_user("robin", display_name="<b>")):
        do(person, post.id)
    db.session.commit()

    for reader in (browser, client):
        page = reader.get(path).text
        assert heading in page
        assert page.index("&lt;b&gt;") < page.index("wren")
        assert f'href="{path}" aria-current="page"' in page
    assert f'href="{path}"' in client.get(f"/@susan/{post.id}").text


@pytest.mark.parametrize("reaction", ["likes", "reposts"])
def test_who_did_it_is_told_where_the_post_is_seen(susan, post, browser, client, reaction):
    hidden = make_post(susan, visibility=Visibility.MEMBERS)

    moved = client.get(f"/@SUSAN/{post.id}/{reaction}?before=7")
    assert (moved.status_code, moved.location) == (
        301,
        f"/@susan/{post.id}/{reaction}?before=7",
    )
    assert client.get(f"/@john/{post.id}/{reaction}").status_code == 404
    assert client.get(f"/@susan/{hidden.id}/{reaction}").status_code == 404
    assert browser.get(f"/@susan/{hidden.id}/{reaction}").status_code == 200


def test_bookmarks_are_kept_for_oneself(susan, john, post, browser, client_of):
    assert "Keep posts here to read them again" in browser.get("/bookmarks").text
    other = make_post(susan, "Another one")
    for kept in (other, post):
        reactions.bookmark(john, kept.id)
    db.session.commit()

    page = browser.get("/bookmarks").text
    assert re.findall(r'<article class="post" id="p(\d+)"', page) == [str(post.id), str(other.id)]
    assert "Another one" not in client_of(susan).get("/bookmarks").text


def test_these_pages_cost_the_same_however_long(susan, john, post, browser, count_queries):
    paths = {f"/@susan/{post.id}/likes": 4, f"/@susan/{post.id}/reposts": 4, "/bookmarks": 3}
    for number in (1, 3):
        for _ in range(number):
            person = make_user()
            reactions.like(person, post.id)
            reposts.repost(person, post.id)
            reactions.bookmark(john, make_post(susan).id)
        db.session.commit()
        for path, queries in paths.items():
            count_queries.clear()
            assert browser.get(path).status_code == 200
            assert len(count_queries) == queries, path
