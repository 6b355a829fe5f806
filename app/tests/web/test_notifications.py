"""The page of notifications as its readers use it."""

import re

import pytest

from app.extensions import db, settings
from app.models.ids import new_id
from app.services import conversations, follows, notification_rows, reactions, reposts
from app.tests.factories import make_follow, make_post, make_user

PATH = "/notifications"


@pytest.fixture
def post(susan):
    return make_post(susan, "A post about soup.")


def sentences(page) -> list[str]:
    """Return what the page says, without markup."""
    found = re.findall(r'<p class="notice-text text-break"[^>]*>(.*?)</p>', page.text)
    return [re.sub("<[^>]+>", "", each) for each in found]


def commit() -> None:
    db.session.commit()


def test_what_happened_is_told_in_sentences(client_of, susan, john, post):
    reply = make_post(susan, "Mine.", reply_to=make_post(john, "Soup?"))
    reactions.like(john, post.id)
    reactions.like(john, reply.id)
    reposts.repost(john, post.id)
    follows.follow(john, susan)
    make_post(john, "With bread.", reply_to=post)
    make_post(john, "@susan Bread?")

    page = client_of(susan).get(PATH)

    assert sentences(page) == [
        "Unread: john mentioned you",
        "Unread: john replied to you",
        "Unread: john follows you",
        "Unread: john reposted your post",
        "Unread: john liked your reply",
        "Unread: john liked your post",
    ]
    assert "@susan Bread?" in page.text
    assert 'formaction="/@john/follow"' in page.text


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "member_1 and member_0 liked your post"),
        (3, "member_2 and 2 others liked your post"),
        (6, "member_5 and 5 others liked your post"),
    ],
)
def test_what_many_did_is_one_sentence(client_of, susan, post, number, said):
    for each in range(number):
        reactions.like(make_user(f"member_{each}"), post.id)
    commit()

    page = client_of(susan).get(PATH)

    assert sentences(page) == [f"Unread: {said}"]
    assert page.text.count('class="notice-faces"') == 1
    assert len(re.findall(r'<a href="/@member_\d" tabindex="-1"', page.text)) == min(number, 4)


def test_more_than_are_counted(client_of, susan, post, monkeypatch):
    monkeypatch.setattr("app.web.notification_words.MAX_COUNT", 3)
    for each in range(4):
        reactions.like(make_user(f"member_{each}"), post.id)
    commit()

    page = client_of(susan).get(PATH)

    assert sentences(page) == ["Unread: member_3 and more than 2 others liked your post"]


def test_a_name_is_only_a_name(client_of, susan, post):
    reactions.like(make_user("wren", display_name="<b>%(name)s"), post.id)
    commit()

    page = client_of(susan).get(PATH).text

    assert '<a href="/@wren"><bdi>&lt;b&gt;%(name)s</bdi></a> liked your post' in page


def test_each_leads_to_what_it_is_about(client_of, susan, john, post):
    reactions.like(john, post.id)
    reply = make_post(john, "With bread.", reply_to=post)

    page = client_of(susan).get(PATH).text

    assert f'<a class="text-nowrap" href="/@susan/{post.id}">Show post</a>' in page
    assert f'<a class="text-nowrap" href="/@john/{reply.id}">Show reply</a>' in page


def test_who_is_followed_back_is_not_asked_about(client_of, susan, john):
    make_follow(john, susan)
    make_follow(susan, john)

    page = client_of(susan).get(PATH)

    assert 'formaction="/@john/unfollow"' in page.text


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("/mentions", ["Unread: john mentioned you"]),
        ("/follows", ["Unread: john follows you"]),
        ("/reactions", ["Unread: john liked your post"]),
    ],
)
def test_tabs(client_of, susan, john, post, tab, said):
    reactions.like(john, post.id)
    follows.follow(john, susan)
    make_post(john, "@susan?")

    page = client_of(susan).get(PATH + tab)

    assert sentences(page) == said
    assert f'<a href="{PATH}{tab}" aria-current="page">' in page.text


@pytest.mark.parametrize(
    ("tab", "title"),
    [
        ("", "Nothing new so far"),
        ("/mentions", "No mentions yet"),
        ("/follows", "No followers yet"),
        ("/reactions", "No reactions yet"),
    ],
)
def test_an_empty_tab_says_what_would_be_there(client_of, susan, tab, title):
    page = client_of(susan).get(PATH + tab).text

    assert title in page
    assert "Mark all as read" not in page


def test_older_ones_are_a_link_away(client_of, susan, john):
    for number in range(settings.PAGE_SIZE + 1):
        make_post(john, f"@susan {number}")
    browser = client_of(susan)

    [older] = re.findall(r'rel="next" href="([^"]+)"', browser.get(f"{PATH}/mentions").text)
    page = browser.get(older)

    assert len(sentences(page)) == 1
    assert "@susan 0" in page.text
    assert f'href="{PATH}/mentions">Newest notifications' in page.text


def read_button(page) -> dict[str, str]:
    [up_to] = re.findall(r'name="up_to" value="(\d+)"', page.text)
    return {"up_to": up_to}


def test_all_are_marked_as_read_by_a_plain_form(client_of, susan, john, post):
    reactions.like(john, post.id)
    commit()
    browser = client_of(susan)
    fields = read_button(browser.get(f"{PATH}/follows"))
    follows.follow(john, susan)
    commit()

    answer = browser.post(f"{PATH}/read", fields | {"next": f"{PATH}/reactions"})

    assert (answer.status_code, answer.location) == (303, f"{PATH}/reactions")
    assert "All notifications are marked as read." in browser.get(answer.location).text
    assert sentences(browser.get(PATH)) == ["Unread: john follows you", "john liked your post"]


