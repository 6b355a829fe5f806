"""What pages cost, beside a bare Flask application in the same run.

    make bench SIZE=M DATABASE_URL=postgresql://localhost/bench
    python -m bench.load --size M --rounds 5

Microblog runs as in production, the bare application with as many workers, and wrk asks for pages
of both by turns. The database is one that `bench.generate` has filled or, if it is empty, is filled
first; without DATABASE_URL, it is on a server that is gone afterwards. PostgreSQL has to run on the
same machine, since its time on the processors is measured. What is found goes to bench/results and,
beside what was found at other sizes, to docs/performance.md.

With --memory: what a worker takes after 10,000 and after 100,000 requests.
"""

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import config as configuration
from app.tests.databases import test_database
from bench import places, report, writing
from bench.browser import ENCODINGS, Browser, last_queries
from bench.generate import SIZES
from bench.measuring import Meter, Pace, Paired
from bench.places import Database, Requests
from bench.processes import Memory
from bench.servers import ROOT, environment, need, production, server
from bench.wrk import Request

MILESTONES = (10_000, 100_000)
# Of requests between two looks at how many there were.
STRETCH = 5
# A connection's first request for a page also prepares its statements.
TRIES = 4


def main() -> None:
    arguments = parsed()
    need("wrk", "wrk")
    pace = Pace(arguments.rounds, arguments.seconds, arguments.clients)
    with site(arguments.size, pace) as (meter, database):
        pages = places.pages(meter.ours.port, database)
        if arguments.pages:
            pages = {name: pages[name] for name in pages if arguments.pages in name}
        found: dict[str, Any] = about(database)
        if arguments.memory:
            found["memory"] = grown(meter, pages)
        else:
            found |= measured(meter, pages, database)
            found["worker"] = of_workers(meter.workers(), meter.requests)
    # A part of the pages is for a look only.
    if arguments.keep and not arguments.pages:
        report.publish(report.keep(arguments.size, found))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES, default="S", help="what it is called")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="of each page in each round")
    parser.add_argument("--clients", type=int, default=4, help="connections at once")
    parser.add_argument(
        "--pages", default="", help="only those with this in their name, for a look"
    )
    parser.add_argument("--memory", action="store_true", help="measure memory, nothing else")
    parser.add_argument("--no-keep", dest="keep", action="store_false", help="change no file")
    return parser.parse_args()


@contextmanager
def site(size: str, pace: Pace) -> Iterator[tuple[Meter, Database]]:
    """Run both servers on a database of a size."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        given = os.environ.get("DATABASE_URL")
        url = stack.enter_context(
            nullcontext(given) if given else test_database("postgresql", folder)
        )
        prepare(url, size, folder)
        settings = configuration.load(_env_file=None)
        workers, threads = settings.WEB_CONCURRENCY, settings.WEB_THREADS
        ours = stack.enter_context(production(folder, url))
        bare = stack.enter_context(server("bench.bare:app", folder, workers, threads))
        database = Database(url)
        backend = database.connection.get_backend_pid()
        yield Meter(folder, ours, bare, pace, backend), database


def prepare(url: str, size: str, folder: Path) -> None:
    """Fill the database if it is empty, and let the periodic jobs have run."""
    variables = environment(folder) | {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
    for command in (["bench.generate", "--size", size, "--if-empty"], ["bench.periodic"]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=variables, check=True)


def about(database: Database) -> dict[str, Any]:
    users, posts = (database.value(f"SELECT count(*) FROM {table}") for table in ("users", "posts"))
    version = str(database.value("SHOW server_version")).split()[0]
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": report.commit(),
        "cores": os.cpu_count(),
        "database": f"PostgreSQL {version}",
        "users": users,
        "posts": posts,
    }


def measured(meter: Meter, pages: Requests, database: Database) -> dict[str, Any]:
    costs = meter.in_rounds(pages, lambda name: print(f"… {name}", flush=True))
    bare = next(iter(costs.values())).bare
    found = {name: page(paired, first(meter, pages[name])) for name, paired in costs.items()}
    for name, written in writing.measure(meter, database).items():
        ratio = written.cost.cpu_ms / bare.cpu_ms
        form = {"queries": written.queries, "bytes": None, "bytes_compressed": None}
        found[name] = page(Paired(written.cost, bare, ratio), form)
    print_table(found)
    return {"bare": report.rounded(bare._asdict()), "pages": found}


def first(meter: Meter, requests: Sequence[Request]) -> dict[str, int | None]:
    """Return the queries and bytes of the first of the requests for a page."""
    path, cookie, _ = requests[0]
    browser = Browser(meter.ours.port)
    queries = []
    for _ in range(TRIES):
        browser.open("GET", path, headers={"Cookie": cookie})
        queries.append(last_queries(meter.ours.log))
    size = len(browser.body)
    headers = {"Cookie": cookie, "Accept-Encoding": ENCODINGS}
    browser.open("GET", path, headers=headers)
    is_compressed = "Content-Encoding" in browser.headers
    # Else as a proxy would do it.
    compressed = browser.body if is_compressed else gzip.compress(browser.body, 6)
    return {"queries": min(queries), "bytes": size, "bytes_compressed": len(compressed)}


def page(paired: Paired, more: Mapping[str, int | None]) -> report.Page:
    return report.rounded(paired.cost._asdict() | {"ratio_to_bare": paired.ratio, **more})


def print_table(pages: Mapping[str, report.Page]) -> None:
    heads = ("", "/s", "p50 ms", "p99 ms", "web ms", "db ms", "× bare", "queries", "kB", "zip kB")
    for row in (heads, *report.rows(pages)):
        print(f"{row[0]:<30}" + "".join(f"{cell:>10}" for cell in row[1:]))


def grown(meter: Meter, pages: Requests) -> list[dict[str, float]]:
    """Return the memory of a worker after so many requests for all pages by turns."""
    requests = [request for several in pages.values() for request in several[:50]]
    found = []
    for milestone in MILESTONES:
        while meter.requests < milestone:
            meter.run(meter.ours, requests, STRETCH)
        found.append(of_workers(meter.workers(), meter.requests))
        print(found[-1], flush=True)
    return found


def of_workers(workers: Sequence[Memory], requests: int) -> dict[str, float]:
    """Return the memory of the largest."""
    largest = max(workers)
    return {"requests": requests, "rss_mb": round(largest.rss, 1), "pss_mb": round(largest.pss, 1)}


if __name__ == "__main__":
    main()
