"""What JavaScript adds: quicker, and never less than what works without it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import delete, update

from app.extensions import db
from app.models import Credential, UserSession
from app.services import posts
from app.tests.factories import PASSWORD, make_post
from app.tests.pictures import picture

pytestmark = pytest.mark.usefixtures("once")

WRITING = "Half a thought about soup"


@pytest.fixture
def home(visit, susan, john):
    """Return the home of susan, with a mark that a full reload would wipe away."""
    make_post(susan, "An older post.")
    page = visit("/", susan, viewport={"width": 1280, "height": 900})
    page.evaluate("window.isSamePage = true")
    return page


def is_same_page(page):
    return page.evaluate("window.isSamePage === true")


def composer(page):
    return page.get_by_role("textbox", name="New post")


def send(page):
    page.get_by_role("button", name="Post", exact=True).click()


def test_a_post_appears_without_a_reload(home):
    composer(home).fill("Hello\n<b>all</b>")
    send(home)

    posts = home.get_by_role("article")
    expect(posts).to_have_count(2)
    expect(posts.first.locator(".post-body")).to_have_text("Hello<b>all</b>")
    expect(composer(home)).to_have_value("")
    expect(home.get_by_role("button", name="Post", exact=True)).to_be_focused()
    expect(home.locator("#live")).to_have_text("Your post is published.")
    assert is_same_page(home)


def test_the_first_post_takes_the_place_of_the_empty_home(visit, susan):
    page = visit("/", susan)
    composer(page).fill("First!")
    send(page)

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_text("Your home is quiet for now")).to_have_count(0)


def test_several_posts_can_be_written_one_after_the_other(home):
    for text in ("One", "Two", "Three"):
        composer(home).fill(text)
        home.keyboard.press("Control+Enter")
        expect(home.get_by_role("article").first).to_contain_text(text)
        expect(composer(home)).to_be_focused()

    assert is_same_page(home)
    home.reload()
    expect(home.get_by_role("article")).to_have_count(4)


def test_the_counter_counts_what_a_reader_sees(home):
    counter = home.locator("#new-count")
    expect(counter).to_have_text("500 characters left")
    for text in ("x", "👩‍👩‍👧‍👦", "🇰🇷", "한", "e\u0301", "👍🏽"):
        composer(home).fill(text)
        expect(counter).to_have_text("499 characters left")
        composer(home).fill("")
        expect(counter).to_have_text("500 characters left")


def test_the_counter_warns_near_the_end_and_beyond_it(home):
    counter = home.locator("#new-count")
    composer(home).fill("x" * 490)
    expect(counter).to_have_text("10 characters left")
    expect(counter).to_have_class(re.compile("is-near"))
    expect(counter).to_have_attribute("aria-live", "polite")

    composer(home).fill("x" * 501)
    expect(counter).to_have_text("-1 characters left")
    expect(counter).to_have_class(re.compile("is-over"))


def test_a_refused_post_keeps_its_text_and_says_why(home):
    text = "x" * 501
    composer(home).fill(text)
    send(home)

    expect(home.get_by_text("1 character too many; a post has at most 500.")).to_be_visible()
    expect(composer(home)).to_have_value(text)
    expect(composer(home)).to_be_focused()
    expect(composer(home)).to_have_accessible_description(re.compile("1 character too many"))
    assert is_same_page(home)

    composer(home).fill("Shorter")
    send(home)
    expect(home.get_by_role("article").first).to_contain_text("Shorter")
    expect(home.get_by_text("1 character too many")).to_have_count(0)


def test_following_swaps_the_button_in_its_place(home):
    home.get_by_role("button", name="Follow john").click()
    following = home.get_by_role("button", name="Following john")

    expect(following).to_be_focused()
    assert is_same_page(home)
    following.click()
    expect(home.get_by_role("button", name="Follow john")).to_be_focused()


def test_following_on_a_profile_renews_its_counts(visit, susan, john):
    page = visit("/@john", susan)
    page.evaluate("window.isSamePage = true")
    expect(page.locator("#stats")).to_contain_text("0 followers")
    page.get_by_role("button", name="Follow", exact=True).click()

    expect(page.locator("#stats")).to_contain_text("1 follower")
    expect(page.locator("#stats")).to_have_count(1)
    following = page.get_by_role("button", name="Following", exact=True)
    expect(following).to_be_focused()
    following.click()
    expect(page.locator("#stats")).to_contain_text("0 followers")
    assert is_same_page(page)


def test_a_post_written_on_the_page_can_be_used_like_any_other(home):
    composer(home).fill("Fresh")
    send(home)
    expect(home.get_by_role("article")).to_have_count(2)
    fresh = home.get_by_role("article").first
    expect(fresh.locator("time")).to_have_text("now")
    fresh.locator("summary").click()
    fresh.get_by_role("link", name="Delete…").click()

    expect(home.get_by_role("heading", level=1)).to_have_text("Delete this post?")


def test_a_menu_closes_on_escape_and_gives_the_focus_back(home):
    menu = home.locator(".side-foot details")
    summary = menu.locator("summary")
    summary.focus()
    home.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Your profile")).to_be_visible()
    home.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Your profile")).to_be_focused()

    home.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Your profile")).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_menu_closes_on_a_click_elsewhere_and_when_another_opens(home):
    account = home.locator(".side-foot details")
    of_post = home.get_by_role("article").locator("details")
    account.locator("summary").click()
    expect(account).to_have_attribute("open", "")

    of_post.locator("summary").click()
    expect(account).not_to_have_attribute("open", "")
    expect(of_post).to_have_attribute("open", "")

    home.get_by_text("An older post.").click()
    expect(of_post).not_to_have_attribute("open", "")


def test_times_are_relative_with_the_full_date_of_the_readers_zone(visit, john, watch):
    at = datetime.now(UTC) - timedelta(hours=3, minutes=20)
    make_post(john, "Earlier", at=at)
    zone_of_browser = {"timezone_id": "Asia/Seoul"}
    time = visit("/explore", **zone_of_browser).locator("article time")

    expect(time).to_have_text("3 h")
    there = at + timedelta(hours=9)
    clock = f"{there.hour}:{there:%M}"
    full = f"{there.day} {there:%B %Y}, 0?{clock} (GMT\\+9|KST)"
    expect(time).to_have_attribute("title", re.compile(full))


@pytest.mark.parametrize(("locale", "words"), [("es-ES", "3 h"), ("ko-KR", "3시간 전")])
def test_times_speak_the_readers_language(visit, john, locale, words):
    make_post(john, "Earlier", at=datetime.now(UTC) - timedelta(hours=3))

    expect(visit("/explore", locale=locale).locator("article time")).to_have_text(words)


def test_a_failed_form_puts_the_focus_on_its_errors(visit):
    page = visit("/auth/register")
    page.get_by_label("User name").fill("noor!")
    page.get_by_role("button", name="Create account").click()
    summary = page.get_by_role("alert")

    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    expect(page).to_have_title(re.compile("^3 problems · "))
    summary.get_by_role("link", name="E-mail").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("User name")).to_have_value("noor!")


def test_an_expired_session_leads_to_signing_in_and_back(visit, susan, john):
    page = visit("/@john", susan)
    db.session.execute(delete(UserSession))
    db.session.commit()
    page.get_by_role("button", name="Follow", exact=True).click()

    expect(page).to_have_url("/auth/login?next=/@john")


def test_posting_with_an_expired_session_leads_to_signing_in_and_is_done_then(home):
    db.session.execute(delete(UserSession))
    db.session.commit()
    composer(home).fill(WRITING)
    send(home)
    expect(home.get_by_role("status")).to_contain_text("Nothing you wrote is lost.")
    home.get_by_label("User name or e-mail").fill("susan")
    home.get_by_label("Password").fill(PASSWORD)
    home.get_by_role("button", name="Sign in").click()

    expect(home).to_have_url(re.compile(r"/@susan/\d+"))
    expect(home.get_by_role("article")).to_contain_text(WRITING)


def test_pictures_are_attached_at_once_and_described_next(home):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    home.route("**/posts", hold, times=1)
    composer(home).fill("Look")
    files = [{"name": "x.png", "mimeType": "image/png", "buffer": picture()} for _ in range(2)]
    home.locator("#new-file").set_input_files(files)
    composer(home).press("End")
    with home.expect_response("**/posts"):
        # While the files are on their way, somebody goes on writing.
        composer(home).press_sequentially(" what")
        held[0].continue_()
    expect(home.locator(".attach")).to_have_count(2)
    expect(composer(home)).to_have_value("Look what")
    expect(composer(home)).to_be_focused()

    home.get_by_role("button", name="Remove picture 2").click()
    expect(home.locator(".attach")).to_have_count(1)
    alt = home.get_by_label("Describe the picture")
    expect(alt).to_be_focused()
    send(home)
    expect(home.get_by_text("Describe the picture, or post it as it is.")).to_be_visible()
    expect(alt).to_be_focused()
    alt.fill("Red and blue")
    send(home)

    expect(home.get_by_role("article").first.get_by_alt_text("Red and blue")).to_be_visible()
    expect(home.locator(".attach")).to_have_count(0)
    assert is_same_page(home)


def test_what_is_chosen_while_a_post_is_on_its_way_is_not_for_the_next(home):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    home.route("**/posts", hold, times=1)
    composer(home).fill("Look")
    send(home)
    home.get_by_text("Add a content warning").locator("xpath=..").click()
    home.locator("#new-sensitive").check()
    composer(home).press_sequentially(" and")
    held[0].continue_()

    expect(home.get_by_role("article")).to_have_count(2)
    expect(composer(home)).to_have_value(" and")
    expect(home.locator("#new-sensitive")).not_to_be_checked()


def test_a_reply_appears_below_its_post(visit, susan, john):
    post = make_post(john)
    page = visit(f"/@john/{post.id}#compose", susan)
    box = page.get_by_role("textbox", name="Reply to john")
    expect(box).to_be_focused()
    page.keyboard.type("thank you")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#replies article")).to_contain_text("@john thank you")
    expect(page.get_by_role("heading", name="Replies", exact=True)).to_be_visible()
    expect(box).to_have_value("@john ")


@pytest.mark.parametrize("click", ["Post", "Follow john"])
def test_without_a_network_an_alert_says_so_and_nothing_is_lost(home, watch, click):
    watch.allow("ERR_INTERNET_DISCONNECTED", "htmx:")
    home.context.set_offline(True)
    composer(home).fill(WRITING)
    home.get_by_role("button", name=click, exact=True).click()

    expect(home.get_by_role("alert")).to_contain_text("That did not reach the site.")
    expect(composer(home)).to_have_value(WRITING)
    assert is_same_page(home)

    home.context.set_offline(False)
    send(home)
    expect(home.get_by_role("article").first).to_contain_text(WRITING)
    expect(home.get_by_role("alert")).to_have_count(0)


def test_a_fault_of_the_server_is_said_and_nothing_is_lost(home, watch, monkeypatch):
    watch.allow("Response Status Error Code 500")
    monkeypatch.setattr(posts, "publish", lambda *_: 1 / 0)
    composer(home).fill(WRITING)
    send(home)

    expect(home.get_by_role("alert")).to_contain_text("Something broke on our side.")
    expect(composer(home)).to_have_value(WRITING)


def test_new_post_leads_into_the_text_field(visit, susan):
    page = visit("/explore", susan, viewport={"width": 1280, "height": 900})
    page.get_by_role("link", name="New post").click()
    expect(composer(page)).to_be_focused()

    page.get_by_role("main").click(position={"x": 5, "y": 5})
    page.get_by_role("link", name="New post").click()
    expect(composer(page)).to_be_focused()


def test_back_from_a_post_shows_the_home_with_what_was_written(home):
    composer(home).fill("Written just now")
    send(home)
    expect(home.get_by_role("article")).to_have_count(2)
    home.get_by_text("An older post.").locator("xpath=ancestor::article").locator("time").click()
    expect(home).to_have_url(re.compile(r"/@susan/\d+"))
    home.go_back()

    expect(home.get_by_role("article")).to_have_count(2)


def test_the_time_zone_of_the_account_wins_over_that_of_the_browser(visit, susan):
    db.session.execute(update(Credential).values(time_zone="America/Lima"))
    db.session.commit()
    post = make_post(susan, "Where am I?")

    time = visit(f"/@susan/{post.id}", susan).locator("article time")
    expect(time).to_contain_text(re.compile(r"GMT-5|PET"))
