"""Do once what jobs find out for readers from time to time, and tell how long each takes.

    DATABASE_URL=postgresql://localhost/bench python -m bench.periodic

Suggestions are found for the named members only.
"""

import time
from typing import Any

from sqlalchemy import select

from app import create_app
from app.database import begin_reading, begin_writing, commit
from app.extensions import db
from app.jobs.registry import TASKS
from app.models import User
from bench.world.people import NAMED

FOR_ALL = ("count_trends", "find_popular_people")


def main() -> None:
    app = create_app()
    with app.app_context():
        for name in FOR_ALL:
            print(f"{name}: {do(name):.1f} s")
        named = db.session.execute(select(User.id, User.username).where(User.username.in_(NAMED)))
        for user_id, username in named.all():
            print(f"suggest to {username}: {do('suggest', user_id=user_id):.1f} s")


def do(name: str, **arguments: Any) -> float:
    """Do a job as a worker would; return how many seconds it took."""
    task = TASKS[name]
    started = time.perf_counter()
    (begin_writing if task.transactional else begin_reading)(db)
    task.run(**arguments)
    commit(db)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
