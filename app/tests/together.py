"""Doing many things in the same moment."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.database import is_unavailable
from app.extensions import db
from app.tests.client import Client

T = TypeVar("T")

# How often one comes again who finds the database busy.
TRIES = 20


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


def patiently(run: Callable[[], T]) -> T:
    """Come again, as who gets a 503: on a busy machine a hundred may be too many at once.

    Not where transactions have waited for each other in a circle: that is to be seen.
    """
    for _ in range(TRIES):
        try:
            return run()
        except (DBAPIError, PoolTimeout) as error:
            if not is_unavailable(error) or _is_lost_to_others(error):
                raise
    raise TimeoutError("the database stayed too busy")


def _is_lost_to_others(error: Exception) -> bool:
    state = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    return state.startswith("40")


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
