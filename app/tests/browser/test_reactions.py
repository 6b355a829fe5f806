"""The buttons of a post: by a click or a key, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from app.tests.factories import make_post

pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def post(susan):
    for number in range(5):
        make_post(susan, f"Number {number} " + "of a long list. " * 30)
    return make_post(susan)


def button(page, post, name):
    return page.locator(f"#p{post.id}-{name}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("like", ("Liked.", "Like taken back.")),
        ("repost", ("Reposted.", "Repost taken back.")),
    ],
)
def test_a_key_presses_a_button_and_stays_on_it(visit, john, post, name, said):
    page = visit("/explore", john)
    page.evaluate("window.isSamePage = true")
    pressed = button(page, post, name)

    pressed.focus()
    for is_on, count, words in (("true", "1", said[0]), ("false", "", said[1])):
        page.keyboard.press("Enter")
        expect(pressed).to_have_attribute("aria-pressed", is_on)
        expect(pressed).to_be_focused()
        expect(pressed.locator(".action-n")).to_have_text(count)
        expect(page.locator("#live")).to_have_text(words)
    assert page.evaluate("window.isSamePage")


def test_the_page_of_a_post_counts_along(visit, john, post):
    page = visit(f"/@susan/{post.id}", john)

    button(page, post, "like").click()
    expect(page.locator(f"#p{post.id}-stats")).to_contain_text("1 like")
    button(page, post, "repost").click()
    expect(page.locator(f"#p{post.id}-stats")).to_contain_text("1 repost")
    expect(button(page, post, "repost")).to_be_focused()


def test_a_bookmark_is_set_from_the_menu_which_keeps_the_keyboard(visit, john, post):
    page = visit("/explore", john)
    more = page.locator(f"#p{post.id}-more")

    for entry in ("Bookmark", "Remove bookmark"):
        more.press("Enter")
        page.get_by_role("button", name=entry, exact=True).press("Enter")
        expect(page.get_by_role("button", name=entry, exact=True)).to_have_count(0)
        expect(more).to_be_focused()
    expect(page.locator("#live")).to_have_text("The post is no longer among your bookmarks.")


def test_without_javascript_one_comes_back_to_the_post(visit, john, post):
    page = visit("/explore", john, java_script_enabled=False)
    last = page.locator("article").last
    address = last.get_attribute("id")

    last.get_by_role("button", name="Like").click()

    expect(page).to_have_url(f"/explore#{address}")
    expect(last).to_be_in_viewport()
    expect(last.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    expect(last.get_by_role("button", name="Like")).to_have_text("Like 1")
