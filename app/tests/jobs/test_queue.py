"""The queue: what waits in it, in which order, and how far it is."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, text, update

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.jobs.registry import TASKS, job, report
from app.models import Job, JobState, User
from app.models.base import utc_now
from app.services import jobs, leases
from app.services.errors import AlreadyQueued, NotFound
from app.tests.factories import make_user
from app.tests.jobs.conftest import enqueue
from app.tests.together import together
from app.tests.workers import drain


def test_a_job_exists_only_with_its_cause(app, jobs_left):
    user = make_user("susan")
    user.display_name = "Susan"
    jobs.enqueue("test_effect", name="soup")
    db.session.rollback()

    assert jobs_left() == []

    user.display_name = "Susan"
    begin_writing(db)
    db.session.execute(update(User).values(bio="Soup."))
    jobs.enqueue("test_effect", name="soup")
    db.session.commit()

    assert [left.arguments for left in jobs_left()] == [{"name": "soup"}]


def test_what_is_urgent_comes_first_and_then_what_came_first(app):
    for name, priority in [("a", 20), ("b", 10), ("c", 10), ("d", 0), ("e", 20)]:
        enqueue("test_effect", priority=priority, name=name)

    assert taken() == ["d", "b", "c", "a", "e"]


def test_workers_look_for_every_priority_that_can_be_given(app):
    with pytest.raises(ValueError, match="priority 5"):
        jobs.enqueue("test_effect", priority=5, name="a")


def test_a_job_waits_for_its_time(app):
    enqueue("test_effect", run_at=utc_now() + timedelta(hours=1), name="later")
    enqueue("test_effect", run_at=utc_now() - timedelta(hours=1), name="earlier")

    assert taken() == ["earlier"]


def test_a_worker_takes_from_its_queues_only(app):
    enqueue("test_effect", queue="mail", name="letter")
    enqueue("test_effect", name="soup")

    assert taken(["mail"]) == ["letter"]
    assert taken(["mail", "default"]) == ["soup"]


def taken(queues=()) -> list[str]:
    names = []
    begin_reading(db)
    while claim := leases.claim("worker", queues):
        names.append(claim.arguments["name"])
    return names


def test_of_twenty_who_queue_the_same_at_once_one_does(app, jobs_left):
    def queue() -> int | None:
        with app.app_context():
            id_ = jobs.enqueue("test_effect", unique_key="soup", name="soup")
            db.session.commit()
            return id_

    ids = together([queue] * 20)

    [left] = jobs_left()
    assert [id_ for id_ in ids if id_ is not None] == [left.id]


def test_a_unique_key_is_free_again_when_its_job_is_done_or_given_up(app):
    for end in (leases.finish, lambda claim: leases.bury(claim, "no")):
        assert enqueue("test_effect", unique_key="soup", name="soup")
        assert enqueue("test_effect", unique_key="soup", name="soup") is None
        claim = leases.claim("worker")
        assert enqueue("test_effect", unique_key="soup", name="soup") is None
        end(claim)
        db.session.commit()

    assert enqueue("test_effect", unique_key="soup", name="soup")


def test_two_equal_ids_are_an_error_and_no_lost_job(app, monkeypatch):
    from sqlalchemy.exc import IntegrityError

    monkeypatch.setattr(jobs, "new_id", lambda: 1)
    enqueue("test_effect", unique_key="a", name="a")

    with pytest.raises(IntegrityError):
        enqueue("test_effect", unique_key="b", name="b")


def test_a_page_can_show_how_far_a_job_is(worker):
    seen = []

    def watched() -> None:
        for percent in (0, 40, 140):
            report(percent, "reading")
            seen.append(jobs.progress("soup"))

    job("test_watched", transactional=False)(watched)
    try:
        enqueue("test_watched", unique_key="soup")
        drain(worker())
    finally:
        del TASKS["test_watched"]

    assert seen == [(0, "reading"), (40, "reading"), (100, "reading")]
    assert jobs.progress("soup") is None


def bury(**options):
    id_ = enqueue("test_effect", name="soup", **options)
    leases.bury(leases.claim("worker"), "no")
    db.session.commit()
    return id_


def test_a_job_given_up_can_run_again(worker, effects):
    id_ = bury()
    jobs.retry(id_)
    db.session.commit()

    assert drain(worker()) == 1
    assert effects() == ["soup"]


def test_a_job_given_up_does_not_run_beside_its_successor(app, jobs_left):
    id_ = bury(unique_key="soup")
    enqueue("test_effect", unique_key="soup", name="soup")

    with pytest.raises(AlreadyQueued):
        jobs.retry(id_)
    assert jobs.retry_all() == 0
    assert [left.state for left in jobs_left()] == [JobState.DEAD, JobState.PENDING]


def test_only_jobs_given_up_are_retried_or_discarded(app):
    id_ = enqueue("test_effect", name="soup")

    for change in (jobs.retry, jobs.discard):
        with pytest.raises(NotFound):
            change(id_)


@pytest.fixture
def busy_queue(app):
    """Fill the queue: thousands wait for their next try, one job of little priority is due."""
    begin_writing(db)
    later = utc_now() + timedelta(hours=1)
    row = {
        "name": "test_effect", "queue": "default", "arguments": {}, "attempts": 1,
        "state": JobState.PENDING, "priority": jobs.URGENT, "available_at": later,
    }  # fmt: skip
    db.session.execute(insert(Job), [row | {"id": number} for number in range(1, 10_001)])
    id_ = enqueue("test_effect", priority=jobs.IDLE, name="soup")
    if db.engine.dialect.name == "postgresql":
        begin_writing(db)
        db.session.execute(text("ANALYZE jobs"))
        db.session.commit()
    return id_


def test_a_job_is_found_by_the_index_however_many_wait(busy_queue):
    statements = []

    def explain(connection, _cursor, statement, parameters, *_rest) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            plan = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
            raw = connection.connection.cursor()
            raw.execute(plan + statement, parameters)
            statements.append("\n".join(str(row) for row in raw.fetchall()))
            raw.close()

    begin_reading(db)
    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        claim = leases.claim("worker")
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)

    assert claim.id == busy_queue
    assert len(statements) == 2
    for plan in statements:
        assert plan.count("ix_jobs_claim") == len(jobs.PRIORITIES), plan
        assert "Seq Scan on jobs" not in plan, plan
        assert "SCAN jobs" not in plan, plan
        assert "SORT" not in plan.upper(), plan


def test_stats_count_by_queue_name_and_state(app):
    bury()
    enqueue("test_effect", name="a")
    enqueue("test_failure", queue="mail", name="b")

    assert [tuple(row)[:4] for row in jobs.stats()] == [
        ("default", "test_effect", "dead", 1),
        ("default", "test_effect", "pending", 1),
        ("mail", "test_failure", "pending", 1),
    ]
    assert db.session.scalar(select(func.count(Job.id))) == 3
