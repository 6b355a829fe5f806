"""The card of a person: by the pointer and by the keyboard, and out of the way again."""

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.services import accounts
from app.tests.browser import axe
from app.tests.factories import make_follow, make_post

pytestmark = pytest.mark.usefixtures("once")

# Milliseconds in which a card would have come or gone. The page's clock is put forward by so many.
LONG = 1000

# Whether the card lies within the window, and not over the name.
LIES_WELL = """([name, card]) => {
  const at = name.getBoundingClientRect(), box = card.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isInX = box.left >= 0 && box.right <= clientWidth;
  const isInY = box.top >= 0 && box.bottom <= clientHeight;
  return isInX && isInY && (box.top >= at.bottom || box.bottom <= at.top);
}"""


@pytest.fixture
def posts(susan, john):
    """Have John, who follows Susan, write more than fits into a window."""
    accounts.update_profile(john, "John of the Soup Kitchen", "Cooks. " * 20)
    make_follow(john, susan)
    db.session.commit()
    return [make_post(john, f"Number {n}, for @susan. " + "Soup. " * 40) for n in range(5)]


@pytest.fixture
def asked(posts):
    """Return a function that opens a page; gather which cards it asks for."""
    return []


@pytest.fixture
def open_page(visit, asked):
    def open_page(path, user=None, **options) -> Page:
        page = visit(path, user, **options)
        page.on("request", lambda request: note(request, asked))
        return page

    return open_page


def note(request, asked):
    if request.url.endswith("/card"):
        asked.append(request.url.rpartition("/@")[2])


def name_in(page, post):
    return page.locator(f"#p{post.id}-by")


def card_on(page):
    return page.get_by_role("group", name="About")


def test_pointing_at_a_name_shows_who_it_is(open_page, susan, posts, asked):
    page = open_page("/explore", susan)
    name, card = name_in(page, posts[-1]), card_on(page)

    name.hover()

    expect(card).to_be_visible()
    expect(card).to_have_accessible_name("About John of the Soup Kitchen")
    expect(card).to_contain_text("Follows you")
    expect(card.get_by_role("link", name="1 following")).to_have_attribute(
        "href", "/@john/following"
    )
    expect(name).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(LIES_WELL, [name.element_handle(), card.element_handle()])
    axe.load(page)
    assert axe.violations(page, part="main") == []
    assert asked == ["john/card"]


def test_it_stays_under_the_pointer_and_goes_with_it(open_page, susan, posts, asked):
    page = open_page("/explore", susan)
    name, card = name_in(page, posts[-1]), card_on(page)

    name.hover()
    expect(card).to_be_visible()
    page.clock.install()
    card.hover()
    page.clock.run_for(LONG)
    expect(card).to_be_visible()
    page.mouse.move(2, 2)
    page.clock.run_for(LONG)
    page.clock.resume()
    expect(card).to_have_count(0)
    expect(name).not_to_have_attribute("aria-expanded", "true")

    name_in(page, posts[-2]).hover()
    expect(card).to_be_visible()
    assert asked == ["john/card"]


def test_a_pointer_that_passes_by_shows_nothing(open_page, susan, posts, asked):
    page = open_page("/explore", susan)

    page.clock.install()
    name_in(page, posts[-1]).hover()
    page.mouse.move(2, 2)
    page.clock.run_for(LONG)

    expect(card_on(page)).to_have_count(0)
    assert asked == []


def test_the_keyboard_gets_into_it_and_escape_out_of_it(open_page, susan, posts):
    page = open_page("/explore", susan)
    name, card = name_in(page, posts[-1]), card_on(page)
    follow = card.get_by_role("button", name="Follow")

    tab_to(page, name)
    expect(card).to_be_visible()
    page.keyboard.press("Tab")
    expect(follow).to_be_focused()
    page.clock.install()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(name).to_be_focused()
    page.clock.run_for(LONG)
    expect(card).to_have_count(0)
    page.clock.resume()

    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(name).to_be_focused()


def tab_to(page, name):
    """Come to a name by the keyboard, as far as the browser can tell."""
    name.evaluate("(name) => name.closest('article').querySelector('a').focus()")
    page.keyboard.press("Tab")
    expect(name).to_be_focused()


def test_escape_sends_it_away_until_the_pointer_comes_back(open_page, susan, posts):
    page = open_page("/explore", susan)
    name, card = name_in(page, posts[-1]), card_on(page)

    name.hover()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.clock.install()
    name.locator("bdi").hover()
    name.locator(".post-handle").hover()
    page.clock.run_for(LONG)
    expect(card).to_have_count(0)
    page.clock.resume()
    page.mouse.move(2, 2)
    name.hover()
    expect(card).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_lies_within_the_window(open_page, susan, posts, width):
    page = open_page("/explore", susan, viewport={"width": width, "height": 700})

    for post in posts:
        for name in (name_in(page, post), page.locator(f"#p{post.id} .mention")):
            page.mouse.move(1, 1)
            expect(card_on(page)).to_have_count(0)
            name.hover()
            expect(card_on(page)).to_be_visible()
            elements = [name.element_handle(), card_on(page).element_handle()]
            assert page.evaluate(LIES_WELL, elements)


def test_one_follows_on_it_and_it_is_fetched_anew(open_page, susan, posts, asked):
    page = open_page("/explore", susan)
    card = card_on(page)

    name_in(page, posts[-1]).hover()
    card.get_by_role("button", name="Follow").click()
    expect(card.get_by_role("button", name="Following")).to_be_focused()
    expect(card).to_contain_text("1 follower")
    page.mouse.move(2, 2)
    expect(card).to_have_count(0)

    name_in(page, posts[-1]).hover()
    expect(card).to_contain_text("1 follower")
    expect(card.get_by_role("button", name="Following")).to_be_visible()
    assert asked == ["john/card", "john/card"]
    assert page.evaluate("history.state?.isChanged")


def test_signed_out_it_leads_to_the_sign_in_form(open_page, posts):
    page = open_page("/explore")

    name_in(page, posts[-1]).hover()

    expect(card_on(page).get_by_role("link", name="Follow John")).to_have_attribute(
        "href", "/auth/login?next=/%40john"
    )
    assert page.evaluate("history.state?.isChanged") is None


def test_profiles_have_none_of_their_own(open_page, susan, posts, asked):
    page = open_page("/@john", susan)

    page.clock.install()
    name_in(page, posts[-1]).hover()
    page.clock.run_for(LONG)
    assert asked == []
    page.clock.resume()
    page.locator(f"#p{posts[-1].id} .mention").hover()
    expect(card_on(page)).to_have_accessible_name("About susan")


def test_of_somebody_who_is_gone_there_is_none(open_page, susan, john, posts, watch):
    watch.allow("Response Status Error Code 404")
    page = open_page("/explore", susan)
    john.suspended_at = john.created_at
    db.session.commit()

    with page.expect_response("**/card"):
        name_in(page, posts[-1]).hover()
    expect(name_in(page, posts[-1])).to_be_visible()
    expect(card_on(page)).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_finger_gets_to_the_profile_at_once(open_page, susan, posts, asked):
    page = open_page("/explore", susan, has_touch=True, viewport={"width": 390, "height": 700})

    name_in(page, posts[-1]).tap()

    expect(page).to_have_url("/@john")
    assert asked == []
