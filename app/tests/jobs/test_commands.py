"""`flask jobs` and `flask worker`."""

import pytest

from app.extensions import db
from app.models import JobState
from app.services import leases
from app.tests.jobs.conftest import enqueue


@pytest.fixture
def flask(app):
    """Return a function that runs a command; it returns the exit status and the output."""

    def run(*arguments: object) -> tuple[int, str]:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
        return result.exit_code, result.output

    return run


@pytest.fixture
def dead(app):
    return bury("a")


def bury(name, **options):
    id_ = enqueue("test_effect", name=name, **options)
    leases.bury(leases.claim("worker"), f"RuntimeError: {name}\nand more of it")
    db.session.commit()
    return id_


def test_list_shows_the_newest_first(flask, dead):
    id_ = enqueue("test_failure", queue="mail", name="b")
    status, output = flask("jobs", "list")
    head, first, second = output.splitlines()

    assert status == 0
    assert head.split() == ["ID", "JOB", "STATE", "QUEUE", "ATTEMPTS", "QUEUED", "ERROR"]
    assert first.split()[:5] == [str(id_), "test_failure", "pending", "mail", "0"]
    assert second.split()[:5] == [str(dead), "test_effect", "dead", "default", "1"]
    assert second.endswith("RuntimeError: a")
    assert head.index("STATE") == first.index("pending") == second.index("dead")


def test_list_can_be_narrowed(flask, dead):
    enqueue("test_failure", name="b")

    assert len(flask("jobs", "list", "--state", "dead")[1].splitlines()) == 2
    assert len(flask("jobs", "list", "--limit", 1)[1].splitlines()) == 2
    assert flask("jobs", "list", "--state", "running") == (0, "No jobs.\n")


def test_retry_lets_jobs_run_again(flask, dead, jobs_left):
    assert flask("jobs", "retry", dead) == (0, "1 job to be tried again\n")
    assert [job.state for job in jobs_left()] == [JobState.PENDING]
    assert flask("jobs", "retry", "--all") == (0, "0 jobs to be tried again\n")


def test_all_that_were_given_up_are_retried_or_discarded_together(flask, dead, jobs_left):
    bury("b")
    assert flask("jobs", "retry", "--all") == (0, "2 jobs to be tried again\n")
    for _ in range(2):
        leases.bury(leases.claim("worker"), "no")
    assert flask("jobs", "discard", "--all") == (0, "2 jobs discarded\n")
    assert jobs_left() == []


@pytest.mark.parametrize("command", ["retry", "discard"])
def test_an_unknown_id_changes_nothing(flask, dead, jobs_left, command):
    status, output = flask("jobs", command, dead, 12345)

    assert status == 1
    assert output == "Error: no job 12345 was given up; see `flask jobs list --state dead`\n"
    assert [job.state for job in jobs_left()] == [JobState.DEAD]


def test_retry_names_a_job_whose_successor_waits(flask, jobs_left):
    id_ = bury("a", unique_key="soup")
    enqueue("test_effect", unique_key="soup", name="a")
    status, output = flask("jobs", "retry", id_)

    assert status == 1
    assert f"job {id_} is queued anew already" in output


@pytest.mark.parametrize("arguments", [[], [1, "--all"]])
def test_ids_or_all_must_be_given_and_not_both(flask, arguments):
    status, output = flask("jobs", "discard", *arguments)

    assert status == 2
    assert "name the ids of jobs, or give --all" in output


def test_stats_count(flask, dead):
    enqueue("test_effect", name="b")
    enqueue("test_effect", name="c")
    lines = flask("jobs", "stats")[1].splitlines()

    assert [line.split()[:4] for line in lines] == [
        ["QUEUE", "JOB", "STATE", "JOBS"],
        ["default", "test_effect", "dead", "1"],
        ["default", "test_effect", "pending", "2"],
    ]
