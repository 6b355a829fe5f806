"""Private messages in a browser with JavaScript, and in one without."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.models import Message, MessagesFrom
from app.services import blocks, conversations, messages

# Nothing here depends on the database.
pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def pair(susan, john) -> int:
    conversation_id = conversations.begin(susan, "john", "Is there soup?")
    settle()
    return conversation_id


def settle() -> None:
    db.session.commit()
    begin_reading(db)


def texts() -> list[str]:
    found = list(db.session.scalars(select(Message.text).order_by(Message.id)))
    settle()
    return found


def test_a_message_is_sent_in_place(visit, john, pair):
    page = visit(f"/messages/{pair}", john)
    page.evaluate("window.isSame = true")
    field = page.get_by_role("textbox", name="Message to susan")

    for text in ("Yes", "Leek"):
        field.fill(text)
        if text == "Yes":
            page.get_by_role("button", name="Send").click()
        else:
            field.press("Control+Enter")
        expect(page.locator(".bubble-mine").last).to_contain_text(text)
        expect(field).to_have_value("")
        expect(field).to_be_enabled()
        expect(field).to_be_focused()

    expect(page.locator(".bubble")).to_have_count(3)
    expect(page.locator(".day")).to_have_count(1)
    assert page.evaluate("window.isSame")
    assert texts() == ["Is there soup?", "Yes", "Leek"]


def test_what_others_wrote_meanwhile_comes_along_once(visit, susan, john, pair):
    page = visit(f"/messages/{pair}", john)
    begin_writing(db)
    messages.send(susan, pair, "Hello?")
    settle()

    page.get_by_role("textbox", name="Message to susan").fill("Yes")
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".bubble")).to_have_count(3)
    expect(page.locator(".bubble").nth(1)).to_contain_text("Hello?")


def test_what_is_refused_or_does_not_arrive_stays_in_the_field(visit, watch, john, pair):
    page = visit(f"/messages/{pair}", john)
    field = page.get_by_role("textbox", name="Message to susan")
    field.fill("x" * 2001)
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("1 character too many")).to_be_visible()
    expect(field).to_have_value("x" * 2001)

    field.fill("Short")
    page.route("**/send", lambda route: route.abort())
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("That did not reach the site.")).to_be_visible()
    expect(field).to_have_value("Short")
    expect(field).to_be_enabled()
    # That it did not reach the site is what this is about.
    watch.problems.clear()

    page.unroute("**/send")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble-mine")).to_have_count(1)
    expect(page.get_by_text("That did not reach the site.")).to_have_count(0)


def test_a_message_of_ones_own_is_deleted_in_place(visit, susan, pair):
    page = visit(f"/messages/{pair}", susan)
    page.locator(".bubble-mine").hover()
    page.get_by_label("More about this message").click()
    page.locator(".bubble-menu").get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete message").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".bubble-mine")).to_contain_text("This message was deleted")
    expect(page.locator(".bubble-mine")).to_be_focused()
    expect(page.locator("#live")).to_have_text("The message is deleted.")
    assert texts() == [""]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("text", ["Hm", "A long answer. " * 20])
def test_the_menu_of_a_message_lies_within_the_window(visit, susan, pair, width, text):
    messages.send(susan, pair, text)
    settle()
    page = visit(f"/messages/{pair}", susan, viewport={"width": width, "height": 800})
    page.locator(".bubble-mine").last.hover()
    page.get_by_label("More about this message").last.click()
    page.locator(".bubble-menu[open]").get_by_text("Delete…").click()

    box = page.locator(".bubble-menu[open] > .dropdown-menu").bounding_box()

    assert box["x"] >= 8
    assert box["x"] + box["width"] <= width - 8
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_conversation_begins_with_its_newest_message(visit, susan, john, pair):
    for number in range(8):
        messages.send(susan, pair, f"Number {number}. " + "Soup. " * 60)
    settle()
    page = visit(f"/messages/{pair}", john, viewport={"width": 390, "height": 700})

    expect(page.locator(".bubble").last).to_be_in_viewport(ratio=0.9)


def test_who_is_signed_out_can_sign_in_and_send_it(visit, watch, susan, john, pair):
    watch.allow("Response Status Error Code 403")
    for _ in range(8):
        messages.send(susan, pair, "Soup. " * 60)
    settle()
    page = visit(f"/messages/{pair}", john, viewport={"width": 390, "height": 700})
    field = page.get_by_role("textbox", name="Message to susan")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    field.fill("Half an hour of thoughts")
    page.get_by_role("button", name="Send").click()

    link = page.get_by_role("link", name="Sign in (in a new tab)")
    expect(link).to_be_in_viewport(ratio=1)
    expect(field).to_have_value("Half an hour of thoughts")

    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble-mine")).to_contain_text("Half an hour of thoughts")
    expect(link).to_have_count(0)


def test_who_was_blocked_meanwhile_learns_why_nothing_is_sent(visit, watch, susan, john, pair):
    watch.allow("Response Status Error Code 404")
    page = visit(f"/messages/{pair}", john)
    blocks.block(susan, john)
    settle()
    field = page.get_by_role("textbox", name="Message to susan")
    field.fill("Still there?")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Nobody can be written to here any more.")).to_be_visible()
    expect(field).to_have_value("Still there?")


def test_an_answer_accepts_a_request_in_place(visit, susan, john):
    john.credential.messages_from = MessagesFrom.NOBODY
    asked = conversations.begin(susan, "john", "Do you know me?")
    settle()
    page = visit(f"/messages/{asked}", john)
    expect(page.get_by_role("link", name="Requests (1)")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("If you answer, you accept it.")).to_be_visible()

    page.get_by_role("textbox", name="Message to susan").fill("Yes")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    expect(page.get_by_role("link", name="Inbox")).to_have_attribute("aria-current", "page")
    expect(page.locator(".convo[aria-current]")).to_contain_text("You: Yes")


def test_all_of_it_works_without_javascript(visit, susan, john, pair):
    page = visit("/messages", john, java_script_enabled=False)
    page.get_by_role("link", name="susan").click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    page.get_by_role("textbox", name="Message to susan").fill("Yes")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble-mine")).to_contain_text("Yes")

    page.get_by_label("More about this message").click()
    page.locator(".bubble-menu").get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete message").click()
    expect(page.get_by_text("The message is deleted.")).to_be_visible()

    page.goto("/messages")
    page.get_by_label("Write to").fill("susan")
    page.get_by_role("button", name="Write").click()
    page.get_by_label("More about this conversation").click()
    page.get_by_role("link", name="Delete conversation…").click()
    page.get_by_role("button", name="Delete conversation").click()
    expect(page.get_by_text("The conversation is deleted for you.")).to_be_visible()
    assert texts() == ["Is there soup?", ""]
