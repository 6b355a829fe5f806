"""Doing many things in the same moment."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.extensions import db
from app.tests.client import Client

T = TypeVar("T")


def together(jobs: Iterable[Callable[[], T]]) -> list[T | Exception]:
    """Run each job in a thread of its own, all at once; return what each returned or raised."""
    # What the test itself has read must not hold a transaction open: SQLite has one writer.
    db.session.commit()
    jobs = list(jobs)
    outcomes: list[T | Exception] = [AssertionError("never ran")] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(place: int, job: Callable[[], T]) -> None:
        barrier.wait()
        try:
            outcomes[place] = job()
        except Exception as error:
            outcomes[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def windows(client: Client, count: int) -> list[Client]:
    """Return so many windows of one browser: each sends the same cookies and CSRF token."""
    return [_window(client) for _ in range(count)]


def _window(client: Client) -> Client:
    window = Client(client.app, client.address, **client.headers)
    window.token = client.token
    name = client.app.config["SESSION_COOKIE_NAME"]
    if cookie := client.browser.get_cookie(name):
        window.browser.set_cookie(name, cookie.value)
    return window
