"""What it costs to post and to like: forms sent one after the other, as browsers do."""

import time
from collections.abc import Callable
from typing import NamedTuple

from bench.browser import Browser, last_queries
from bench.measuring import Cost, Meter
from bench.places import Database
from bench.processes import cpu_seconds

AUTHORS = ("nobody", "famous")
TIMES = 200
NEWEST = """
    SELECT id FROM posts WHERE visibility = 'public' AND repost_of_id IS NULL
    ORDER BY id DESC LIMIT %s
"""


class Written(NamedTuple):
    cost: Cost
    queries: int


Send = Callable[[int], int]


def measure(meter: Meter, database: Database) -> dict[str, Written]:
    """Return what each kind of form costs."""
    found = {}
    for name in AUTHORS:
        author = Browser(meter.ours.port, name)
        found[f"posting, {name}"] = sent(meter, _posting(author))
    ids = [id_ for (id_,) in database.rows(NEWEST, TIMES)]
    reader = Browser(meter.ours.port, "follows5")
    found["like"] = sent(meter, lambda n: reader.open("POST", f"/posts/{ids[n % len(ids)]}/like"))
    for id_ in ids:
        reader.open("POST", f"/posts/{id_}/unlike")
    return found


def sent(meter: Meter, send: Send) -> Written:
    """Send a form so many times.

    :param send: sends the form of a number and returns the status of the answer
    """
    web, database = cpu_seconds(meter.ours.pid), cpu_seconds(meter.database)
    taken = sorted(_milliseconds(send, number) for number in range(TIMES))
    web = (cpu_seconds(meter.ours.pid) - web) * 1000 / TIMES
    database = (cpu_seconds(meter.database) - database) * 1000 / TIMES
    p50, p99 = taken[TIMES // 2], taken[TIMES * 99 // 100]
    cost = Cost(1000 * TIMES / sum(taken), p50, p99, web, database)
    return Written(cost, last_queries(meter.ours.log, "POST"))


def _posting(author: Browser) -> Send:
    forms = []
    for number in range(TIMES):
        # Each form makes one post.
        author.get("/compose")
        text = {"body": f"Number {number} of those who were here to be measured. Nothing to see."}
        forms.append(author.hidden_fields("/posts") | text)
    return lambda number: author.open("POST", "/posts", forms[number])


def _milliseconds(send: Send, number: int) -> float:
    started = time.perf_counter()
    status = send(number)
    if status != 303:
        raise RuntimeError(f"form {number}: {status}")
    return (time.perf_counter() - started) * 1000
