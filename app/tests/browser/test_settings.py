"""The settings as people use them, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.services import confirmations
from app.tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("once")

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NEW_PASSWORD = "a quiet harbour in winter"


def sign_in_by_form(page, password=PASSWORD):
    page.goto("/auth/login")
    page.get_by_label("User name or e-mail").fill("susan")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def zone_on(page):
    page.goto("/settings/preferences")
    return page.get_by_label("Time zone")


def test_on_a_phone_the_list_leads_to_each_page_and_back(visit, susan):
    page = visit("/", susan, viewport=PHONE)
    page.locator(".appbar").get_by_label("Account menu").click()
    page.locator(".appbar").get_by_role("link", name="Settings").click()
    sections = page.get_by_role("navigation", name="Settings").get_by_role("link")
    expect(page.get_by_label("About you")).to_be_hidden()

    for name in sections.all_inner_texts():
        sections.filter(has_text=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name, use_inner_text=True)
        expect(sections).to_have_count(0)
        page.get_by_role("link", name="Back to the settings").click()
        expect(page).to_have_url("/settings")


def test_at_a_desk_the_list_stands_beside_each_page(visit, susan):
    page = visit("/settings", susan, viewport=DESK)
    nav = page.get_by_role("navigation", name="Settings")
    expect(page.get_by_label("About you")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the settings")).to_have_count(0)

    nav.get_by_role("link", name="Sessions").click()
    expect(nav.locator("[aria-current=page]")).to_have_text("Sessions")
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("java_script", [True, False], ids=["script", "plain"])
def test_name_and_password_change(visit, susan, viewport, java_script):
    page = visit("/settings/account", susan, viewport=viewport, java_script_enabled=java_script)
    page.get_by_label("User name").fill("wren")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Save account").click()
    expect(page.locator(".alert-success")).to_contain_text("You are @wren now.")
    expect(page.get_by_label("User name")).to_have_value("wren")

    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.locator(".alert-success")).to_contain_text("Your password is changed.")
    page.goto("/@susan")
    expect(page).to_have_url("/@wren")


def test_a_double_click_changes_the_password_and_stays_signed_in(visit, susan):
    page = visit("/settings/account", susan)
    page.get_by_label("Current password").fill(PASSWORD)
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("a herring a day keeps them away")
    page.get_by_role("button", name="Change password").dblclick()

    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    expect(page).to_have_url("/settings/account")


def test_a_refused_form_has_the_focus_on_what_is_wrong(visit, susan):
    page = visit("/settings/account", susan)
    page.get_by_role("button", name="Change password").click()

    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("link", name="Current password").click()
    expect(page.get_by_label("Current password")).to_be_focused()


def test_a_change_of_address_is_called_off(visit, susan):
    confirmations.request_change(susan, "wren@mail.example")
    db.session.commit()
    page = visit("/settings/account", susan, java_script_enabled=False)
    page.get_by_role("button", name="Cancel the change").click()

    expect(page.locator(".alert-success")).to_contain_text("stays as it is")
    expect(page.get_by_role("button", name="Send the mail again")).to_have_count(0)


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "plain"])
def test_sessions_end_one_by_one_and_all_at_once(visit, susan, java_script):
    others = [visit("/", susan) for _ in range(3)]
    page = visit("/settings/sessions", susan, java_script_enabled=java_script)
    rows = page.get_by_role("main").get_by_role("listitem").filter(has=page.locator(".row-text"))
    expect(rows).to_have_count(4)

    page.get_by_role("button", name="Sign out An unknown device").first.click()
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("This device")
    for other in others:
        other.goto("/settings")
        expect(other).to_have_url("/auth/login?next=/settings")


def test_signing_in_takes_the_zone_of_the_browser_over(visit, susan):
    page = visit("/auth/login", timezone_id="America/Bogota")
    sign_in_by_form(page)
    expect(page.get_by_role("textbox", name="New post")).to_be_visible()

    expect(zone_on(page)).to_have_value("America/Bogota")
    zone_on(page).select_option("Asia/Seoul")
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("#time_zone-help")).to_contain_text("GMT+9")


def test_signing_in_without_scripts_chooses_no_zone(visit, susan):
    page = visit("/auth/login", java_script_enabled=False)
    sign_in_by_form(page)

    expect(zone_on(page)).to_have_value("")


def test_signing_up_takes_the_zone_of_the_browser_over(app, visit):
    page = visit("/auth/register", timezone_id="Asia/Seoul")
    page.get_by_label("User name").fill("wren")
    page.get_by_label("E-mail").fill("wren@mail.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator(".alert-success")).to_contain_text("Welcome")

    expect(zone_on(page)).to_have_value("Asia/Seoul")