def group_ids(user) -> list[int]:
    rows = notification_rows.listed(user).items
    # Else SQLite would keep others from writing.
    commit()
    return [row.id for row in rows]


def test_one_is_marked_as_read_by_a_plain_form(client_of, susan, john, post):
    reactions.like(john, post.id)
    follows.follow(john, susan)
    commit()
    _, like = group_ids(susan)
    browser = client_of(susan)
    address = f"{PATH}/{like}/read"
    assert f'formaction="{address}"' in browser.get(PATH).text

    for _ in range(2):
        answer = browser.post(address, {"next": f"{PATH}/reactions#n1"})
        assert (answer.status_code, answer.location) == (303, f"{PATH}/reactions#n{like}")

    page = browser.get(PATH)
    assert sentences(page) == ["Unread: john follows you", "john liked your post"]
    assert address not in page.text
    assert unread_count(page) == 1


def test_with_htmx_one_comes_back_as_read_and_with_the_number(client_of, susan, john, post):
    reactions.like(john, post.id)
    follows.follow(john, susan)
    commit()
    browser = client_of(susan)
    follow, like = group_ids(susan)

    answer = browser.post(f"{PATH}/{like}/read", **{"HX-Request": "true"})

    assert sentences(answer) == ["john liked your post"]
    assert answer.headers["HX-Trigger-After-Settle"] == "live-again"
    assert unread_count(answer) == 1
    assert "read-all" not in answer.text
    last = browser.post(f"{PATH}/{follow}/read", **{"HX-Request": "true"})
    assert unread_count(last) == 0
    assert '<button id="read-all" hx-swap-oob="delete">' in last.text


def test_only_ones_own_is_marked_as_read(client_of, susan, john, post):
    reactions.like(john, post.id)
    commit()
    [like] = group_ids(susan)

    assert client_of(john).post(f"{PATH}/{like}/read").status_code == 404
    assert client_of(susan).post(f"{PATH}/1/read").status_code == 404
    assert notification_rows.listed(susan).items[0].is_unread


def unread_count(page) -> int:
    found = re.findall(r'<span id="unread"[^>]*>(?: <span[^>]*>(\d+)<)?', page.text)
    return sum(int(each or 0) for each in found)


def test_as_many_are_marked_as_are_counted(client_of, susan, john, post):
    reactions.like(john, post.id)
    make_follow(susan, john)
    conversations.begin(john, "susan", "Soup?")
    commit()

    page = client_of(susan).get(PATH)

    assert sentences(page) == ["john wrote to you", "Unread: john liked your post"]
    assert unread_count(page) == page.text.count("notice is-unread") == 1


@pytest.mark.parametrize(
    ("number", "is_linked"), [(2, False), (3, True)], ids=["all are named", "others"]
)
def test_others_are_a_link_away(client_of, susan, post, number, is_linked):
    for each in range(number):
        member = make_user(f"member_{each}")
        reactions.like(member, post.id)
        reposts.repost(member, post.id)
        follows.follow(member, susan)
    commit()
    browser = client_of(susan)

    page = browser.get(PATH).text

    for kind in ("likes", "reposts"):
        path = f"/@susan/{post.id}/{kind}"
        assert (f'href="{path}"' in page) is is_linked
        assert browser.get(path).status_code == 200
    assert '<a href="/@susan/followers">See who follows you</a>' in page


def test_looking_at_the_page_marks_nothing(client_of, susan, john, post):
    reactions.like(john, post.id)
    commit()
    browser = client_of(susan)

    for _ in range(2):
        assert sentences(browser.get(PATH)) == ["Unread: john liked your post"]


def test_htmx_has_the_counts_of_the_navigation_asked_for_again(client_of, susan):
    page = client_of(susan).get(PATH, **{"HX-Request": "true"})

    assert page.headers["HX-Trigger-After-Settle"] == "live-again"
    assert 'id="main"' in page.text


@pytest.mark.parametrize("up_to", ["x", "-1", "99999999999999999999"])
def test_nonsense_marks_nothing(client_of, susan, john, post, up_to):
    reactions.like(john, post.id)
    commit()
    browser = client_of(susan)

    assert browser.post(f"{PATH}/read", {"up_to": up_to}).status_code == 400
    assert len(notification_rows.listed(susan).items) == 1
    assert notification_rows.listed(susan).items[0].is_unread


def test_a_page_is_for_members(client):
    assert client.get(PATH).location == f"/auth/login?next={PATH}"


def test_a_tab_that_does_not_exist(client_of, susan):
    assert client_of(susan).get(f"{PATH}/none").status_code == 404
    assert client_of(susan).get(f"{PATH}?before={new_id()}").status_code == 200


def test_a_page_takes_as_many_queries_however_long_it_is(
    client_of, susan, john, post, count_queries
):
    reactions.like(john, post.id)
    commit()
    browser = client_of(susan)
    browser.get(PATH)

    for number in range(settings.PAGE_SIZE):
        # The session, the groups, who is behind them, and whom to follow.
        count_queries.clear()
        browser.get(PATH)
        assert len(count_queries) == 4
        if number % 10 == 0:
            make_post(make_user(), f"@susan {number}", reply_to=post)
            follows.follow(make_user(), susan)
            commit()
