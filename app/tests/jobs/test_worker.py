"""A worker: what becomes of a job that is done, fails, or finds itself replaced."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import insert, text, update

from app.database import begin_writing
from app.extensions import db
from app.jobs.registry import TASKS, job
from app.models import Job, JobState
from app.models.base import utc_now
from app.models.ids import new_id
from app.models.job import AT_ONCE
from app.services import jobs, leases
from app.tests.jobs.conftest import enqueue
from app.tests.jobs.tasks import leave
from app.tests.together import together
from app.tests.workers import drain

NO_TIME = timedelta(0)


def make_due():
    begin_writing(db)
    db.session.execute(update(Job).values(available_at=AT_ONCE))
    db.session.commit()


def test_a_job_is_done_once_and_gone(worker, effects, jobs_left):
    enqueue("test_effect", name="soup")

    assert drain(worker()) == 1
    assert effects() == ["soup"]
    assert jobs_left() == []


def test_what_a_failed_job_did_is_undone(worker, effects, jobs_left):
    enqueue("test_failure", name="soup")
    drain(worker())

    [left] = jobs_left()
    assert effects() == []
    assert (left.state, left.attempts) == (JobState.PENDING, 1)
    assert left.error == "RuntimeError: soup went wrong"


def test_a_job_that_fails_comes_back_later_and_later(worker, jobs_left):
    enqueue("test_failure", name="soup")
    delays = []
    for _ in range(2):
        drain(worker())
        [left] = jobs_left()
        delays.append((left.available_at - utc_now()).total_seconds())
        make_due()

    assert 3 < delays[0] < 6.3
    assert 6.5 < delays[1] < 12.6


def test_what_failed_lets_all_others_go_first(worker, effects):
    """Mails are urgent; those that a mail server keeps hanging must not take all the workers."""
    for number in range(3):
        enqueue("test_failure", priority=jobs.URGENT, name=f"letter {number}")
    drain(worker())
    with time_machine.travel(utc_now() + timedelta(hours=1)):
        enqueue("test_effect", name="soup")
        enqueue("test_effect", priority=jobs.IDLE, name="sweeping")
        for _ in range(2):
            worker().work_once()

    assert effects() == ["soup", "sweeping"]


def test_a_job_that_loses_to_another_transaction_runs_again_at_once(worker, effects, jobs_left):
    taken = enqueue("test_of_tomorrow", run_at=utc_now() + timedelta(hours=1))
    ids = iter([taken, taken, new_id()])

    def run() -> None:
        leave("soup")
        # Twice, another process made the same id in the same millisecond.
        arguments = {"name": "test_of_tomorrow", "queue": "default", "priority": 0, "arguments": {}}
        db.session.execute(insert(Job).values(id=next(ids), state=JobState.DEAD, **arguments))

    job("test_unlucky")(run)
    try:
        enqueue("test_unlucky")
        worker().work_once()
    finally:
        del TASKS["test_unlucky"]

    assert next(ids, None) is None
    assert effects() == ["soup"]
    assert [left.name for left in jobs_left()] == ["test_of_tomorrow"] * 2


def test_a_worker_outlives_a_database_that_refuses(worker, effects, caplog):
    """It is not upgraded yet, say."""
    enqueue("test_effect", name="soup")
    rename("jobs", "jobs_away")
    try:
        worker()._patiently()
    finally:
        rename("jobs_away", "jobs")
    drain(worker())

    [record] = caplog.records
    assert "database refuses" in str(record.msg)
    assert effects() == ["soup"]


def rename(table, name):
    begin_writing(db)
    db.session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
    db.session.commit()


def test_a_job_is_given_up_after_its_last_attempt(worker, jobs_left):
    enqueue("test_failure", name="soup")
    for _ in range(5):
        drain(worker())
        [left] = jobs_left()
        make_due()

    assert (left.state, left.attempts) == (JobState.DEAD, 3)


def test_a_hopeless_job_is_given_up_at_once_and_says_so(worker, effects, jobs_left):
    enqueue("test_give_up", name="soup")
    drain(worker())

    [left] = jobs_left()
    assert (left.state, left.attempts, left.error) == (JobState.DEAD, 1, "there is no hope")
    assert effects() == ["soup is dead"]


def test_a_job_that_nobody_knows_waits_for_a_newer_version(worker, jobs_left):
    enqueue("test_of_tomorrow")
    for _ in range(20):
        drain(worker())
        [left] = jobs_left()
        if left.state == JobState.PENDING:
            assert left.available_at > utc_now()
        make_due()

    assert (left.state, left.attempts) == (JobState.DEAD, 10)


def test_wrong_arguments_are_a_failure_like_others(worker, jobs_left):
    enqueue("test_effect", nome="soup")
    drain(worker())

    assert "unexpected keyword argument 'nome'" in jobs_left()[0].error


def test_a_job_that_is_not_transactional_ends_with_what_it_wrote(worker, effects, jobs_left):
    enqueue("test_progress", name="soup")

    assert drain(worker()) == 1
    assert effects() == ["soup"]
    assert jobs_left() == []


@pytest.mark.parametrize("transactional", [True, False])
def test_who_loses_the_lease_changes_nothing(worker, effects, jobs_left, transactional):
    thief = worker("thief")
    runs = []

    def run() -> None:
        runs.append(1)
        if len(runs) == 1:
            # Before it writes: SQLite lets nobody else write from then on.
            db.session.rollback()
            assert thief.work_once()
        if not transactional:
            begin_writing(db)
        leave(f"run {len(runs)}")

    job("test_robbed", transactional=transactional)(run)
    try:
        enqueue("test_robbed")
        worker(lease=NO_TIME).work_once()
    finally:
        del TASKS["test_robbed"]

    assert len(runs) == 2
    assert effects() == ["run 2"]
    assert jobs_left() == []


def test_many_workers_do_each_job_once(worker, effects, jobs_left):
    for number in range(60):
        jobs.enqueue("test_effect", name=f"job {number:02}")
    db.session.commit()

    done = together(partial(drain, worker(f"worker {number}")) for number in range(6))

    assert sum(done) == 60
    assert effects() == [f"job {number:02}" for number in range(60)]
    assert jobs_left() == []


def test_a_lease_that_ended_lets_another_worker_run_the_job(worker, effects):
    enqueue("test_effect", name="soup")
    leases.claim("dead", lease_for=NO_TIME)
    db.session.commit()

    assert drain(worker()) == 1
    assert effects() == ["soup"]


def test_a_lease_that_holds_keeps_others_away(worker, effects):
    enqueue("test_effect", name="soup")
    leases.claim("busy")
    db.session.commit()

    assert drain(worker()) == 0
    assert effects() == []
