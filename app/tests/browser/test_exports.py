"""Exports in a browser: the way to one, and what is in it."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.extensions import db
from app.models import Job
from app.services import accounts, export_files, exports
from app.tests.factories import make_post

PAGE = "/settings/data"


def set_progress(percent: int) -> None:
    db.session.execute(update(Job).values(progress=percent, progress_text="pages"))
    db.session.commit()


def download(page, folder):
    """Click on Download and return the unpacked files."""
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^Download")).click()
    found = started.value
    assert re.fullmatch(r"microblog-susan-\d{4}-\d\d-\d\d\.zip", found.suggested_filename)
    found.save_as(folder / "export.zip")
    with ZipFile(folder / "export.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def exported(run_jobs, susan, tmp_path):
    """Return the unpacked export of somebody with a hostile name."""
    accounts.update_profile(susan, '"><svg/onload=1>{{7*7}}', "Cooks #soup.")
    make_post(susan, '<script>document.title = "taken"</script> and #soup')
    exports.request(susan)
    run_jobs()
    [export] = exports.listed(susan)

    with ZipFile(export_files.path_of(export.file_name)) as archive:
        archive.extractall(tmp_path)
    db.session.commit()
    return tmp_path


def test_the_bar_moves_and_gives_way_to_the_download(visit, susan, run_jobs, tmp_path):
    page = visit(PAGE, susan)
    page.get_by_role("button", name="Request a new export").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_accessible_name("Waiting for its turn, 0%")
    page.evaluate("window.isSamePage = true")
    page.get_by_label("Your password").fill("half a")

    set_progress(62)
    expect(bar).to_have_accessible_name("Writing pages, 62%")
    expect(bar).to_have_attribute("value", "62")
    run_jobs()
    expect(page.get_by_text("Ready")).to_be_visible()
    expect(bar).to_have_count(0)
    expect(page.get_by_role("button", name="Request a new export")).to_be_enabled()
    expect(page.get_by_label("Your password")).to_have_value("half a")
    assert page.evaluate("window.isSamePage === true")
    assert (download(page, tmp_path) / "index.html").exists()

    # Nothing is left that would ask again.
    expect(page.locator("[hx-trigger]")).to_have_count(0)


def test_it_all_works_without_javascript(visit, susan, run_jobs, tmp_path):
    page = visit(PAGE, susan, java_script_enabled=False)
    page.get_by_role("button", name="Request a new export").click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")

    set_progress(62)
    page.get_by_role("link", name="Refresh").click()
    expect(bar).to_have_attribute("value", "62")
    run_jobs()
    page.get_by_role("link", name="Refresh").click()
    assert (download(page, tmp_path) / "data" / "posts.json").exists()


def test_the_pages_open_without_a_network_and_lead_to_each_other(chromium, exported):
    context = chromium.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(f"file://{exported}/index.html")

    expect(page.get_by_role("heading", level=1)).to_have_text('"><svg/onload=1>{{7*7}}')
    page.get_by_role("main").get_by_role("link", name=re.compile(r"\d{4}")).click()
    expect(page.get_by_role("article")).to_contain_text("<script>document.title")
    page.get_by_role("link", name="Contents").first.click()
    expect(page).to_have_url(f"file://{exported}/index.html")
    assert failed == []
    context.close()


def test_nothing_in_the_pages_runs_and_their_style_follows_the_device(chromium, exported):
    context = chromium.new_context(offline=True, color_scheme="dark")
    page = context.new_page()
    page.goto(f"file://{exported}/index.html")
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 19, 17)")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(252, 252, 251)")

    page.get_by_role("main").get_by_role("link", name=re.compile(r"\d{4}")).click()
    expect(page.get_by_role("article")).to_be_visible()
    assert "taken" not in page.title()
    assert page.evaluate("document.querySelectorAll('svg, script').length") == 0
    context.close()


def test_deleting_the_account_says_what_comes_and_how_to_call_it_off(visit, susan):
    page = visit(PAGE, susan)
    page.get_by_label("Your password").fill("correct horse battery staple")
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Delete account").click()

    expect(page.get_by_text("will be erased on")).to_be_visible()
    expect(page.get_by_text("Sign in before then to keep it.")).to_be_visible()
    # It is told by mail; and what others are told of them is put right.
    queued = {"send_email", "recount_messages", "settle_told_by"}
    assert set(db.session.scalars(select(Job.name))) == queued
    db.session.commit()
