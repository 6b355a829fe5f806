"""Getting back in with a link in a mail: without JavaScript and with."""

import pytest
from playwright.sync_api import Page, expect

from app.tests.factories import PASSWORD

NEW = "a kettle full of maps"


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def page(request, visit, susan) -> Page:
    return visit("/auth/login", java_script_enabled=request.param)


def test_a_forgotten_password(page, mailbox):
    ask_for_the_link(page)
    [mail] = mailbox.receive()
    choose_too_short_a_password(page, mailbox.link(mail))
    choose_a_password(page)
    sign_in(page)
    find_the_link_used(page, mailbox.link(mail))
    assert [told["Subject"] for told in mailbox.receive()] == [
        "Your password for Microblog was changed"
    ]


def ask_for_the_link(page):
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill("susan")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("E-mail").fill("susan@mail.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    expect(page.get_by_role("main")).to_contain_text("susan@mail.example")


def choose_too_short_a_password(page, link):
    page.goto(link)
    page.get_by_label("New password").fill("soup")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("a password needs at least 12")


def choose_a_password(page):
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page).to_have_url("/auth/login")
    expect(page.get_by_role("status")).to_contain_text("Your password is changed.")


def sign_in(page):
    for password in (PASSWORD, NEW):
        page.get_by_label("User name or e-mail").fill("susan")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url("/")
    expect(page.get_by_role("textbox", name="New post")).to_be_visible()


def find_the_link_used(page, link):
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    expect(page.get_by_role("link", name="Send a new link")).to_be_visible()
