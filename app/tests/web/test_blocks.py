"""Blocking and muting by plain forms, and what the pages say of it."""

import re

import pytest

from app.extensions import db
from app.models import (
    Block,
    Bookmark,
    Follow,
    Like,
    Mention,
    Message,
    Mute,
    Notification,
    Post,
    ThreadMute,
)
from app.services import blocks, conversations, mutes, reactions, reposts, thread_mutes
from app.services.mutes import Duration
from app.tests.factories import make_follow, make_post, make_user

# How many queries a page takes for a member who hides nobody; for one who does, one more at most.
QUERIES = {
    "/": 3,
    "/explore": 3,
    "/tags/soup": 4,
    "/@john": 4,
    "/@john/replies": 4,
    "/@john/followers": 4,
    "/@john/{post_id}": 5,
    "/@john/{post_id}/likes": 4,
    "/search?q=soup": 4,
    "/bookmarks": 3,
    "/@john/block": 2,
    "/@john/mute": 2,
}


def rows(model) -> list:
    found = db.session.query(model).all()
    db.session.commit()
    return found


def test_blocking_asks_first_and_can_be_taken_back(susan, john, client_of):
    make_post(john, "Hello from John")
    browser = client_of(susan)
    asked = browser.get("/@john/block").text
    assert "Block @john?" in asked
    assert 'action="/@john/block"' in asked

    answer = browser.post("/@john/block")
    assert (answer.status_code, answer.location) == (303, "/@john")
    page = browser.get("/@john").text
    assert "You have blocked @john." in page
    assert "Hello from John" not in page
    assert "Joined" not in page
    assert 'formaction="/@john/unblock"' in page

    answer = browser.post("/@john/unblock", {"next": "/@john"})
    assert (answer.status_code, answer.location) == (303, "/@john")
    page = browser.get("/@john").text
    assert "You no longer block @john." in page
    assert "Hello from John" in page


@pytest.mark.parametrize("path", ["", "/replies", "/media", "/followers", "/following"])
def test_no_page_of_somebody_blocked_shows_anything_of_them(susan, john, client_of, path):
    make_post(john, "Hello from John")
    blocks.block(susan, john)
    db.session.commit()
    page = client_of(susan).get(f"/@john{path}").text

    assert "You have blocked @john" in page
    assert "Hello from John" not in page


def test_who_is_blocked_gets_the_page_of_nobody(susan, john, client_of):
    post = make_post(susan)
    blocks.block(susan, john)
    db.session.commit()
    browser = client_of(john)
    paths = ("", "/replies", "/followers", "/card", "/block", "/mute", f"/{post.id}")
    answers = [(browser.get(f"/@{name}{path}")) for name in ("susan", "none") for path in paths]
    texts = [re.sub(r"susan|none", "", answer.text) for answer in answers]

    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'(nonce|value|title)="[^"]*"', "", text)[:200] for text in texts}) == 1
    for action in ("follow", "unfollow", "block", "unblock", "mute", "unmute"):
        fields = {"duration": "hour"} if action == "mute" else {}
        assert browser.post(f"/@susan/{action}", fields).status_code == 404


# Either ends something, whoever it is about, or is one's own.
HARMLESS = {"main.unmute_conversation", "main.leave_conversation", "main.read_conversation"}
FIELDS = {"duration": "hour", "body": "Hello", "message": "1"}


def test_no_form_reaches_who_blocks(app, susan, john, client_of):
    """By every address with a name, a post or a conversation, forged or from an old page."""
    post = make_post(susan, "Not for you")
    chat = conversations.begin(john, "susan", "Hello?")
    blocks.block(susan, john)
    db.session.commit()
    browser, before = client_of(john), contents(susan, post)
    named = {"username": "susan", "post_id": str(post.id), "conversation_id": str(chat)}
    paths = [
        re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match: named[match[1]], rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.arguments and rule.arguments <= named.keys()
        if rule.endpoint not in HARMLESS
    ]
    paths += [
        f"/posts/{post.id}/{action}"
        for action in ("like", "unlike", "repost", "unrepost", "bookmark", "unbookmark")
    ]

    assert len(paths) > 20
    for path in paths:
        # What was to be sent is there again: see `message_kept.html`.
        expected = 422 if path.endswith("/send") else 404
        assert browser.post(path, FIELDS).status_code == expected, path
    for path, fields in (
        ("/messages", {"to": "susan", "body": "Hello"}),
        ("/posts", {"body": "Hi", "in_reply_to": str(post.id)}),
    ):
        assert browser.post(path, fields).status_code in {404, 409, 422}, path
    assert contents(susan, post) == before


def test_neither_a_post_nor_an_edit_tells_who_blocks_of_a_mention(susan, john, client_of):
    post = make_post(john, "Hello")
    blocks.block(susan, john)
    db.session.commit()
    browser = client_of(john)
    browser.post("/posts", {"body": "Hello @susan", "visibility": "public"})
    browser.post(f"/posts/{post.id}/edit", {"body": "Hello @susan", "version": "0"})
    db.session.rollback()

    assert rows(Mention)
    assert rows(Notification) == []


def contents(susan, post) -> list:
    """Return all that others can do to somebody."""
    db.session.expire_all()
    kinds = (Like, Bookmark, Follow, Block, Mute, ThreadMute, Notification, Message, Post)
    counts = (post.likes_count, post.reposts_count, post.replies_count, susan.followers_count)
    return [*counts, *(len(rows(kind)) for kind in kinds)]


