"""Pages that stay fresh while they are open, in two browsers side by side."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.database import begin_reading
from app.extensions import db
from app.models import Credential, Participant
from app.services import conversations, messages, reactions
from app.tests.browser.conftest import PAGE_SIZE
from app.tests.factories import make_follow, make_post, make_user

# Nothing here depends on the database.
pytestmark = pytest.mark.usefixtures("once")

# Milliseconds between two questions, rather than 20 seconds.
OFTEN = 400
HURRY = f"""() => {{
  document.getElementById("live").dataset.period = {OFTEN};
  dispatchEvent(new Event("online"));
}}"""


def hurry(page: Page) -> Page:
    """Let a page ask more often, from now on."""
    # Its script comes when all else is there.
    page.wait_for_load_state()
    page.evaluate("import(document.getElementById('live').dataset.script)")
    page.evaluate(HURRY)
    return page


def settled(page: Page) -> None:
    """Wait until a page has done what it has begun: drawn itself twice, and got an answer."""
    page.evaluate("""async () => {
      for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
      await fetch("/ping");
    }""")


def badge(page: Page, name: str):
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name)


def write(sender, recipient, text: str) -> int:
    conversation_id = conversations.begin(sender, recipient.username, text)
    db.session.commit()
    begin_reading(db)
    return conversation_id


@pytest.fixture
def opened(visit, susan, john):
    """Return the pages of susan and john, side by side, in a conversation that both have read."""
    number = write(susan, john, "Is there soup tomorrow?")
    for member in (susan, john):
        messages.mark_read(member, number, 2**62)
    db.session.commit()
    begin_reading(db)
    return [visit(f"/messages/{number}", member) for member in (susan, john)]


def test_a_like_arrives_without_a_reload(visit, susan, john):
    post = make_post(susan, "Soup is ready.")
    mine, other = hurry(visit("/about", susan)), visit(f"/@susan/{post.id}", john)
    expect(badge(mine, "Notifications")).to_have_accessible_name("Notifications")

    other.get_by_role("button", name="Like").first.click()

    expect(badge(mine, "Notifications")).to_have_accessible_name("Notifications 1 unread")
    expect(mine).to_have_title(re.compile(r"^\(1\) About"))
    expect(mine.locator("#live")).to_have_text("Notifications 1 unread")
    # Taken back, it is gone again, and nobody hears of that.
    mine.locator("#live").evaluate("(live) => live.textContent = ''")
    other.get_by_role("button", name="Like").first.click()
    expect(badge(mine, "Notifications")).to_have_accessible_name("Notifications")
    expect(mine).to_have_title(re.compile(r"^About"))
    expect(mine.locator("#live")).to_have_text("")


def test_a_message_arrives_on_another_page(visit, susan, john):
    page = hurry(visit("/explore", susan))

    write(john, susan, "Soup?")

    expect(badge(page, "Messages")).to_have_accessible_name("Messages 1 unread")
    expect(page).to_have_title(re.compile(r"^\(1\) Explore"))
    # The same as the server says.
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(1\) Explore"))
    expect(badge(page, "Messages")).to_have_accessible_name("Messages 1 unread")


def test_a_message_arrives_in_the_open_conversation_and_is_read(opened, susan, john):
    mine, other = map(hurry, opened)
    for page in (mine, other):
        expect(page.locator(".bubble")).to_have_count(1)

    other.get_by_role("textbox").last.fill("Leek, at noon.")
    # Read, since it is on the screen.
    with mine.expect_response("**/read"):
        other.get_by_role("button", name="Send").click()

    expect(mine.locator(".bubble")).to_have_count(2)
    expect(mine.locator(".bubble").last).to_contain_text("Leek, at noon.")
    expect(mine.locator(".bubble").last).to_be_in_viewport()
    # What is said of it are its words alone.
    expect(mine.locator("#live")).to_have_text("john: Leek, at noon.")
    expect(mine.locator("li.day time")).to_have_count(1)
    expect(other.locator(".bubble")).to_have_count(2)
    assert unread_of(susan) == (0, 0)
    expect(mine).not_to_have_title(re.compile(r"^\("))


def unread_of(member) -> tuple[int, int]:
    """Return how many conversations of somebody are unread, and how many messages."""
    db.session.rollback()
    credential = db.session.get_one(Credential, member.id, populate_existing=True)
    counts = db.session.scalars(
        select(Participant.unread_count).where(Participant.user_id == member.id)
    )
    found = credential.unread_messages, sum(counts)
    db.session.rollback()
    return found


def test_who_reads_further_up_stays_there(opened, susan, john):
    mine = opened[0]
    texts = [f"Number {number}. " + "Soup. " * 40 for number in range(12)]
    for text in texts:
        write(john, susan, text)
    mine.reload()
    hurry(mine)
    expect(mine.locator(".bubble").last).to_contain_text("Number 11")
    mine.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    mine.locator(".bubbles").evaluate("(list) => list.scrollTo({ top: 0, behavior: 'instant' })")
    expect(mine.locator(".bubble").last).not_to_be_in_viewport()
    settled(mine)
    first = mine.locator(".bubble").first
    top = first.bounding_box()["y"]

    write(john, susan, "The last one.")

    expect(mine.locator(".bubble").last).to_contain_text("The last one.")
    assert abs(first.bounding_box()["y"] - top) < 1
    assert unread_of(susan)[0] == 1


def test_a_page_on_a_quiet_site_asks_for_no_posts(visit, susan, john):
    make_follow(susan, john)
    make_post(john)
    page = visit("/", susan)
    # Once for what came while the page was on its way.
    with page.expect_response("**/home/news*"):
        hurry(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(3):
        with page.expect_response("**/live"):
            pass
    assert not any("/home/news" in url for url in asked)

    make_post(john, "New")

    expect(page.get_by_role("link", name="Show 1 new post")).to_be_visible()


def test_it_stops_when_one_is_signed_out(visit, susan):
    page = hurry(visit("/about", susan))
    with page.expect_response(lambda response: response.status == 204):
        page.context.clear_cookies()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    settled(page)
    page.evaluate("document.dispatchEvent(new Event('live-again'))")
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)

    assert not any("/live" in url for url in asked)


def test_all_that_came_in_is_fetched_though_it_is_more_than_a_page(opened, susan, john):
    mine = opened[0]
    for number in range(2 * PAGE_SIZE + 2):
        write(john, susan, f"Number {number}")

    hurry(mine)

    expect(mine.locator(".bubble")).to_have_count(2 * PAGE_SIZE + 3)
    expect(mine.locator(".bubble").last).to_contain_text(f"Number {2 * PAGE_SIZE + 1}")
    # One time for what was said at once, as the page would have it.
    expect(mine.locator(".bubble time:visible")).to_have_count(2)
    expect(mine.locator("li.day")).to_have_count(1)


def test_the_list_beside_a_conversation_is_fresh(opened, susan, john):
    mine, other = map(hurry, opened)
    entry = mine.locator(".convo")
    mary = make_user("mary")
    entry.focus()

    write(mary, susan, "Bread?")

    expect(entry).to_have_count(2)
    expect(entry.first).to_have_class("convo is-unread")
    expect(mine.locator(".convo[aria-current]")).to_be_focused()
    other.get_by_role("textbox").last.fill("Leek")
    other.get_by_role("button", name="Send").click()
    expect(entry.first).to_contain_text("Leek")
    expect(entry.first).to_have_class("convo")
    expect(other.locator(".convo")).to_contain_text("Leek")


@pytest.mark.parametrize("status", [503, 429, 403])
def test_it_goes_on_after_what_fails(visit, susan, john, watch, status):
    post = make_post(susan)
    page = visit("/about", susan)
    page.route("**/live", lambda route: route.fulfill(status=status, body="No."), times=2)
    hurry(page)
    reactions.like(john, post.id)
    db.session.commit()
    begin_reading(db)

    expect(badge(page, "Notifications")).to_have_accessible_name("Notifications 1 unread")


def test_without_scripts_a_refresh_shows_the_same(visit, susan, john):
    post = make_post(susan)
    page = visit("/about", susan, java_script_enabled=False)
    expect(badge(page, "Notifications")).to_have_accessible_name("Notifications")
    reactions.like(john, post.id)
    db.session.commit()
    begin_reading(db)

    page.reload()

    expect(badge(page, "Notifications")).to_have_accessible_name("Notifications 1 unread")
    expect(page).to_have_title(re.compile(r"^\(1\) About"))


def test_phones_have_them_in_the_bar_below(visit, susan, john):
    reactions.like(john, make_post(susan).id)
    db.session.commit()
    begin_reading(db)
    page = visit("/about", susan, viewport={"width": 390, "height": 844})

    links = page.get_by_role("navigation", name="Main").get_by_role("link")

    names = ["Home", "Explore", "New post", "Notifications 1 unread", "Messages"]
    expect(links).to_have_count(len(names))
    for link, name in zip(links.all(), names, strict=True):
        expect(link).to_have_accessible_name(name)
