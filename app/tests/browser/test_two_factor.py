"""Two-factor sign-in from the first look at the page to signing in, without JavaScript."""

from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from app.tests.authenticator import code_for
from app.tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def page(visit, susan):
    return visit("/settings/two-factor", susan, java_script_enabled=False)


def turn_on(page) -> str:
    """Turn it on and return the key that the page has shown."""
    key = page.locator("code").inner_text()
    page.get_by_label("Six-digit code").fill(code_for(key))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".code-grid li")).to_have_count(8)
    return key


def test_a_member_turns_it_on_and_signs_in_with_it(page, visit):
    key = turn_on(page)
    page.get_by_role("link", name="I have saved them").click()
    expect(page.locator("h2 .label")).to_have_text("On")

    phone = visit("/auth/login?next=/settings/profile", java_script_enabled=False)
    phone.get_by_label("User name or e-mail").fill("susan")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    code = code_for(key, ahead=1)
    phone.get_by_label("Code from your app").fill(f"{code[:3]} {code[3:]}")
    phone.get_by_role("button", name="Sign in").click()

    expect(phone).to_have_url("/settings/profile")


def test_the_recovery_codes_can_be_downloaded(page):
    turn_on(page)
    codes = page.locator(".code-grid li").all_inner_texts()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()

    assert download.value.suggested_filename == "recovery-codes.txt"
    assert Path(download.value.path()).read_text().splitlines()[2:] == codes


def test_a_double_click_shows_them_too(visit, susan):
    page = visit("/settings/two-factor", susan)
    page.get_by_label("Six-digit code").fill(code_for(page.locator("code").inner_text()))
    page.get_by_role("button", name="Turn on").dblclick()

    expect(page.locator(".code-grid li")).to_have_count(8)


def test_reloading_does_not_show_them_again(page):
    turn_on(page)
    page.reload()

    expect(page.locator("h2 .label")).to_have_text("On")
    expect(page.locator(".code-grid")).to_have_count(0)


def test_going_back_does_not_show_them_again(page, watch):
    turn_on(page)
    page.goto("/about")

    # It is the answer to a form, and nothing has kept it.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    watch.problems.clear()
    expect(page.locator(".code-grid")).to_have_count(0)


def test_the_picture_is_shown(page):
    picture = page.get_by_role("img", name="QR code")

    assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