def test_muting_asks_for_how_long(susan, john, client_of):
    browser = client_of(susan)
    asked = browser.get("/@john/mute").text
    assert "Mute @john?" in asked
    fields = {"duration": "hour", "hides_notifications": "y"}
    assert browser.post("/@john/mute", fields).location == "/@john"

    page = browser.get("/@john").text
    assert "You have muted @john until" in page
    assert 'formaction="/@john/unmute"' in page
    assert rows(Mute)[0].hides_notifications
    assert browser.post("/@john/unmute").location == "/settings/blocks"
    assert rows(Mute) == []


def test_notifications_of_the_muted_may_be_kept(susan, john, client_of):
    browser = client_of(susan)
    browser.post("/@john/mute", {"duration": "forever"})

    assert rows(Mute)[0].hides_notifications is False
    assert "You have muted @john." in browser.get("/@john").text


@pytest.mark.parametrize("duration", ["", "year", "FOREVER"])
def test_a_duration_that_does_not_exist_is_refused(susan, john, client_of, duration):
    answer = client_of(susan).post("/@john/mute", {"duration": duration})

    assert answer.status_code == 422
    assert "Mute @john?" in answer.text
    assert rows(Mute) == []


@pytest.mark.parametrize("path", ["/@susan/block", "/@susan/mute"])
def test_nobody_is_asked_to_hide_themselves(susan, client_of, path):
    browser = client_of(susan)

    assert browser.get(path).status_code == 403
    assert browser.post(path, {"duration": "hour"}).status_code == 403


def test_addresses_have_one_writing(susan, john, client_of):
    browser = client_of(susan)

    assert browser.get("/@JOHN/block").location == "/@john/block"
    assert browser.get("/@JOHN/mute").location == "/@john/mute"


def test_a_conversation_is_muted_from_the_menu_of_a_post(susan, john, client_of):
    post = make_post(john, "Long story")
    browser = client_of(susan)
    path = f"/posts/{post.id}"
    assert f'formaction="{path}/mute"' in browser.get("/explore").text

    assert browser.post(f"{path}/mute", {"next": "/explore"}).location == "/explore"
    listed = browser.get("/explore").text
    assert "Long story" not in listed
    assert '<a class="alert-link" href="/settings/blocks">' in listed
    page = browser.get(f"/@john/{post.id}").text
    assert "You have muted this conversation." in page
    assert f'formaction="{path}/unmute"' in page

    browser.post(f"{path}/unmute", {"next": "/explore"})
    assert "Long story" in browser.get("/explore").text
    assert rows(ThreadMute) == []


def test_the_menu_of_a_post_offers_to_hide_others_only(susan, john, client_of, client):
    make_post(john)
    make_post(susan)
    page = client_of(susan).get("/explore").text

    assert 'href="/@john/mute"' in page
    assert 'href="/@john/block"' in page
    assert 'href="/@susan/mute"' not in page
    assert "/mute" not in client.get("/explore").text


def test_a_post_of_somebody_muted_says_so(susan, john, client_of):
    post = make_post(john, "Here all the same")
    mutes.mute(susan, john)
    db.session.commit()
    page = client_of(susan).get(f"/@john/{post.id}").text

    assert "You have muted @john." in page
    assert "Here all the same" in page


def test_the_settings_list_whom_one_hides(susan, john, client_of):
    browser = client_of(susan)
    empty = browser.get("/settings/blocks").text
    for words in ("You block nobody.", "You mute nobody.", "You mute no conversation."):
        assert words in empty
    maria, paul = make_user("maria"), make_user("paul")
    post = make_post(paul, "Long story")
    blocks.block(susan, john)
    mutes.mute(susan, maria, Duration.DAY, hides_notifications=False)
    thread_mutes.mute(susan, post.id)
    db.session.commit()
    page = browser.get("/settings/blocks").text

    assert 'formaction="/@john/unblock"' in page
    assert 'formaction="/@maria/unmute"' in page
    assert "You still get their notifications" in page
    assert f'formaction="/posts/{post.id}/unmute"' in page
    assert "Long story" in page
    assert browser.post("/@john/unblock", {"next": "/settings/blocks"}).status_code == 303
    assert rows(Block) == []


def test_long_lists_of_the_hidden_have_pages(susan, client_of):
    for number in range(26):
        blocks.block(susan, make_user(f"hidden{number}"))
    db.session.commit()
    browser = client_of(susan)
    first = browser.get("/settings/blocks").text
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = browser.get(older).text

    assert "@hidden1<" in first
    assert "@hidden0<" in second
    assert "You mute nobody." not in second


@pytest.mark.parametrize("hides", [False, True])
def test_a_page_takes_one_more_query_for_who_hides_somebody(
    susan, john, client_of, count_queries, hides, database_kind
):
    post = make_post(john, "About #soup")
    make_follow(susan, john)
    maria = make_user("maria")
    reply = make_post(john, "More #soup", reply_to=post)
    for row in (post, reply):
        reactions.like(maria, row.id)
        reposts.repost(maria, row.id)
        reactions.bookmark(susan, row.id)
    if hides:
        mutes.mute(susan, maria)
    db.session.commit()
    browser = client_of(susan)
    taken = {}
    for path in QUERIES:
        count_queries.clear()
        assert browser.get(path.format(post_id=post.id)).status_code == 200
        taken[path] = len(count_queries)

    shows_no_counts = {"/@john/followers", "/@john/block", "/@john/mute"}
    more = {path: hides and path not in shows_no_counts for path in QUERIES}
    # A search looks among the newest posts first: in a statement of its own, where there are few.
    more["/search?q=soup"] += database_kind == "postgresql"
    assert taken == {path: number + more[path] for path, number in QUERIES.items()}
