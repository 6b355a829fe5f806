"""How PostgreSQL runs the queries of home and search: EXPLAIN (ANALYZE, BUFFERS) of each.

    DATABASE_URL=postgresql://localhost/bench_m python -m bench.explain

PostgreSQL itself tells of each statement (auto_explain, so as a superuser): the plans are those it
used, also where it keeps them. They go to bench/results/explain.txt.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import set_wait_callback
from sqlalchemy import event, select

from app import create_app
from app.database import begin_reading
from app.extensions import db, settings
from app.models import User
from app.services import search, search_language, timelines
from bench import report
from bench.places import FOLLOWED, LISTED, Database
from bench.world.people import FOLLOWING
from bench.world.words import LANGUAGES, rare_word

FILE = report.RESULTS.with_name("explain.txt")
SESSION = {
    "client_min_messages": "log",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
}
# The statement, which stands before the plan, is longer than that, and in the program.
_PLAN = re.compile(r"(plan:\n).*?\n(?=\S[^\n]*\(cost=)", re.DOTALL)
SEARCHES = {
    "a common word": "heron",
    "the most common word": "the",
    "two common words": "library neighbour",
    "a Korean word": "도서관",
    "a rare word": rare_word(LANGUAGES[0], 4_711),
}

Ask = Callable[[], object]


def main() -> None:
    app = create_app()
    with app.app_context():
        plans = Plans()
        event.listen(db.engine, "connect", partial(_let_explain, plans))
        # With a function to wait for it, the driver hears no notifications.
        set_wait_callback(None)
        begin_reading(db)
        parts = [f"{datetime.now(UTC):%Y-%m-%d}, {report.commit()}"]
        for name, ask in _questions(Database(settings.database_url)):
            # The first time, what is to be read comes from the disk, and statements are prepared.
            ask()
            plans.found.clear()
            ask()
            parts.append("\n\n".join([f"=== {name}", *plans.found]))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n\n\n".join(parts) + "\n")
    print(FILE.read_text())


class Plans:
    """Gathers what connections hear; no list, or SQLAlchemy would empty it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def append(self, notice: str) -> None:
        if "plan:" in notice:
            self.found.append(_PLAN.sub(r"\1", notice.strip()))


def _let_explain(plans: Plans, connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        for name, value in SESSION.items():
            cursor.execute(f"SET {name} = {value}")
    connection.commit()
    connection.notifications = plans


def _questions(database: Database) -> Iterator[tuple[str, Ask]]:
    for number in FOLLOWING.values():
        yield f"home, following {number}", partial(timelines.home, _member(f"follows{number}"))
    reader = _member("follows1000")
    yield "home, deep", partial(timelines.home, reader, database.deepest(FOLLOWED, "follows1000"))
    yield "explore", partial(timelines.explore, reader)
    yield "explore, deep", partial(timelines.explore, reader, database.deepest(LISTED))
    for name, words in SEARCHES.items():
        asked = search_language.parse(words, ZoneInfo("UTC"))
        yield f"search for {name}: {words}", partial(search.newest, reader, asked)


def _member(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


if __name__ == "__main__":
    main()
