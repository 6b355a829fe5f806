"""What the page of a post costs in a conversation of 500 replies, 12 deep, and in a small one.

    python -m bench.threads --rounds 30

For each database, a new one, and gunicorn with one worker: the pages take turns, and the medians
are compared. All are asked for by a member; the queries include the one for the session.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import flask_migrate

import config as configuration
from app import create_app
from app.database import begin_reading
from app.extensions import db
from app.tests.databases import test_database
from app.tests.factories import make_user
from app.tests.threads import plant
from bench.browser import Browser, last_queries
from bench.servers import server

REPLIES = 500
DEPTH = 12
TEXT = "Leek and potato, with a spoon of mustard at the end. It keeps until Thursday. " * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    print(f"{'database':<12}{'page':<34}{'posts':>6}{'queries':>9}{'ms':>8}{'max ms':>8}{'kB':>7}")
    for kind in ("sqlite", "postgresql"):
        with site(kind) as (pages, port, log):
            measure(kind, Browser(port, "reader").get, pages, rounds, log)


@contextmanager
def site(kind: str) -> Iterator[tuple[dict[str, str], int, Path]]:
    """Yield the pages by what they are, the port of the site, and its log."""
    with tempfile.TemporaryDirectory() as name, test_database(kind, Path(name)) as url:
        os.environ["DATABASE_URL"] = url
        folder = Path(name)
        app = create_app(configuration.load(_env_file=None, INSTANCE_PATH=name, LOG_LEVEL="ERROR"))
        with app.app_context():
            flask_migrate.upgrade()
            pages = conversations()
            begin_reading(db)
            with server("microblog:app", folder) as running:
                yield pages, running.port, running.log
            db.session.remove()
            db.engine.dispose()


def conversations() -> dict[str, str]:
    """Make the conversations and return the paths of their pages."""
    make_user("reader")
    author = make_user("author")
    small = [None, 0, 0, 0]
    deep = grow()
    wide = [None, *[0] * REPLIES]
    chosen = {
        "3 replies": (small, 0),
        f"{REPLIES} replies, {DEPTH} deep, the first": (deep, 0),
        f"{REPLIES} replies, {DEPTH} deep, in the middle": (deep, DEPTH // 2),
        f"{REPLIES} replies, {DEPTH} deep, the deepest": (deep, DEPTH),
        f"{REPLIES} replies to one post": (wide, 0),
    }
    pages = {}
    for name, (parents, number) in chosen.items():
        posts = plant(author, parents, ["shown"] * len(parents), [TEXT])
        pages[name] = f"/@author/{posts[number].id}"
    return pages


def grow() -> list[int | None]:
    """Return whom each replies to: a line to the full depth, and all others anywhere above that."""
    dice = random.Random(1)
    parents: list[int | None] = [None, *range(DEPTH)]
    depth = [*range(DEPTH + 1)]
    while len(parents) <= REPLIES:
        parent = dice.choice([number for number in range(len(depth)) if depth[number] < DEPTH])
        parents.append(parent)
        depth.append(depth[parent] + 1)
    return parents


def measure(
    kind: str, get: Callable[[str], bytes], pages: dict[str, str], rounds: int, log: Path
) -> None:
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for path in pages.values():
        get(path)
    for _ in range(rounds):
        for name, path in pages.items():
            started = time.perf_counter()
            get(path)
            taken[name].append((time.perf_counter() - started) * 1000)
    for name, path in pages.items():
        page = get(path)
        print(
            f"{kind:<12}{name:<34}{page.count(b'<article'):>6}{last_queries(log):>9}"
            f"{median(taken[name]):>8.1f}{max(taken[name]):>8.1f}{len(page) / 1000:>7.1f}"
        )


if __name__ == "__main__":
    main()
