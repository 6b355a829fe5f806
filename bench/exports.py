"""What an export takes: seconds, of them on the processor, and the most memory of its process.

    python -m bench.exports --posts 1000 100000

Each export is made on a new database by a process of its own, which does nothing else.
DATABASE_URL may name a PostgreSQL database that is empty.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from app import create_app
from app.extensions import db
from app.jobs.worker import Worker
from app.models import Export, Post, User
from app.models.base import Base
from app.models.ids import id_at
from app.services import accounts, exports, follows

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
BATCH = 5_000
FOLLOWERS = 100
TEXT = "The heron has moved one lamp post to the left. I have told nobody at work. " * 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--child", choices=["fill", "export"])
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child, arguments.posts[0])
        return
    print(f"{'posts':>8}{'seconds':>9}{'CPU':>7}{'peak MB':>9}{'before MB':>11}{'ZIP MB':>8}")
    for posts in arguments.posts:
        found = measure(posts)
        print(
            f"{posts:>8}{found['seconds']:>9.1f}{found['cpu']:>7.1f}{found['peak']:>9.0f}{found['before']:>11.0f}"
            f"{found['size'] / 1e6:>8.1f}"
        )


def measure(posts: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        run("fill", posts, folder)
        found: dict[str, float] = json.loads(run("export", posts, folder))
    return found


def run(what: str, posts: int, folder: str) -> str:
    """Do a part in a process of its own: its memory is that of this part only."""
    settings = {"INSTANCE_PATH": folder, "MAIL_URL": f"file://{folder}/mail", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "bench.exports", "--child", what, "--posts", str(posts)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True, text=True
    ).stdout


def child(what: str, posts: int) -> None:
    app = create_app()
    with app.app_context():
        if what == "fill":
            fill(posts)
        else:
            export(app)


def fill(posts: int) -> None:
    Base.metadata.drop_all(db.engine)
    Base.metadata.create_all(db.engine)
    user = accounts.register("writer", "writer@mail.example", PASSWORD)
    for number in range(FOLLOWERS):
        follower = accounts.register(f"reader{number}", f"r{number}@mail.example", PASSWORD)
        follows.follow(follower, user)
    rows = list(post_rows(user, posts))
    for start in range(0, posts, BATCH):
        db.session.execute(insert(Post), rows[start : start + BATCH])
    db.session.execute(update(User).where(User.id == user.id).values(posts_count=posts))
    exports.request(user)
    db.session.commit()


def post_rows(user: User, posts: int) -> Iterator[dict[str, Any]]:
    """Return posts, one every half an hour."""
    now = datetime.now(UTC)
    for number in range(posts):
        moment = now - timedelta(minutes=30 * number)
        id_ = id_at(moment)
        yield {
            "id": id_,
            "author_id": user.id,
            "text": f"{number}: {TEXT}",
            "html": f"<p>{number}: {TEXT}</p>",
            "renderer_version": 1,
            "conversation_id": id_,
            "uri": f"http://localhost:5000/posts/{id_}",
            "created_at": moment,
        }


def export(app: Flask) -> None:
    worker = Worker(app, "bench")
    before = peak_memory()
    started, cpu_started = time.perf_counter(), time.process_time()
    worker.work_once()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    size = db.session.scalar(select(Export.size))
    print(
        json.dumps(
            {"seconds": seconds, "cpu": cpu, "before": before, "peak": peak_memory(), "size": size}
        )
    )


def peak_memory() -> float:
    """Return the most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
