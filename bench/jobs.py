"""Jobs per second, and that none is lost and none has its effect twice when a worker is killed.

    python -m bench.jobs --jobs 2000

For each database, a new one, and for 1, 2 and 4 worker processes: so many jobs are queued, each of
which leaves one row, then the workers start; where it says so, one is killed half-way. The speed is
the median of three rounds, what is lost or done twice their sum. With --idle: the share of a core
that workers take with nothing to do, and the seconds until a job that comes then is done.

SQLite is a file in a temporary folder, PostgreSQL the server of the tests (or of
TEST_DATABASE_URL).
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import flask_migrate
from flask import Flask
from sqlalchemy import BigInteger, Column, MetaData, Table, func, insert, select

import config as configuration
from app import create_app
from app.database import begin_reading, begin_writing, commit
from app.extensions import db
from app.jobs.registry import TASKS, job
from app.jobs.supervisor import Supervisor, fork
from app.models import Job, JobState
from app.services import jobs
from app.tests.databases import test_database
from app.tests.workers import children_of, cpu_seconds

effects = Table("bench_effects", MetaData(), Column("job", BigInteger))
MAX_SECONDS = 300
ROUNDS = 3
IDLE_SECONDS = 20
PICK_UPS = 20


class Outcome(NamedTuple):
    per_second: float
    lost: int
    twice: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--idle", action="store_true")
    options = parser.parse_args()
    register()
    if options.idle:
        print_idle()
    else:
        print_speed(options.jobs)


def print_speed(number: int) -> None:
    print(f"{'database':<12}{'workers':>8}{'killed':>8}{'jobs/s':>8}{'lost':>6}{'twice':>7}")
    for kind in ("sqlite", "postgresql"):
        with application(kind) as app:
            for workers, kill in [(n, kill) for kill in (False, True) for n in (1, 2, 4)]:
                found = overall([measure(app, number, workers, kill=kill) for _ in range(ROUNDS)])
                print(
                    f"{kind:<12}{workers:>8}{kill:>8}{found.per_second:>8.0f}"
                    f"{found.lost:>6}{found.twice:>7}"
                )


def overall(rounds: list[Outcome]) -> Outcome:
    return Outcome(
        median(each.per_second for each in rounds),
        sum(each.lost for each in rounds),
        sum(each.twice for each in rounds),
    )


def print_idle() -> None:
    print(f"{'database':<12}{'CPU %':>8}{'median s':>10}{'max s':>8}")
    for kind in ("sqlite", "postgresql"):
        with application(kind) as app, app.app_context(), workers_of(app, 2) as supervisor:
            share = cpu_share(supervisor)
            times = [pick_up(number) for number in range(PICK_UPS)]
        print(f"{kind:<12}{share:>8.2%}{median(times):>10.2f}{max(times):>8.2f}")


def cpu_share(supervisor: int) -> float:
    """Return the share of a core that a supervisor and its processes take."""
    # Their start is another matter.
    time.sleep(2)
    pids = [supervisor, *children_of(supervisor)]
    before = sum(map(cpu_seconds, pids))
    time.sleep(IDLE_SECONDS)
    return (sum(map(cpu_seconds, pids)) - before) / IDLE_SECONDS


def pick_up(number: int) -> float:
    """Return the seconds until a job is done that comes at any moment."""
    time.sleep(random.uniform(0, 1))
    begin_writing(db)
    jobs.enqueue("bench_effect", number=number)
    commit(db)
    started = time.perf_counter()
    wait_until_left(0, glance=0.005)
    return time.perf_counter() - started


@contextmanager
def workers_of(app: Flask, processes: int) -> Iterator[int]:
    """Run workers; yield their supervisor's id."""
    # What is read below must not hold up the workers; nothing may be open at the fork.
    begin_reading(db)
    db.engine.dispose()
    supervisor = fork(Supervisor(app, processes).run)
    try:
        yield supervisor
    finally:
        os.kill(supervisor, signal.SIGTERM)
        os.waitpid(supervisor, 0)


def register() -> None:
    """Let there be one job, whose effect is one row."""
    TASKS.clear()

    @job("bench_effect")
    def effect(number: int) -> None:
        db.session.execute(insert(effects).values(job=number))


@contextmanager
def application(kind: str) -> Iterator[Flask]:
    with (
        tempfile.TemporaryDirectory() as folder,
        test_database(kind, Path(folder)) as url,
    ):
        app = create_app(
            configuration.load(
                _env_file=None,
                DATABASE_URL=url,
                INSTANCE_PATH=folder,
                APP_ENV="testing",
                LOG_LEVEL="ERROR",
            )
        )
        with app.app_context():
            flask_migrate.upgrade()
            effects.create(db.engine)
        yield app
        with app.app_context():
            db.engine.dispose()


def measure(app: Flask, number: int, workers: int, *, kill: bool) -> Outcome:
    """Let workers do so many jobs; with `kill`, one is killed half-way."""
    with app.app_context():
        fill(number)
        with workers_of(app, workers):
            wait_until_left(number - 1)
            started = time.perf_counter()
            if kill:
                wait_until_left(number // 2)
                kill_one()
            wait_until_left(0)
            seconds = time.perf_counter() - started
        rows = db.session.scalar(select(func.count()).select_from(effects)) or 0
        different = db.session.scalar(select(func.count(effects.c.job.distinct()))) or 0
    return Outcome(number / seconds, number - different, rows - different)


def fill(number: int) -> None:
    begin_writing(db)
    db.session.execute(effects.delete())
    for each in range(number):
        jobs.enqueue("bench_effect", number=each)
    db.session.commit()


def wait_until_left(number: int, glance: float = 0.05) -> None:
    """Wait until at most so many jobs are left."""
    give_up_at = time.monotonic() + MAX_SECONDS
    while count_left() > number:
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"{count_left()} jobs are left")
        time.sleep(glance)


def count_left() -> int:
    return db.session.scalar(select(func.count(Job.id))) or 0


def kill_one() -> None:
    """Kill a worker that has a job at hand."""
    while True:
        worker = db.session.scalar(select(Job.worker).where(Job.state == JobState.RUNNING).limit(1))
        if worker:
            os.kill(int(worker.rpartition(":")[2]), signal.SIGKILL)
            return


if __name__ == "__main__":
    main()
