"""What 1,000 open pages of members cost that nobody touches: % of one core, web and database.

    make bench-idle DATABASE_URL=postgresql://localhost/bench
    python -m bench.idle --pages 1000 --seconds 60

Microblog runs as in production. Each page is a home with a session of its own, and asks what the
scripts of such a page ask, at their pace. First nothing happens; then somebody likes something or
writes a message every other second; then somebody also posts once a minute, whereupon homes ask how
many posts are new. With --period 20, somebody is using each of the pages.

The database is one that `bench.generate` has filled or, if it is empty, is filled first; without
DATABASE_URL it is a new one, gone afterwards. It has to run on this machine, since its time on the
processors is measured.
"""

import argparse
import asyncio
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Select, make_url, select

import config as configuration
from app import create_app
from app.database import begin_reading, begin_writing, commit
from app.extensions import db
from app.models import Post, Role, User, Visibility
from app.services import conversations, posts, reactions, sessions
from app.services.contents import Content
from app.tests.databases import test_database
from bench.load import prepare
from bench.open_pages import PERIOD, OpenPage, Tally
from bench.places import Database
from bench.processes import cpu_seconds, parent_of
from bench.servers import production

# Seconds.
BETWEEN_ACTS = 2
BETWEEN_POSTS = 60
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HEAD = ("", "asked/s", "304 %", "p50 ms", "p99 ms", "web %", "database %", "together %")


class Site(NamedTuple):
    """A running site.

    :ivar database_pid: of PostgreSQL; 0 for SQLite, whose work the web processes do
    """

    app: Flask
    port: int
    web_pid: int
    database_pid: int


class Cost(NamedTuple):
    """In percent of one core."""

    web: float
    database: float


def main() -> None:
    arguments = parsed()
    with site(arguments.database, arguments.size) as running:
        with running.app.app_context():
            cookies = signed_in(running.app, arguments.pages)
        pages = [OpenPage(running.port, cookie, arguments.period) for cookie in cookies]
        asyncio.run(measure(running, pages, arguments.seconds))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=60, help="of each of the three measurements")
    parser.add_argument(
        "--period", type=float, default=PERIOD, help="seconds between two questions"
    )
    parser.add_argument(
        "--size", default="S", help="of the site, if it is made: see bench.generate"
    )
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    return parser.parse_args()


@contextmanager
def site(kind: str, size: str) -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        given = os.environ.get("DATABASE_URL")
        url = stack.enter_context(nullcontext(given) if given else test_database(kind, folder))
        prepare(url, size, folder)
        key = secrets.token_hex(32)
        server = stack.enter_context(production(folder, url, SECRET_KEY=key))
        app = create_app(
            configuration.load(
                _env_file=None,
                DATABASE_URL=url,
                INSTANCE_PATH=folder,
                SECRET_KEY=key,
                LOG_LEVEL="ERROR",
            )
        )
        yield Site(app, server.port, server.pid, postgresql_pid(url))
        with app.app_context():
            db.engine.dispose()


def postgresql_pid(url: str) -> int:
    if make_url(url).get_backend_name() == "sqlite":
        return 0
    database = Database(url)
    return parent_of(database.connection.get_backend_pid())


def signed_in(app: Flask, number: int) -> list[str]:
    """Sign so many browsers in, without their passwords, and return their cookies."""
    begin_writing(db)
    everybody = db.session.scalars(members().limit(number)).all()
    tokens = [
        sessions.start(user, remembered=True, ip="", user_agent=USER_AGENT)
        for user in islice(cycle(everybody), number)
    ]
    commit(db)
    seal = SecureCookieSessionInterface().get_signing_serializer(app)
    assert seal
    signed = (seal.dumps({"_permanent": True, "_fresh": True, "_user_id": each}) for each in tokens)
    return [f"session={each!s}" for each in signed]


def members() -> Select[User]:
    return (
        select(User).where(User.role == Role.MEMBER, User.suspended_at.is_(None)).order_by(User.id)
    )


async def measure(running: Site, pages: Sequence[OpenPage], seconds: int) -> None:
    print("".join(f"{cell:>{24 if not cell else 12}}" for cell in HEAD))
    open_pages = [asyncio.create_task(page.stay_open()) for page in pages]
    # Until each has asked for the first time, and a little longer.
    await asyncio.sleep(pages[0].period * 1.5)
    for name, acts, does_post in (
        ("nothing happens", False, False),
        ("likes and messages", True, False),
        ("and a post a minute", True, True),
    ):
        for page in pages:
            page.has_asked_for_news()
        with happening(running.app, acts=acts, does_post=does_post):
            tally, cost = await observed(running, pages, seconds)
        tell(name, tally, cost, seconds)
    for task in open_pages:
        task.cancel()
    await asyncio.gather(*open_pages, return_exceptions=True)


async def observed(running: Site, pages: Sequence[OpenPage], seconds: int) -> tuple[Tally, Cost]:
    tally = Tally()
    for page in pages:
        page.tally = tally
    before = usage(running)
    await asyncio.sleep(seconds)
    used = (100 * (now - then) / seconds for now, then in zip(usage(running), before, strict=True))
    return tally, Cost(*used)


def usage(running: Site) -> tuple[float, float]:
    database = running.database_pid
    return cpu_seconds(running.web_pid), cpu_seconds(database) if database else 0.0


def tell(name: str, tally: Tally, cost: Cost, seconds: int) -> None:
    """Print a line of the table; anything that was answered otherwise than it should, below it."""
    number = sum(tally.answers.values())
    ms = sorted(tally.ms)
    cells = (
        number / seconds,
        100 * tally.answers["/live", 304] / max(1, number),
        *(ms[int(share * (len(ms) - 1))] for share in (0.5, 0.99)),
        *cost,
        sum(cost),
    )
    print(f"{name:<24}" + "".join(f"{cell:>12.1f}" for cell in cells), flush=True)
    for (path, status), count in tally.answers.items():
        if status not in {200, 204, 304} or (path, status) == ("/live", 204):
            print(f"    {path}: {status}, {count} times")


@contextmanager
def happening(app: Flask, *, acts: bool, does_post: bool) -> Iterator[None]:
    """Let members do something meanwhile, in a thread of this process, which is not measured."""
    is_over = threading.Event()
    thread = threading.Thread(target=act, args=(app, is_over, does_post))
    if acts:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        if acts:
            thread.join()


def act(app: Flask, is_over: threading.Event, does_post: bool) -> None:
    dice = Random(1)
    posted_at = 0.0
    with app.app_context():
        begin_reading(db)
        everybody = db.session.scalars(members().limit(1_000)).all()
        is_liked = (Post.visibility == Visibility.PUBLIC, Post.deleted_at.is_(None))
        liked = db.session.scalars(select(Post.id).where(*is_liked).limit(1_000)).all()
        while not is_over.wait(BETWEEN_ACTS):
            begin_writing(db)
            one, other = dice.sample(everybody, 2)
            if does_post and time.monotonic() - posted_at > BETWEEN_POSTS:
                posted_at = time.monotonic()
                posts.publish(one, Content("Something that nobody had heard before."))
            elif dice.random() < 0.5:
                reactions.like(one, dice.choice(liked))
            else:
                conversations.begin(one, other.username, "Are you coming on Thursday?")
            commit(db)
        db.session.remove()


if __name__ == "__main__":
    main()
