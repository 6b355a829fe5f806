"""Reading a long list: with scripts it goes on by itself, and nothing is worse for it."""

import re

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Credential
from app.services import reposts
from app.tests.factories import make_follow, make_post

# Nothing here depends on the database.
pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def posts(susan, john):
    """Return the posts of john, whom susan follows, from the newest on; five are a page."""
    make_follow(susan, john)
    return [make_post(john, f"Number {number} " + "of many. " * 50) for number in range(17)][::-1]


def test_a_list_goes_on_and_the_address_with_it(visit, susan, posts):
    # Twice in the list, but not on one page.
    reposts.repost(susan, posts[12].id)
    db.session.commit()
    page = visit("/", susan)
    articles = page.get_by_role("article")
    expect(articles).to_have_count(5)

    page.mouse.wheel(0, 300)
    expect(articles).to_have_count(10)
    expect(page.locator("#live")).to_have_text("5 more posts are loaded.")
    like = articles.nth(9).get_by_role("button", name="Like")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(f"/?before={posts[3].id}")
    expect(articles).to_have_count(14)
    assert len({article.get_attribute("id") for article in articles.all()}) == 14

    # Back from elsewhere, one is at the same post.
    seen = page.locator(f"#p{posts[7].id}")
    seen.evaluate("(post) => post.scrollIntoView({ behavior: 'instant' })")
    page.wait_for_function(f"history.state?.post === 'p{posts[7].id}'")
    page.goto("/about")
    page.go_back()
    expect(page).to_have_url(f"/?before={posts[3].id}")
    expect(seen).to_be_in_viewport()
    expect(page.locator(f"#p{posts[5].id}")).not_to_be_in_viewport()


def test_what_fails_leaves_the_link(visit, posts, watch):
    watch.allow("net::ERR_FAILED")
    page = visit("/explore")
    page.route("**/explore?before=*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.mouse.wheel(0, 1500)
    page.unroute_all()
    page.get_by_role("link", name="Older posts").click()

    expect(page).to_have_url(f"/explore?before={posts[4].id}")


def test_what_is_new_is_said_and_what_is_read_is_noted(visit, susan, john, posts, watch):
    watch.allow("net::ERR_FAILED")
    page = visit("/about", susan)
    page.clock.install()
    page.goto("/")
    first = page.get_by_role("article").first
    expect(first).to_contain_text("Number 16")
    page.clock.fast_forward("00:02")
    page.mouse.wheel(0, 600)
    expect(page.locator("#live")).to_have_text("5 more posts are loaded.")
    page.wait_for_timeout(300)
    top = first.bounding_box()["y"]
    make_post(john, "New")
    with page.expect_response("**/home/news*"):
        page.clock.fast_forward("01:10")

    line = page.get_by_role("link", name="Show 1 new post")
    expect(line).to_have_attribute("href", "/")
    expect(page.locator("#live")).to_have_text("Show 1 new post")
    assert abs(first.bounding_box()["y"] - top) < 1
    page.get_by_role("textbox", name="New post").fill("Half a thou")
    page.route("/", lambda route: route.abort())
    line.click()
    expect(page.get_by_role("alert")).to_contain_text("nothing you wrote is lost")
    page.unroute_all()
    line.click()
    expect(first).to_contain_text("New")
    expect(first).to_be_focused()
    expect(line).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#live")).to_have_text("The newest posts are shown.")
    expect(page.get_by_role("textbox", name="New post")).to_have_value("Half a thou")
    ids = page.get_by_role("article").evaluate_all("(all) => all.map(({ id }) => id)")
    assert ids[1] == f"p{posts[0].id}"
    assert len({*ids}) == len(ids)
    assert page.locator("#reading [name=hi]").input_value() == first.get_attribute("id")[1:]
    credential = db.session.get_one(Credential, susan.id, populate_existing=True)
    assert credential.home_top_id == posts[0].id
    assert posts[3].id <= credential.home_bottom_id <= posts[0].id


def test_keys_go_from_post_to_post_and_do_what_buttons_do(visit, susan, posts):
    page = visit("/explore", susan, viewport={"width": 1280, "height": 900})
    second = page.locator(f"#p{posts[1].id}")
    page.keyboard.type("jjkj")
    expect(second).to_be_focused()
    expect(second).to_be_in_viewport()

    page.keyboard.press("l")
    expect(page.locator(f"#p{posts[1].id}-like")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(page.locator("#live")).to_have_text("The post is among your bookmarks now.")
    expect(second).to_be_focused()
    page.keyboard.press("Control+l")
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(second).to_be_focused()

    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(rf"/@john/{posts[1].id}#compose"))
    field = page.get_by_role("textbox", name="Reply to john")
    expect(field).to_be_focused()
    page.keyboard.type("jkl?/")
    expect(field).to_have_value(re.compile(r"jkl\?/$"))


def test_keys_throw_nothing_away(visit, susan, posts):
    page = visit("/search?q=number", susan, viewport={"width": 1280, "height": 900})
    page.keyboard.press("/")
    expect(page.locator("#page-q")).to_be_focused()
    expect(page.locator("#page-q")).to_have_value("number")

    # Their list in a dialog is to be had neither from an error nor from another page.
    page.route("**/keyboard", lambda route: route.fulfill(status=503, body="No."), times=1)
    page.locator("h1").click()
    page.keyboard.press("Shift+?")
    expect(page).to_have_url(re.compile(r"/keyboard$"))
    expect(page.get_by_role("heading", name="Keyboard shortcuts").first).to_be_visible()


def test_without_scripts_a_button_marks_home_as_read(visit, susan, posts):
    page = visit(f"/?before={posts[-5].id}", susan, java_script_enabled=False)
    page.get_by_role("button", name="Mark as read").click()

    expect(page).to_have_url(f"/?before={posts[-5].id}")
    expect(page.locator(".alert[role=status]")).to_have_text("You are caught up.")
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
