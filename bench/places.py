"""The pages to measure on a made-up site, and who asks for them."""

import sys
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any
from urllib.parse import urlencode

import psycopg2
from sqlalchemy import make_url

from bench.browser import ENCODINGS, Browser
from bench.world.people import FOLLOWING, NAMED
from bench.world.words import LANGUAGES, rare_word
from bench.wrk import Request

# Entries above the 1,001st page.
DEEP = 25_000
# Many different homes: of so many members, at so many places each.
SPREAD = (20, 20)
COMMON_WORDS = ("the", "heron", "library neighbour", "도서관", "図書館")

Requests = Mapping[str, list[Request]]

FOLLOWED = """
    SELECT id FROM posts WHERE author_id IN (
        SELECT followed_id FROM followers JOIN users ON users.id = follower_id WHERE username = %s)
    ORDER BY id DESC OFFSET %s LIMIT 1
"""
LISTED = """
    SELECT id FROM posts WHERE visibility = 'public' AND deleted_at IS NULL
    AND in_reply_to_id IS NULL AND repost_of_id IS NULL ORDER BY id DESC OFFSET %s LIMIT 1
"""
BUSIEST_TAG = """
    SELECT name FROM tags JOIN post_tags ON tag_id = id GROUP BY name ORDER BY count(*) DESC LIMIT 1
"""
BUSIEST_AUTHOR = "SELECT username FROM users ORDER BY posts_count DESC LIMIT 1"
LONGEST_THREAD = """
    SELECT username, posts.id FROM posts JOIN users ON users.id = author_id
    WHERE replies_count = (SELECT max(replies_count) FROM posts) LIMIT 1
"""
# Members who follow some, here and there among all.
READERS = """
    SELECT username FROM users WHERE following_count > 0 AND suspended_at IS NULL
    AND role = 'member' ORDER BY md5(username) LIMIT %s
"""


class Database:
    """Answers what the pages hang on."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql")
        if make_url(url).get_backend_name() != "postgresql":
            sys.exit("give a PostgreSQL database: DATABASE_URL=postgresql://localhost/bench")
        self.connection = psycopg2.connect(address.render_as_string(hide_password=False))
        self.connection.autocommit = True

    def rows(self, query: str, *values: object) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def value(self, query: str, *values: object) -> Any:
        found = self.rows(query, *values)
        return found[0][0] if found else None

    def deepest(self, query: str, *values: object) -> int:
        """Return the id of an entry so far down, or of the last third of a shorter list."""
        for depth in (DEEP, DEEP // 5, DEEP // 25, 100):
            if id_ := self.value(query, *values, depth):
                return int(id_)
        return 1


def pages(port: int, database: Database) -> Requests:
    """Return the pages by name: what is asked for again and again, or by turns."""
    cookies = {name: Browser(port, name).cookie for name in NAMED}
    found = dict(_homes(port, database, cookies)) | dict(_lists(database, cookies["follows100"]))
    browser = Browser(port)
    return {
        name: requests
        for name, requests in found.items()
        # Search is left out where there is none.
        if browser.open("GET", requests[0].path, headers={"Cookie": requests[0].cookie}) != 404
    }


def _homes(
    port: int, database: Database, cookies: Mapping[str, str]
) -> Iterator[tuple[str, list[Request]]]:
    for number in FOLLOWING.values():
        yield f"home, following {number}", [Request("/", cookies[f"follows{number}"])]
    yield "home, compressed", [Request("/", cookies["follows100"], ENCODINGS)]
    cursor = database.deepest(FOLLOWED, "follows1000")
    yield "home, deep", [Request(f"/?before={cursor}", cookies["follows1000"])]
    yield "home, many members and places", list(_spread(port, database))
    yield "home, signed out", [Request("/")]


def _spread(port: int, database: Database) -> Iterator[Request]:
    """Return the homes of many members, from the first page to far down, in no order."""
    members, places = SPREAD
    dice = Random(1)
    newest, oldest = database.rows("SELECT max(id), min(id) FROM posts")[0]
    requests = []
    for (name,) in database.rows(READERS, members):
        cookie = Browser(port, name).cookie
        cursors = (dice.randrange(oldest, newest) for _ in range(places - 1))
        requests += [Request(path, cookie) for path in ("/", *(f"/?before={c}" for c in cursors))]
    dice.shuffle(requests)
    yield from requests


def _lists(database: Database, cookie: str) -> Iterator[tuple[str, list[Request]]]:
    explored = f"/explore?before={database.deepest(LISTED)}"
    profile = f"/@{database.value(BUSIEST_AUTHOR)}"
    tag = f"/tags/{database.value(BUSIEST_TAG)}"
    thread = "/@{}/{}".format(*database.rows(LONGEST_THREAD)[0])
    dice = Random(1)
    rare = [rare_word(LANGUAGES[0], dice.randrange(50_000)) for _ in range(200)]
    yield "explore", [Request("/explore", cookie)]
    yield "explore, deep", [Request(explored, cookie)]
    yield "explore, signed out", [Request("/explore")]
    yield "profile", [Request(profile, cookie)]
    yield "profile, signed out", [Request(profile)]
    yield "hashtag", [Request(tag, cookie)]
    yield "thread", [Request(thread, cookie)]
    yield "search, common words", [Request(_search(word), cookie) for word in COMMON_WORDS]
    yield "search, rare words", [Request(_search(word), cookie) for word in rare]


def _search(words: str) -> str:
    return f"/search?{urlencode({'q': words})}"
