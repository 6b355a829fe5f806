"""The queue: work that a transaction causes and a worker does.

A job is a row of the transaction that causes it, so neither exists without the other. How workers
take jobs stands in `leases`. See docs/adr/0011-jobs.md.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.database import insert
from app.extensions import db
from app.models import Job, JobSlot, JobState
from app.models.base import utc_now
from app.models.ids import new_id
from app.models.job import ALIVE, AT_ONCE
from app.services.errors import AlreadyQueued, NotFound

DEFAULT_QUEUE = "default"
# For what may take minutes. Of several workers one keeps away from it: see `jobs.supervisor`.
SLOW_QUEUE = "slow"
QUEUES = (DEFAULT_QUEUE, SLOW_QUEUE)
# For mail that somebody waits for, for what is done soon, and for what nobody waits for; also for
# what failed before: see `leases.retry_later`.
URGENT, NORMAL, IDLE = PRIORITIES = (0, 10, 20)


class Progress(NamedTuple):
    """How far a job is: percent, and in a few words."""

    percent: int
    text: str


class QueueStats(NamedTuple):
    queue: str
    name: str
    state: JobState
    jobs: int
    # Of the oldest.
    since: datetime


def enqueue(
    name: str,
    /,
    *,
    queue: str = DEFAULT_QUEUE,
    priority: int = NORMAL,
    unique_key: str | None = None,
    run_at: datetime | None = None,
    **arguments: Any,
) -> int | None:
    """Queue a job in the transaction at hand; return its id.

    :param priority: one of `PRIORITIES`
    :param unique_key: with a living job of the same key, nothing is queued and None returned
    :param run_at: not before this moment
    """
    row = _row(name, queue, priority, run_at, unique_key, arguments)
    statement = insert(db, Job).values(row)
    if unique_key is not None:
        # Of this index only: two equal ids are to fail, and the transaction to run again.
        statement = statement.on_conflict_do_nothing(
            index_elements=["unique_key"], index_where=ALIVE
        )
    found: int | None = db.session.scalar(statement.returning(Job.id))
    return found


def enqueue_many(
    name: str, arguments_by_key: Mapping[str, Mapping[str, Any]], *, priority: int = NORMAL
) -> None:
    """Queue several jobs of a kind by one statement.

    :param arguments_by_key: by unique keys, of which none has a living job
    """
    rows = [
        _row(name, DEFAULT_QUEUE, priority, None, key, arguments)
        for key, arguments in arguments_by_key.items()
    ]
    if rows:
        db.session.execute(insert(db, Job), rows)


def slot_of(every: timedelta) -> int:
    """Return the number of the slot of time that is now, where each is so long."""
    return int(utc_now().timestamp() // every.total_seconds())


def enqueue_slot(name: str, every: timedelta) -> bool:
    """Queue a periodic job unless that was done in this slot of time already; the caller commits.

    Of several workers one wins, and a clock that is behind wins nothing.
    """
    slot = slot_of(every)
    if (db.session.scalar(select(JobSlot.slot).where(JobSlot.name == name)) or -1) >= slot:
        return False
    row = insert(db, JobSlot).values(name=name, slot=slot)
    statement = row.on_conflict_do_update(
        index_elements=["name"], set_={"slot": slot}, where=JobSlot.slot < slot
    ).returning(JobSlot.name)
    if db.session.scalar(statement) is None:
        return False
    enqueue(name, unique_key=f"periodic:{name}", priority=IDLE)
    return True


def progress(unique_key: str) -> Progress | None:
    """Return how far the living job of this key is; None if there is none."""
    query = select(Job.progress, Job.progress_text).where(Job.unique_key == unique_key, ALIVE)
    row = db.session.execute(query).one_or_none()
    return Progress(*row) if row else None


def listed(state: JobState | None = None, limit: int = 50) -> Sequence[Job]:
    """Return jobs, the newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    return db.session.scalars(query).all()


def stats() -> list[QueueStats]:
    """Return how many jobs there are, by queue, name and state."""
    query = (
        select(Job.queue, Job.name, Job.state, func.count(), func.min(Job.created_at))
        .group_by(Job.queue, Job.name, Job.state)
        .order_by(Job.queue, Job.name, Job.state)
    )
    return [QueueStats(*row) for row in db.session.execute(query)]


def dead_ids() -> Sequence[int]:
    """Return the jobs that were given up, the oldest first."""
    query = select(Job.id).where(Job.state == JobState.DEAD).order_by(Job.id)
    return db.session.scalars(query).all()


def retry(job_id: int) -> None:
    """Let a job that was given up run again from the start, with all its attempts.

    :raises NotFound: if there is no such job among those given up
    :raises AlreadyQueued: if one with the same unique key is waiting
    """
    afresh = {
        "state": JobState.PENDING,
        "attempts": 0,
        "available_at": AT_ONCE,
        "error": "",
        "progress": 0,
        "progress_text": "",
    }
    try:
        with db.session.begin_nested():
            _change_dead(update(Job).values(afresh), job_id)
    except IntegrityError as error:
        raise AlreadyQueued from error


def retry_all() -> int:
    """Let all jobs that were given up run again, but those queued anew already; return how many."""
    retried = 0
    for id_ in dead_ids():
        # Another may have retried or discarded it meanwhile.
        with suppress(AlreadyQueued, NotFound):
            retry(id_)
            retried += 1
    return retried


def discard(job_id: int) -> None:
    """Forget a job that was given up.

    :raises NotFound: if there is no such job among those given up
    """
    _change_dead(delete(Job), job_id)


def discard_all() -> int:
    """Forget all jobs that were given up; return how many."""
    statement = delete(Job).where(Job.state == JobState.DEAD).returning(Job.id)
    return len(db.session.scalars(_blindly(statement)).all())


def _change_dead(statement: Any, job_id: int) -> None:
    changed = statement.where(Job.id == job_id, Job.state == JobState.DEAD).returning(Job.id)
    if db.session.scalar(_blindly(changed)) is None:
        raise NotFound


def _blindly(statement: Any) -> Any:
    """Leave alone what the session has loaded."""
    return statement.execution_options(synchronize_session=False)


def _row(  # noqa: PLR0913, PLR0917 - its columns
    name: str,
    queue: str,
    priority: int,
    run_at: datetime | None,
    unique_key: str | None,
    arguments: Mapping[str, Any],
) -> dict[str, Any]:
    if priority not in PRIORITIES:
        raise ValueError(f"workers do not look for priority {priority}")
    return {
        "id": new_id(),
        "name": name,
        "queue": queue,
        "priority": priority,
        "arguments": dict(arguments),
        "unique_key": unique_key,
        "available_at": run_at or AT_ONCE,
    }
