"""Answering who asks to follow, and removing followers, without leaving the page."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.tests.factories import make_follow, make_user

pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def susan(susan):
    """Return susan, who approves followers, and whom two ask."""
    susan.locked = True
    db.session.commit()
    for name in ("wren", "noor"):
        make_follow(make_user(name), susan)
    return susan


@pytest.mark.parametrize(
    ("button", "word", "said"),
    [
        ("Approve noor", "Approved", "noor follows you now."),
        ("Refuse noor", "Refused", "noor will not follow you."),
    ],
)
def test_an_answer_takes_the_place_of_the_buttons_and_the_focus(visit, susan, button, word, said):
    page = visit("/follow-requests", susan)
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text(word, exact=True)).to_be_focused()
    expect(page.locator("#live")).to_have_text(said)
    expect(page.get_by_role("button", name="Approve")).to_have_count(1)
    assert page.evaluate("window.isSamePage")


def test_a_follower_is_removed_from_the_list(visit, john, susan):
    make_follow(susan, john)
    page = visit("/@john/followers", john)
    page.get_by_role("button", name="Remove susan from your followers").click()

    expect(page.get_by_text("Removed", exact=True)).to_be_focused()
    page.reload()
    expect(page.get_by_text("Nobody yet")).to_be_visible()


def test_the_button_of_a_profile_asks_and_takes_it_back(visit, john, susan):
    page = visit("/@susan", john)
    button = page.locator("#follow")
    for word in ("Requested", "Follow"):
        button.click()
        expect(button).to_have_text(word)
        expect(button).to_be_focused()


def test_all_of_it_works_without_scripts(visit, susan):
    page = visit("/follow-requests", susan, java_script_enabled=False)
    page.get_by_role("button", name="Approve noor").click()

    expect(page.get_by_text("noor follows you now.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(1)
