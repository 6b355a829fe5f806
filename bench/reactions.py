"""That 100 members like and repost a post in the same moment, and that the counts are exact then.

    python -m bench.reactions --members 100

For each database, a new one, and gunicorn with two workers of two threads: every member sends the
same form over a connection of their own, all at once. The milliseconds are how long a member waits,
most of it for those before.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import flask_migrate
from sqlalchemy import func, select

import config as configuration
from app import create_app
from app.database import begin_reading
from app.extensions import db
from app.models import Like, Post
from app.tests.databases import test_database
from app.tests.factories import make_post, make_user
from app.tests.together import together
from bench.browser import Browser
from bench.servers import server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100)
    members = parser.parse_args().members
    head = f"{'database':<12}{'action':<10}{'at once':>8}{'per s':>7}{'median ms':>11}{'max ms':>8}"
    print(f"{head}{'refused':>9}{'rows':>6}{'counted':>9}")
    for kind in ("sqlite", "postgresql"):
        with site(kind, members) as (post_id, port, names):
            browsers = [Browser(port, name) for name in names]
            for action in ("like", "repost", "unlike", "unrepost"):
                measure(kind, action, post_id, browsers)


@contextmanager
def site(kind: str, members: int) -> Iterator[tuple[int, int, list[str]]]:
    """Yield a post, the port of the site that it is on, and the names of its members."""
    with (
        tempfile.TemporaryDirectory() as folder,
        test_database(kind, Path(folder)) as url,
    ):
        os.environ["DATABASE_URL"] = url
        app = create_app(
            configuration.load(_env_file=None, INSTANCE_PATH=folder, LOG_LEVEL="ERROR")
        )
        with app.app_context():
            flask_migrate.upgrade()
            post_id = make_post(make_user("author")).id
            names = [make_user(f"member_{number}").username for number in range(members)]
            begin_reading(db)
            with server("microblog:app", Path(folder), workers=2) as running:
                yield post_id, running.port, names
            db.session.remove()
            db.engine.dispose()


def measure(kind: str, action: str, post_id: int, browsers: list[Browser]) -> None:
    path = f"/posts/{post_id}/{action}"
    started = time.perf_counter()
    answers = together([partial(timed, browser, path) for browser in browsers])
    seconds = time.perf_counter() - started
    waited = [answer[0] for answer in answers if isinstance(answer, tuple) and answer[1] == 303]
    rows, count = rows_and_count(action, post_id)
    print(
        f"{kind:<12}{action:<10}{len(browsers):>8}{len(browsers) / seconds:>7.0f}"
        f"{median(waited):>11.0f}{max(waited):>8.0f}{len(browsers) - len(waited):>9}"
        f"{rows:>6}{count:>9}"
    )


def timed(browser: Browser, path: str) -> tuple[float, int]:
    started = time.perf_counter()
    status = browser.open("POST", path)
    return (time.perf_counter() - started) * 1000, status


def rows_and_count(action: str, post_id: int) -> tuple[int, int]:
    """Return how many rows there are, and how many the post says there are."""
    of_reposts = action.endswith("repost")
    link = Post.repost_of_id if of_reposts else Like.post_id
    count = Post.reposts_count if of_reposts else Post.likes_count
    rows = db.session.scalar(select(func.count(link)).where(link == post_id)) or 0
    return rows, db.session.scalar(select(count).where(Post.id == post_id)) or 0


if __name__ == "__main__":
    main()
