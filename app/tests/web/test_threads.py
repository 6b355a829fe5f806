"""The page of a post, with its conversation."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from app.extensions import db
from app.models import Post, Visibility
from app.services import posts
from app.services.thread_places import CANDIDATES
from app.tests.client import Client
from app.tests.factories import make_post, make_user
from app.tests.threads import Model, grow, plant

HIDDEN = "Part of a conversation that is not visible to you"


def delete(post, author):
    posts.delete(author, post.id)
    db.session.commit()


def posts_on(page):
    return [
        int(found) for found in re.findall(r'<article class="post[^"]*" id="p(\d+)"', page.text)
    ]


def test_a_page_shows_what_a_post_replies_to_and_the_replies_to_it(susan, john, client_of):
    first = make_post(susan, "Who has soup?")
    second = make_post(john, "I have", reply_to=first)
    third = make_post(susan, "Which one?", reply_to=second)
    fourth = make_post(john, "Leek", reply_to=third)

    page = client_of(susan).get(f"/@john/{second.id}")

    assert posts_on(page) == [first.id, second.id, third.id, fourth.id]
    assert page.text.count("<h1") == 1
    assert '<h1 class="page-title">Conversation</h1>' in page.text


def test_links_lead_to_every_reply_that_is_visible(susan, make_app):
    planted = plant(susan, *grow(5, 60))
    reader = Client(make_app(PAGE_SIZE=3))
    waiting, seen, found = [f"/@susan/{planted[0].id}"], set(), set()
    while waiting:
        path = waiting.pop()
        page = reader.get(path)
        assert page.status_code == 200
        found |= {*posts_on(page)}
        links = re.findall(r'(?:reply-more"><a|rel="next") href="([^"#]+)', page.text)
        waiting += {*map(unescape, links)} - seen
        seen |= {*waiting, path}

    assert len(seen) > 5
    assert found == {planted[0].id, *Model(planted, 3).under(planted[0].id)}


def test_links_lead_to_every_reply_of_a_wide_conversation(susan, make_app):
    parents = [None, *[0] * 4, *(1 + number // 6 for number in range(24 + 144 + 60))]
    planted = plant(susan, parents, ["shown"] * len(parents))
    reader = Client(make_app(PAGE_SIZE=3))

    page = reader.get(f"/@susan/{planted[0].id}")

    assert posts_on(page) == [post.id for post in planted[:4]]
    assert page.text.count("Continue this thread") == 3


def test_earlier_posts_are_a_link_away(susan, client):
    line = plant(susan, [None, *range(12)], ["shown"] * 13)
    page = client.get(f"/@susan/{line[-1].id}")

    assert posts_on(page) == [post.id for post in line[-11:]]
    assert f'<a href="/@susan/{line[2].id}">Show earlier posts</a>' in page.text
    assert "Show earlier posts" not in client.get(f"/@susan/{line[10].id}").text


def test_the_page_says_neither_who_nor_what_is_hidden(susan, john, client_of):
    for visibility in (Visibility.FOLLOWERS, Visibility.DIRECT):
        secret = make_post(john, "The secret", visibility=visibility)
        reply = make_post(john, "In the open", reply_to=secret)
        page = client_of(susan).get(f"/@john/{reply.id}").text

        assert HIDDEN in page
        assert "The secret" not in page
        assert str(secret.id) not in page


def test_a_tombstone_says_that_its_author_deleted_it(susan, john, client):
    first = make_post(susan, "Words that go")
    second = make_post(john, reply_to=first)
    delete(first, susan)

    page = client.get(f"/@john/{second.id}").text

    assert "This post was deleted by its author." in page
    assert "Words that go" not in page
    assert client.get(f"/@susan/{first.id}").status_code == 404


def test_replies_to_a_tombstone_beyond_the_page_are_reached_from_a_living_post(susan, client):
    root, gone, *replies = plant(susan, [None, 0, *[1] * 7], ["shown", "gone", *["shown"] * 7])
    page = client.get(f"/@susan/{root.id}").text
    assert f'<a href="/@susan/{root.id}?below={gone.id}#replies">Show more replies</a>' in page

    below = client.get(f"/@susan/{root.id}?below={gone.id}")

    assert posts_on(below) == [root.id, *(reply.id for reply in replies)]
    assert f'<a href="/@susan/{root.id}">Show the whole conversation</a>' in below.text


def test_no_answer_is_put_among_the_replies_to_a_tombstone(susan, client_of):
    root, gone, _reply = plant(susan, [None, 0, 1], ["shown", "gone", "shown"])
    browser = client_of(susan)

    assert "<textarea" in browser.get(f"/@susan/{root.id}").text
    assert "<textarea" not in browser.get(f"/@susan/{root.id}?below={gone.id}").text


def test_members_are_asked_for_the_first_reply(susan, client, client_of):
    post = make_post(susan)
    path = f"/@susan/{post.id}"

    assert "No replies yet" in client_of(susan).get(path).text
    assert "No replies yet" not in client.get(path).text


def test_readers_sign_in_to_reply_and_come_back(susan, client):
    path = f"/@susan/{make_post(susan).id}"
    page = client.get(path).text

    assert "<textarea" not in page
    assert f'<a href="/auth/login?next={quote(path)}">Sign in to reply</a>' in page


def test_a_reply_is_written_below_the_post(susan, john, client_of):
    post = make_post(john)
    browser = client_of(susan)
    page = browser.get(f"/@john/{post.id}").text

    assert 'aria-label="Reply to john"' in page
    assert re.search(rf'<input[^>]* name="in_reply_to"[^>]* value="{post.id}"', page)


@pytest.mark.parametrize("already", [2, 3])
def test_who_replies_is_led_to_a_page_with_the_reply(susan, make_app, already):
    planted = plant(susan, [None], ["shown"])
    for _ in range(already):
        make_post(susan, reply_to=db.session.get(Post, planted[0].id))
    browser = Client(make_app(PAGE_SIZE=3))
    browser.sign_in("susan")
    answer = browser.post("/posts", {"body": "The last", "in_reply_to": str(planted[0].id)})

    path, _, fragment = answer.location.partition("#")
    assert ("?after=" in path) is (already == 3)
    assert posts_on(browser.get(path))[-1] == int(fragment[1:])


@pytest.mark.parametrize("state", ["gone", "hidden"])
def test_behind_replies_that_are_not_shown_there_is_a_link_to_more(susan, john, make_app, state):
    crowd = CANDIDATES * 4
    planted = plant(susan, [None, *[0] * crowd, 0], ["shown", *[state] * crowd, "shown"])
    browser = Client(make_app(PAGE_SIZE=3))
    browser.sign_in("john")
    page = browser.get(f"/@susan/{planted[0].id}")

    assert "No replies yet" not in page.text
    [link] = re.findall(r'rel="next" href="([^"#]+)', page.text)
    assert posts_on(browser.get(unescape(link))) == [planted[0].id, planted[-1].id]


@pytest.mark.parametrize("asked", ["after=0", "after=x", "below=-1", "below=1_0"])
def test_a_cursor_of_replies_is_the_plain_writing_of_an_id(susan, client, asked):
    assert client.get(f"/@susan/{make_post(susan).id}?{asked}").status_code == 400


def test_one_writing_of_the_address_keeps_the_page_of_replies(susan, client):
    post = make_post(susan)

    moved = client.get(f"/@SUSAN/{post.id}?after=7")

    assert moved.status_code == 301
    assert moved.location == f"/@susan/{post.id}?after=7"
    assert client.get(f"/@{make_user().username}/{post.id}").status_code == 404


@pytest.mark.parametrize(("deep", "wide"), [(3, 5), (40, 5), (3, 300)])
def test_a_conversation_costs_the_same_however_deep_or_long(
    susan, client_of, client, count_queries, deep, wide
):
    parents = [None, *range(deep), *[deep // 2] * wide]
    planted = plant(susan, parents, ["shown"] * len(parents))
    taken = []
    for reader in (client_of(susan), client):
        count_queries.clear()
        assert reader.get(f"/@susan/{planted[deep // 2].id}").status_code == 200
        taken.append(len(count_queries))

    assert taken == [5, 3]
