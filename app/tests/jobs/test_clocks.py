"""Moments: periodic jobs fire once per slot, and a clock that is wrong holds up nothing."""

from datetime import timedelta

import pytest
import time_machine

from app.extensions import db
from app.jobs.registry import TASKS, job
from app.models.base import utc_now
from app.services import leases
from app.tests.jobs.conftest import enqueue
from app.tests.jobs.tasks import leave
from app.tests.together import together
from app.tests.workers import drain

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def hourly():
    """Let there be one periodic job."""
    others = {name: TASKS.pop(name) for name in list(TASKS) if TASKS[name].every}
    job("test_hourly", every=timedelta(hours=1))(lambda: leave("hourly"))
    yield
    del TASKS["test_hourly"]
    TASKS.update(others)


def test_of_many_workers_one_fires_in_each_slot(worker, effects, hourly):
    workers = [worker(f"worker {number}") for number in range(4)]
    for hours in range(3):
        with time_machine.travel(utc_now() + timedelta(hours=hours), tick=False):
            for _ in range(2):
                together([each.schedule for each in workers])
                drain(workers[0])

    assert effects() == ["hourly"] * 3


def test_a_slot_missed_is_not_made_up_for(worker, effects, hourly):
    worker().schedule()
    with time_machine.travel(utc_now() + timedelta(hours=5)):
        worker().schedule()
        drain(worker())

    assert effects() == ["hourly"]


def test_a_clock_that_is_behind_does_not_fire_a_slot_again(worker, effects, hourly):
    midday = utc_now().replace(hour=12, minute=5)
    for offset in (TEN_MINUTES, -TEN_MINUTES, TEN_MINUTES):
        with time_machine.travel(midday + offset):
            worker().schedule()
            drain(worker())

    assert effects() == ["hourly"]


@pytest.mark.parametrize("offset", [TEN_MINUTES, -TEN_MINUTES])
def test_a_job_queued_by_a_wrong_clock_is_due_at_once(worker, effects, offset):
    with time_machine.travel(utc_now() + offset):
        enqueue("test_effect", name="soup")
    drain(worker())

    assert effects() == ["soup"]


@pytest.mark.parametrize("offset", [TEN_MINUTES, -TEN_MINUTES])
def test_a_worker_with_a_wrong_clock_does_what_is_due(worker, effects, offset):
    enqueue("test_effect", name="soup")
    with time_machine.travel(utc_now() + offset):
        drain(worker())

    assert effects() == ["soup"]


def test_a_fast_clock_takes_no_job_from_its_worker(on_postgresql, worker, effects):
    enqueue("test_effect", name="soup")
    leases.claim("busy")
    db.session.commit()
    with time_machine.travel(utc_now() + TEN_MINUTES):
        assert drain(worker()) == 0


def test_a_worker_that_died_with_a_fast_clock_holds_up_nothing(on_postgresql, worker, effects):
    enqueue("test_effect", name="soup")
    with time_machine.travel(utc_now() + TEN_MINUTES):
        leases.claim("dead", lease_for=timedelta(0))
        db.session.commit()
    drain(worker())

    assert effects() == ["soup"]
