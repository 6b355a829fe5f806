"""Workers as processes of their own: killed, stopped, stuck, left alone."""

import os
import re
import signal
from datetime import timedelta

import pytest

from app.cli.serve import GUNICORN_CONFIG
from app.jobs.supervisor import STOPS_WITHIN
from app.models import JobState
from app.services import jobs
from app.tests.jobs.conftest import enqueue
from app.tests.workers import children_of, is_alive, running, wait_until


def pid_of(job) -> int:
    """Return the process that has a job."""
    return int(job.worker.rpartition(":")[2])


def test_processes_share_the_work(app, effects, jobs_left):
    for number in range(40):
        enqueue("test_effect", name=f"job {number:02}")
    with running(app, 3):
        wait_until(lambda: not jobs_left())

    assert effects() == [f"job {number:02}" for number in range(40)]


def test_slow_jobs_do_not_hold_up_quick_ones(app, effects):
    for name in ("soup", "bread"):
        enqueue("test_slow", queue=jobs.SLOW_QUEUE, priority=jobs.URGENT, name=name)
    with running(app, 2):
        wait_until(lambda: "begun soup" in effects())
        enqueue("test_effect", name="letter")
        wait_until(lambda: "letter" in effects())

    assert effects() == ["begun soup", "letter"]


def test_a_quick_worker_that_died_is_replaced_by_a_quick_one(app, effects, jobs_left):
    enqueue("test_slow", queue=jobs.SLOW_QUEUE, name="bread")

    def kill_cook_of_soup():
        [soup] = [job for job in jobs_left() if job.arguments["name"] == "soup"]
        os.kill(pid_of(soup), signal.SIGKILL)

    with running(app, 2):
        # Of the two, only the quick one is free for soup.
        wait_until(lambda: "begun bread" in effects())
        enqueue("test_slow", name="soup")
        wait_until(lambda: "begun soup" in effects())
        kill_cook_of_soup()
        wait_until(lambda: effects().count("begun soup") == 2)
        enqueue("test_slow", queue=jobs.SLOW_QUEUE, priority=jobs.URGENT, name="cake")
        kill_cook_of_soup()
        wait_until(lambda: effects().count("begun soup") == 3)

    assert "begun cake" not in effects()


def test_a_worker_killed_amid_a_job_is_replaced_and_the_job_done(app, effects, jobs_left):
    enqueue("test_slow", name="soup", once=True)
    with running(app):
        wait_until(lambda: "begun soup" in effects())
        [left] = jobs_left()
        os.kill(pid_of(left), signal.SIGKILL)
        wait_until(lambda: not jobs_left())

    assert effects() == ["begun soup", "begun soup", "soup"]


def test_a_job_that_kills_its_workers_is_given_up_while_others_are_done(app, effects, jobs_left):
    enqueue("test_poison", priority=jobs.URGENT)
    with running(app, 2):
        enqueue("test_effect", name="soup")
        wait_until(lambda: [job.state for job in jobs_left()] == [JobState.DEAD])

    [left] = jobs_left()
    assert (left.name, left.error) == ("test_poison", "the worker died at it each time")
    assert effects() == ["soup"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("test_too_long", "took longer than 0.5 seconds"),
        # It heeds nothing and takes its process along.
        ("test_stubborn", "the worker died at it each time"),
    ],
)
def test_a_job_past_its_time_limit_has_failed_and_others_are_done(
    app, effects, jobs_left, name, error
):
    enqueue(name, priority=jobs.URGENT)
    enqueue("test_effect", name="soup")
    with running(app):
        wait_until(lambda: [job.state for job in jobs_left()] == [JobState.DEAD])

    assert jobs_left()[0].error == error
    assert effects() == ["soup"]


def test_a_stopped_worker_finishes_a_short_job(app, effects, jobs_left):
    enqueue("test_slow", name="soup", seconds=0.5)
    with running(app) as process:
        wait_until(effects)
        process.send_signal(signal.SIGTERM)

        assert process.wait() == 0

    assert effects() == ["begun soup", "soup"]
    assert jobs_left() == []


def test_a_stopped_worker_gives_a_long_job_back(app, effects, jobs_left):
    enqueue("test_slow", name="soup")
    with running(app) as process:
        wait_until(effects)
        process.send_signal(signal.SIGINT)

        assert process.wait() == 0

    [left] = jobs_left()
    assert (left.state, left.attempts, left.lease) == (JobState.PENDING, 0, None)
    assert effects() == ["begun soup"]


def test_a_worker_without_its_supervisor_stops(app, effects, jobs_left):
    enqueue("test_slow", name="soup", seconds=0.5)
    with running(app, 2) as process:
        wait_until(effects)
        pids = wait_until(lambda: children_of(process.pid))
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in pids))

    assert effects() == ["begun soup", "soup"]
    assert jobs_left() == []


def test_the_lease_of_a_long_job_is_renewed(app, effects, jobs_left):
    enqueue("test_slow", name="soup")
    # The only worker: nobody takes the job if the machine is too busy to renew the lease in time.
    with running(app, lease=timedelta(seconds=3)):
        wait_until(effects)
        [before] = [job.available_at for job in jobs_left()]
        wait_until(lambda: jobs_left()[0].available_at > before)

    assert effects() == ["begun soup"]


def test_gunicorn_waits_until_the_workers_have_stopped():
    [seconds] = re.findall(r"^WORKER_PATIENCE = (\d+)$", GUNICORN_CONFIG.read_text(), re.M)

    assert int(seconds) > STOPS_WITHIN
