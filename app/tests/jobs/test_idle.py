"""Workers with nothing to do: what they cost, and that they notice what comes."""

import time

import pytest
from sqlalchemy import func, select

from app.database import begin_reading
from app.extensions import db
from app.jobs.registry import TASKS
from app.models import Job, JobSlot
from app.tests.jobs.conftest import enqueue
from app.tests.workers import children_of, cpu_seconds, running, wait_until


@pytest.fixture
def idle_workers(app, effects):
    """Yield workers that have done what is due at their start."""
    periodic = [task for task in TASKS.values() if task.every]

    def is_idle() -> bool:
        begin_reading(db)
        slots = db.session.scalar(select(func.count(JobSlot.name)))
        return slots == len(periodic) and not db.session.scalar(select(func.count(Job.id)))

    with running(app, 2, hurried=False) as process:
        wait_until(is_idle)
        yield process


def test_they_cost_next_to_nothing(idle_workers):
    pids = [idle_workers.pid, *children_of(idle_workers.pid)]
    before, started = sum(map(cpu_seconds, pids)), time.monotonic()
    time.sleep(3)
    used, seconds = sum(map(cpu_seconds, pids)) - before, time.monotonic() - started

    # Some 1 % for all three; what is allowed here is a machine that has much else to do.
    assert used / seconds < 0.1


def test_a_job_that_comes_is_done(idle_workers, effects):
    enqueue("test_effect", name="soup")

    wait_until(lambda: effects() == ["soup"])
