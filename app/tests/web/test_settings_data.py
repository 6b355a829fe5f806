"""The page for taking one's data along and for leaving."""

import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from sqlalchemy import func, select, update

from app.extensions import db, settings
from app.models import Export, ExportState, Job, JobState, User, UserSession
from app.models.base import utc_now
from app.services import exports
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post

PAGE = "/settings/data"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(susan, client_of) -> Client:
    """Return a browser in which susan is signed in."""
    browser = client_of(susan)
    browser.get(PAGE)
    return browser


@pytest.fixture
def make_export(susan, browser, run_jobs):
    """Return a function that makes an export of susan by the page and gives its path."""

    def make():
        browser.post(f"{PAGE}/exports")
        run_jobs()
        page = browser.get(PAGE).text
        return re.search(rf'href="({PAGE}/exports/\d+)"', page)[1]

    return make


def number_of(model):
    number = db.session.scalar(select(func.count()).select_from(model))
    db.session.commit()
    return number


def test_an_export_is_requested_made_and_downloaded(browser, run_jobs, susan):
    make_post(susan, "Hello")
    assert browser.post(f"{PAGE}/exports").location == PAGE
    waiting = browser.get(PAGE).text
    assert "In progress" in waiting
    assert re.search(r'<progress id="progress" max="100" value="0">', waiting)
    assert re.search(r"<button [^>]*disabled>Request a new export", waiting)
    assert f'<noscript><a class="meta" href="{PAGE}">Refresh</a></noscript>' in waiting

    run_jobs()
    done = browser.get(PAGE).text
    assert "In progress" not in done
    assert re.search(r"\d+(\.\d)? kB · can be downloaded until ", done)
    path = re.search(rf'href="({PAGE}/exports/\d+)"', done)[1]
    response = browser.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    today = f"{utc_now():%Y-%m-%d}"
    assert response.headers["Content-Disposition"] == (
        f"attachment; filename=microblog-susan-{today}.zip"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert "index.html" in ZipFile(io.BytesIO(response.data)).namelist()
    response.close()


def test_what_is_being_made_is_not_requested_twice(browser):
    browser.post(f"{PAGE}/exports")
    browser.post(f"{PAGE}/exports")

    assert "Your export is being made already." in browser.get(PAGE).text
    assert number_of(Export) == number_of(Job) == 1


def test_progress_is_told_to_htmx(browser):
    browser.post(f"{PAGE}/exports")
    db.session.execute(update(Job).values(progress=62, progress_text="pages"))
    db.session.commit()
    response = browser.get(f"{PAGE}/exports", **HTMX)

    assert response.text.lstrip().startswith('<li id="export-progress"')
    assert "Writing pages, 62%" in response.text
    assert "HX-Retarget" not in response.headers


def test_the_list_is_given_to_htmx_when_all_is_done(browser, run_jobs):
    browser.post(f"{PAGE}/exports")
    run_jobs()
    response = browser.get(f"{PAGE}/exports", **HTMX)

    assert response.headers["HX-Retarget"] == "#exports"
    assert response.text.lstrip().startswith('<div id="exports">')
    assert "hx-trigger" not in response.text
    assert "Download" in response.text


def test_without_htmx_the_progress_is_on_the_page(browser):
    assert browser.get(f"{PAGE}/exports").location == PAGE


def test_a_failed_export_says_so_and_can_be_tried_again(browser, run_jobs):
    browser.post(f"{PAGE}/exports")
    exports.note_failed(db.session.scalar(select(Export.id)))
    db.session.execute(update(Job).values(state=JobState.DEAD))
    db.session.commit()
    page = browser.get(PAGE).text

    assert "It could not be written." in page
    assert ">Try again</button>" in page
    browser.post(f"{PAGE}/exports")
    run_jobs()
    assert db.session.scalars(select(Export.state)).all() == [ExportState.READY]


@pytest.mark.parametrize("kind", ["another's", "unknown", "expired", "pending", "without a file"])
def test_what_cannot_be_downloaded_looks_like_what_never_was(
    kind, browser, make_export, client_of, john
):
    path = make_export()
    ahead = timedelta()
    if kind == "another's":
        browser = client_of(john)
    elif kind == "unknown":
        path = f"{PAGE}/exports/1"
    elif kind == "expired":
        ahead = timedelta(days=7, minutes=1)
    elif kind == "pending":
        db.session.execute(update(Export).values(state=ExportState.PENDING))
        db.session.commit()
    else:
        name = db.session.scalar(select(Export.file_name))
        (settings.INSTANCE_PATH / "exports" / name).unlink()
        db.session.commit()
    # The time now, not earlier: a cookie from the future counts for nothing.
    with time_machine.travel(utc_now() + ahead, tick=True):
        if kind == "expired":
            browser.sign_in("susan")
        response = browser.get(path)

    assert response.status_code == 404
    assert "Exports are kept for 7 days." in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_a_download_needs_a_session(make_export, client):
    path = make_export()

    assert client.get(path).location == f"/auth/login?next={path}"


def test_an_export_can_be_deleted_early(browser, make_export):
    path = make_export()
    assert browser.post(f"{path}/delete").location == PAGE

    assert "The export is deleted." in browser.get(PAGE).text
    assert browser.get(path).status_code == 404
    assert number_of(Export) == 0
    assert browser.post(f"{path}/delete").status_code == 404


def test_nobody_deletes_an_export_of_somebody_else(make_export, client_of, john):
    path = make_export()
    stranger = client_of(john)
    stranger.get(PAGE)

    assert stranger.post(f"{path}/delete").status_code == 404
    assert number_of(Export) == 1


def test_an_export_asks_for_the_password_after_a_while(browser):
    db.session.execute(update(UserSession).values(verified_at=utc_now() - timedelta(minutes=16)))
    db.session.commit()
    response = browser.post(f"{PAGE}/exports", {"next": PAGE})

    assert response.location == f"/auth/verify?next={PAGE}"
    assert number_of(Export) == 0


def test_exports_are_limited(make_app, susan, run_jobs):
    browser = Client(make_app(RATELIMIT_ENABLED=True))
    browser.sign_in("susan")
    statuses = [browser.post(f"{PAGE}/exports").status_code for _ in range(6)]

    assert statuses == [303] * 5 + [429]


def test_the_page_asks_the_database_little(browser, make_export, count_queries):
    make_export()
    count_queries.clear()
    browser.get(PAGE)

    # The viewer and the exports; a third one while an export is being made.
    assert len(count_queries) == 2


def test_an_account_is_deleted_with_the_password(browser, susan):
    response = browser.post(f"{PAGE}/deletion", {"password": PASSWORD, "sure": "y"})

    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache"'
    page = browser.get(response.location).text
    assert "will be erased on " in page
    assert "Sign in before then to keep it." in page
    assert browser.get(PAGE).location == f"/auth/login?next={PAGE}"
    assert browser.get("/@susan").status_code == 404
    assert number_of(UserSession) == 0


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({}, ["Enter your password.", "Tick this if you are sure."]),
        ({"password": "not my password", "sure": "y"}, ["This is not your password."]),
        ({"password": PASSWORD}, ["Tick this if you are sure."]),
        ({"password": "x" * 500_000, "sure": "y"}, ["This is not your password."]),
    ],
)
def test_a_deletion_that_is_not_meant_is_refused(browser, fields, messages):
    response = browser.post(f"{PAGE}/deletion", fields)

    assert response.status_code == 422
    for message in messages:
        assert message in response.text
    assert db.session.scalars(select(User.deletion_at)).all() == [None, None]


def test_guesses_at_the_password_are_limited(make_app, susan):
    browser = Client(make_app(RATELIMIT_ENABLED=True))
    browser.sign_in("susan")
    fields = {"password": "not my password", "sure": "y"}
    statuses = [browser.post(f"{PAGE}/deletion", fields).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_the_owner_is_told_to_hand_the_site_over_first(owner, client_of):
    browser = client_of(owner)
    page = browser.get(PAGE).text
    assert "flask users role NAME owner" in page
    assert "Delete account" not in page

    response = browser.post(f"{PAGE}/deletion", {"password": PASSWORD, "sure": "y"})
    assert response.status_code == 422
    assert db.session.scalars(select(User.deletion_at)).all() == [None]


def test_sizes_are_written_for_readers(app, susan, client_of, make_export):
    browser = client_of(susan)
    make_export()
    for size, written in ((1, "1 kB"), (1_500, "1.5 kB"), (48_200_000, "48 MB"),
                          (2_500_000_000, "2.5 GB"), (5 * 10**12, "5,000 GB")):  # fmt: skip
        db.session.execute(update(Export).values(size=size))
        db.session.commit()
        assert f">{written} · can be downloaded" in browser.get(PAGE).text
