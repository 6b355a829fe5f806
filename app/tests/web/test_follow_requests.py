"""Asking to follow, the answers, and removing followers, as members do it."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Follow, FollowState
from app.tests.factories import make_follow, make_user


@pytest.fixture
def susan(susan):
    """Return susan, who approves followers."""
    susan.locked = True
    db.session.commit()
    return susan


def states() -> list[FollowState]:
    found = [*db.session.scalars(select(Follow.state))]
    db.session.commit()
    return found


def buttons(page) -> list[str]:
    return re.findall(r'formaction="(/@[^"]+)"', page.text)


def test_a_locked_profile_says_so(susan, john, client, client_of):
    for browser in (client, client_of(john)):
        page = browser.get("/@susan").text
        assert "Approves followers" in page
        assert "only for those who were approved" in page

    assert "only for those who were approved" not in client_of(susan).get("/@susan").text
    assert "Approves followers" not in client.get("/@john").text


def test_the_button_says_requested_and_cancels(susan, john, client_of):
    browser = client_of(john)
    assert "/@susan/follow" in buttons(browser.get("/@susan"))
    assert browser.post("/@susan/follow").location == "/@susan"
    page = browser.get("/@susan")

    assert ">Requested<" in page.text
    assert "/@susan/unfollow" in buttons(page)
    browser.post("/@susan/unfollow")
    assert states() == []


@pytest.mark.parametrize("target", ["", "follow"])
def test_with_htmx_the_button_is_renewed(susan, john, client_of, target):
    browser = client_of(john)
    browser.headers |= {"HX-Target": target}

    assert "Requested" in browser.htmx("/@susan/follow").text
    assert "Requested" not in browser.htmx("/@susan/unfollow").text


def test_a_list_of_people_says_who_was_asked(susan, john, client_of):
    wren = make_user("wren")
    make_follow(susan, wren)
    make_follow(john, susan)
    page = client_of(john).get("/@wren/followers").text

    assert re.search(r"Requested<span[^>]*> susan", page)


def test_who_asks_is_listed_and_answered(susan, john, client_of):
    make_follow(john, susan)
    make_follow(make_user("wren"), susan)
    browser = client_of(susan)
    page = browser.get("/follow-requests")
    assert set(buttons(page)) >= {
        f"/@{n}/{a}" for n in ("john", "wren") for a in ("approve", "refuse")
    }

    answer = browser.post("/@john/approve", {"next": "/follow-requests"})
    assert answer.location == "/follow-requests"
    page = browser.get("/follow-requests")
    assert "john follows you now." in page.text
    assert "/@john/approve" not in buttons(page)
    browser.post("/@wren/refuse")
    assert states() == [FollowState.ACCEPTED]
    assert "Nobody is waiting" in browser.get("/follow-requests").text


@pytest.mark.parametrize(
    ("action", "word"),
    [("approve", "Approved"), ("refuse", "Refused"), ("remove-follower", "Removed")],
)
def test_with_htmx_the_answer_takes_the_place_of_the_buttons(susan, john, client_of, action, word):
    make_follow(john, susan)
    answer = client_of(susan).htmx(f"/@john/{action}")

    assert answer.status_code == 200
    assert re.search(rf"<span[^>]* autofocus>{word}</span>", answer.text)
    assert "<button" not in answer.text


def test_answering_what_nobody_asked_changes_nothing(susan, john, client_of):
    browser = client_of(susan)
    for action in ("approve", "refuse", "remove-follower"):
        assert browser.post(f"/@john/{action}").status_code == 303
        assert browser.post(f"/@susan/{action}").status_code == 303
        assert browser.post(f"/@nobody_here/{action}").status_code == 404

    assert states() == []


def test_ones_own_profile_leads_to_who_waits(susan, john, client_of):
    make_follow(john, susan)

    assert "1 follow request" in client_of(susan).get("/@susan").text
    assert "/follow-requests" not in client_of(john).get("/@susan").text
    assert "/follow-requests" not in client_of(john).get("/@john").text


def test_ones_own_followers_can_be_removed(susan, john, client_of):
    make_follow(susan, john)
    browser = client_of(john)
    assert "/@susan/remove-follower" in buttons(browser.get("/@john/followers"))
    assert "remove-follower" not in browser.get("/@susan/followers").text

    answer = browser.post("/@susan/remove-follower", {"next": "/@john/followers"})
    assert answer.location == "/@john/followers"
    assert "susan no longer follows you." in browser.get("/@john/followers").text
    assert states() == []


@pytest.mark.parametrize("path", ["/follow-requests", "/@susan"])
def test_it_takes_few_queries(susan, john, client_of, count_queries, path):
    for person in (john, make_user("wren")):
        make_follow(person, susan)
    browser = client_of(susan)
    count_queries.clear()
    browser.get(path)

    assert len(count_queries) == {"/follow-requests": 3, "/@susan": 4}[path]
