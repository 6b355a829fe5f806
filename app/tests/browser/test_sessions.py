"""What a browser keeps, and for how long."""

import time

import pytest
from playwright.sync_api import expect

from app.tests.factories import PASSWORD, make_post


@pytest.fixture
def sign_in_by_form(visit, susan):
    """Return a function that signs susan in as she would herself."""

    def sign_in(remember):
        page = visit("/auth/login")
        page.get_by_label("User name or e-mail").fill("susan")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Keep me signed in").set_checked(remember)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("textbox", name="New post")).to_be_visible()
        return page

    return sign_in


def session_cookie(page):
    [cookie] = [kept for kept in page.context.cookies() if kept["name"] == "session"]
    return cookie


def what_stays(context):
    """Return the storage of a browser after it was closed: session cookies are gone."""
    state = context.storage_state()
    return {**state, "cookies": [kept for kept in state["cookies"] if kept["expires"] > 0]}


def test_the_session_ends_with_the_browser(sign_in_by_form, visit):
    page = sign_in_by_form(remember=False)

    assert session_cookie(page)["expires"] == -1
    again = visit("/settings/profile", storage_state=what_stays(page.context))
    expect(again).to_have_url("/auth/login?next=/settings/profile")


def test_a_remembered_session_outlives_the_browser(sign_in_by_form, visit):
    page = sign_in_by_form(remember=True)

    assert session_cookie(page)["expires"] > time.time() + 7 * 24 * 3600
    again = visit("/settings/profile", storage_state=what_stays(page.context))
    expect(again).to_have_url("/settings/profile")


def test_scripts_and_other_sites_do_not_get_the_session(sign_in_by_form):
    page = sign_in_by_form(remember=True)

    assert session_cookie(page)["httpOnly"]
    assert session_cookie(page)["sameSite"] == "Lax"
    assert page.evaluate("document.cookie") == ""
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert session_cookie(page)["value"] not in kept


def test_the_back_button_shows_nothing_private_after_signing_out(visit, susan):
    make_post(susan, "Mine")
    page = visit("/", susan, viewport={"width": 1280, "height": 800})
    page.goto("/@susan")
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.go_back()

    expect(page.get_by_role("link", name="Edit profile")).to_have_count(0)
    expect(page.locator('.side a[href^="/auth/login"]')).to_be_visible()


def test_a_language_chosen_in_the_footer_stays_in_the_browser(visit):
    page = visit("/explore", viewport={"width": 1280, "height": 800})
    page.locator(".site-foot summary").click()
    page.get_by_role("link", name="Español").click()

    expect(page).to_have_url("/explore")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    again = visit("/about", storage_state=what_stays(page.context))
    expect(again.locator("html")).to_have_attribute("lang", "es")


def test_the_theme_follows_the_device_until_one_is_chosen(visit, susan):
    page = visit("/settings/preferences", susan, color_scheme="dark")
    dark, light = "rgb(16, 19, 17)", "rgb(252, 252, 251)"
    expect(page.locator("body")).to_have_css("background-color", dark)

    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_css("background-color", light)
    page.get_by_role("radio", name="Light").check()
    page.get_by_role("button", name="Save preferences").click()
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.locator("body")).to_have_css("background-color", light)
