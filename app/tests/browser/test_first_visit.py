"""The first visit of somebody new, from front page to signing out: without JavaScript and with."""

import pytest
from playwright.sync_api import Page, expect

from app.tests.factories import PASSWORD, make_post


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def page(request, visit, owner) -> Page:
    make_post(owner, "The #soup is ready.")
    return visit("/", java_script_enabled=request.param, viewport={"width": 1280, "height": 900})


def test_a_first_visit(page, mailbox, watch):
    # Of the follow that is refused.
    watch.allow("Response Status Error Code 403")
    sign_up(page)
    learn_that_the_address_is_to_be_confirmed(page)
    [first] = mailbox.receive()
    have_the_mail_sent_again(page)
    [again] = mailbox.receive()
    find_that_the_first_link_is_over(page, mailbox.link(first))
    confirm_the_address(page, mailbox.link(again))
    see_a_quiet_home_that_suggests_people(page)
    follow_the_suggestion(page)
    write_a_post(page, "Hello from @noor,\nnew here. #soup")
    visit_own_profile(page)
    edit_profile(page)
    delete_the_post(page)
    choose_the_dark_theme(page)
    choose_a_language(page, "한국어", "ko")
    sign_out(page)


def sign_up(page):
    page.get_by_role("link", name="Create an account").click()
    expect(page).to_have_url("/auth/register")
    page.get_by_label("User name").fill("noor")
    page.get_by_label("E-mail").fill("noor@mail.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url("/")
    expect(flash(page)).to_contain_text("Welcome to Microblog, noor.")


def learn_that_the_address_is_to_be_confirmed(page):
    expect(page.get_by_role("textbox", name="New post")).to_have_count(0)
    page.get_by_role("button", name="Follow owner_of_all").click()
    expect(page.get_by_text("Confirm your e-mail address first")).to_be_visible()


def have_the_mail_sent_again(page):
    page.goto("/")
    page.get_by_role("button", name="Send the mail again").click()
    expect(flash(page)).to_have_text("We have sent a mail to noor@mail.example.")


def find_that_the_first_link_is_over(page, link):
    page.goto(link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("We can send a new one to noor@mail.example.")


def confirm_the_address(page, link):
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("noor@mail.example")
    page.get_by_role("button", name="Confirm address").click()
    expect(page).to_have_url("/")
    expect(flash(page)).to_have_text("noor@mail.example is confirmed.")
    expect(page.get_by_role("button", name="Send the mail again")).to_have_count(0)


def see_a_quiet_home_that_suggests_people(page):
    expect(page.get_by_role("heading", name="Your home is quiet for now")).to_be_visible()
    people = page.get_by_role("region", name="People you might like")
    expect(people.get_by_role("listitem")).to_have_count(1)
    expect(people).to_contain_text("@owner_of_all")


def follow_the_suggestion(page):
    page.get_by_role("button", name="Follow owner_of_all").click()
    following = page.get_by_role("button", name="Following owner_of_all")
    expect(following.or_(page.get_by_role("article"))).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("article")).to_contain_text("The #soup is ready.")


def write_a_post(page, text):
    page.get_by_role("textbox", name="New post").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page).to_have_url("/")
    post = page.get_by_role("article").first
    expect(post.locator(".post-body")).to_have_text("Hello from @noor,new here. #soup")
    expect(post.get_by_role("link", name="#soup")).to_have_attribute("href", "/tags/soup")
    expect(page.get_by_role("textbox", name="New post")).to_have_value("")


def visit_own_profile(page):
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Profile").click()
    expect(page).to_have_url("/@noor")
    expect(page.get_by_role("heading", level=1)).to_have_text("noor")
    expect(page.get_by_role("main")).to_contain_text("1 post")
    expect(page.get_by_role("main")).to_contain_text("1 following")
    expect(page.get_by_role("article")).to_have_count(1)


def edit_profile(page):
    page.get_by_role("link", name="Edit profile").click()
    page.get_by_label("Name", exact=True).fill("Noor 🗺")
    page.get_by_label("About you").fill("Maps of benches: https://benches.example")
    page.get_by_role("button", name="Save profile").click()
    expect(flash(page)).to_have_text("Your profile is saved.")
    page.goto("/@noor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Noor 🗺")
    link = page.get_by_role("link", name="benches.example")
    expect(link).to_have_attribute("href", "https://benches.example")


def delete_the_post(page):
    page.get_by_role("article").locator("summary").click()
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete this post?")
    expect(page.get_by_role("main")).to_contain_text("new here.")
    page.get_by_role("button", name="Delete post").click()
    expect(flash(page)).to_have_text("Your post is deleted.")
    expect(page.get_by_text("new here.")).to_have_count(0)


def choose_the_dark_theme(page):
    open_preferences(page)
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(flash(page)).to_have_text("Your preferences are saved.")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 19, 17)")


def choose_a_language(page, name, code):
    page.get_by_label("Language", exact=True).select_option(name)
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("html")).to_have_attribute("lang", code)


def sign_out(page):
    page.locator(".side-foot summary").click()
    page.locator(".side-foot button").click()
    expect(page).to_have_url("/")
    expect(page.locator('.side a[href="/auth/login"]')).to_be_visible()
    page.goto("/settings/profile")
    expect(page).to_have_url("/auth/login?next=/settings/profile")


def open_preferences(page):
    page.locator(".side-foot summary").click()
    page.locator(".side-foot").get_by_role("link", name="Language and theme").click()
    expect(page).to_have_url("/settings/preferences")


def flash(page):
    return page.locator(".alert[role=status]")
