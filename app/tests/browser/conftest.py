"""A real Chromium, and the real application served over HTTP on the test's database."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.extensions import db
from app.services import profiles
from app.tests.browser.places import Place, make_town
from app.tests.browser.watch import Watch
from app.tests.client import Client

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
NO_BROWSER = (
    "no Chromium that works: install it by your system's packages, name it: CHROMIUM=/path/to/it, "
    "or run `.venv/bin/python -m playwright install --only-shell chromium`"
)
# Playwright itself turns off the sandbox, which root cannot have, updates and background traffic.
FLAGS = ["--disable-gpu"]
# Milliseconds. Long, because a busy machine is no reason to fail.
PATIENCE = 10_000
PAGE_SIZE = 5


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests beside this file."""
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator:
    """Say only once why all these tests are skipped: pytest folds what has one place."""
    report = yield
    if report.skipped and NO_BROWSER in str(report.longrepr):
        report.longrepr = (__file__, 0, NO_BROWSER)
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield the one browser of this process; without any, skip, or fail where CI must have one."""
    with ExitStack() as stack:
        browser = _launch(stack)
        if browser is None and os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER, pytrace=False)
        if browser is None:
            pytest.skip(NO_BROWSER)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(shared_app, make_config) -> Iterator[Flask]:
    """Serve the application on a free port and yield it; each request in a thread of its own."""
    http = make_server("127.0.0.1", 0, shared_app, threaded=True, request_handler=QuietHandler)
    url = f"http://127.0.0.1:{http.port}"
    # As it is where mail is really sent. Nobody is there to translate.
    settings = {
        "PAGE_SIZE": PAGE_SIZE,
        "REQUIRE_CONFIRMED_EMAIL": True,
        "TRANSLATE_URL": "libretranslate://127.0.0.1:1?tls=off",
    }
    http.app = create_app(make_config(BASE_URL=url, **settings))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield http.app
    http.shutdown()
    thread.join()
    http.server_close()
    with http.app.app_context():
        db.engine.dispose()


class QuietHandler(WSGIRequestHandler):
    """Werkzeug's handler without its log: the application writes its own."""

    def log(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(server) -> str:
    """Return the address of the served application."""
    return server.extensions["config"].base_url


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch all pages of the test; none may complain or ask another site for anything."""
    watching = Watch()
    yield watching
    assert not watching.problems, "\n".join(watching.problems)


@pytest.fixture
def new_context(app, chromium, site, watch) -> Iterator:
    """Return a function that starts a browser as fresh as after its installation."""
    contexts: list[BrowserContext] = []

    def make(**options) -> BrowserContext:
        defaults = {"locale": "en-GB", "timezone_id": "Europe/Madrid", "base_url": site}
        context = chromium.new_context(**(defaults | options))
        context.set_default_timeout(PATIENCE)
        watch.over(context, site)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_context, sign_in):
    """Return a function that opens a page in a fresh browser, perhaps as somebody signed in."""

    def open_page(path: str = "/", user=None, **options) -> Page:
        context = new_context(**options)
        if user is not None:
            sign_in(context, user)
        page = context.new_page()
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def sign_in(app, site):
    """Return a function that signs somebody in without the form, which other tests are about."""

    def give_cookie(context, user):
        client = Client(app)
        client.sign_in(user.username)
        kept = client.browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
        cookie = {"name": kept.key, "value": kept.value, "url": site, "httpOnly": kept.http_only}
        context.add_cookies([cookie])

    return give_cookie


@pytest.fixture(scope="session")
def kept_town() -> Iterator[dict]:
    """Yield what keeps a town once it is made, for `town`."""
    kept: dict = {}
    yield kept
    if kept:
        kept["rows"].close()


@pytest.fixture
def town(app, kept_town) -> SimpleNamespace:
    """Return people and posts that fill every page. Making them takes longer than a test of a page,
    so on SQLite the first ones are kept, and put back for each test.
    """  # noqa: D205
    if db.engine.dialect.name != "sqlite":
        return make_town()
    if not kept_town:
        kept_town["town"] = make_town()
        kept_town["rows"] = sqlite3.connect(":memory:", check_same_thread=False)
        _copy(lambda database: database.backup(kept_town["rows"]))
    else:
        _copy(kept_town["rows"].backup)
    return kept_town["town"]


def _copy(copy: Callable[..., None]) -> None:
    """Have the database of the tests copied, or written anew."""
    db.session.commit()
    with closing(db.engine.raw_connection()) as connection:
        copy(connection.driver_connection)


@pytest.fixture
def open_place(town, new_context, sign_in, monkeypatch):
    """Return a function that opens a page of `places.PLACES`, one browser for each reader."""
    find = profiles.profile
    monkeypatch.setattr(
        profiles, "profile", lambda viewer, name: 1 / 0 if name == "broken" else find(viewer, name)
    )
    pages: dict[str | None, Page] = {}

    def open_page(place: Place, **options) -> Page:
        if place.viewer not in pages:
            context = new_context(**options)
            if place.viewer:
                sign_in(context, getattr(town, place.viewer))
            pages[place.viewer] = context.new_page()
        page = pages[place.viewer]
        page.goto(place.path.format_map(vars(town)))
        if place.prepare:
            place.prepare(page)
        return page

    return open_page


def _launch(stack: ExitStack) -> Browser | None:
    """Start the first Chromium that works: the one named, one of the system, Playwright's own."""
    try:
        playwright = stack.enter_context(sync_playwright())
    except Exception:
        # Its driver does not start, for want of a library. It raises nothing more exact.
        return None
    names = (os.environ.get("CHROMIUM"), *NAMES)
    paths = [path for name in names if name and (path := shutil.which(name))]
    for path in (*dict.fromkeys(paths), None):
        with suppress(PlaywrightError):
            return playwright.chromium.launch(executable_path=path, args=FLAGS)
    return None
