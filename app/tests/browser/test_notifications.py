"""Marking notifications as read, and following back, without leaving the page."""

import re

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.services import reactions
from app.tests.browser import axe
from app.tests.factories import make_follow, make_post

pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def page(visit, susan, john):
    """Return the page of what susan was told of: a follow and a like."""
    post = make_post(susan)
    make_follow(john, susan)
    reactions.like(john, post.id)
    db.session.commit()
    page = visit("/notifications", susan)
    page.evaluate("window.isSamePage = true")
    return page


def test_all_are_marked_as_read_in_place(page):
    badge = page.locator(".side [data-badge=notifications]")
    expect(badge).to_contain_text("2")
    expect(page.locator(".is-unread")).to_have_count(2)

    page.get_by_role("button", name="Mark all as read").click()

    expect(page.get_by_text("All notifications are marked as read.")).to_be_visible()
    expect(page.locator(".is-unread")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    expect(badge).to_be_hidden()
    expect(page).to_have_title("Notifications · Microblog")
    assert page.evaluate("window.isSamePage")


def test_one_is_marked_as_read_in_place(page):
    badge = page.locator(".side [data-badge=notifications]")
    rows = page.locator(".notice")
    expect(page.get_by_role("link", name="All 2 unread")).to_be_visible()

    rows.nth(0).get_by_role("button", name="Mark as read").click()

    expect(page.locator(".is-unread")).to_have_count(1)
    expect(rows.nth(0)).to_be_focused()
    expect(page.get_by_role("link", name="All 1 unread")).to_be_visible()
    expect(badge).to_contain_text("1")
    axe.load(page)
    assert axe.violations(page, part="main") == []

    rows.nth(1).get_by_role("button", name="Mark as read").click()

    expect(page.locator(".is-unread")).to_have_count(0)
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
    expect(badge).to_be_hidden()
    assert page.evaluate("window.isSamePage")


def test_whoever_follows_a_link_has_read_it(page):
    with page.expect_response("**/read"):
        page.get_by_role("link", name="Show post").click()
    expect(page).to_have_url(re.compile(r"/@susan/\d+$"))

    page.go_back()

    expect(page.locator(".is-unread")).to_have_count(1)
    expect(page.get_by_role("link", name="All 1 unread")).to_be_visible()
    expect(page.locator(".notice.is-unread")).to_contain_text("follows you")


def test_a_follower_is_followed_back_in_place(page):
    page.get_by_label("Notifications", exact=True).get_by_role("button", name="Follow john").click()

    expect(page.get_by_role("button", name="Following john")).to_be_focused()
    assert page.evaluate("window.isSamePage")
