"""The queue: work that a transaction causes and a worker does.

A job is a row of the transaction that causes it, so neither exists without the other. A worker
takes it with a lease; who loses the lease can change nothing more, so the effects that a job has on
the database happen once. See docs/adr/0011-jobs.md.
"""

import random
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.database import insert
from app.extensions import db
from app.models import Job, JobSlot, JobState
from app.models.base import utc_now
from app.models.ids import new_id
from app.models.job import ALIVE, AT_ONCE
from app.services.errors import AlreadyQueued, NotFound

# How long a worker may be silent before others take its job.
LEASE = timedelta(seconds=30)
DEFAULT_QUEUE = "default"
# For mail that somebody waits for, and for what nobody does.
URGENT, NORMAL, IDLE = 0, 10, 20
# The first retry comes after about so long, each further one after twice as long, up to the last.
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=4)
MAX_ERROR = 4_000


class LeaseLost(Exception):
    """Another worker has the job by now; what this one did must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker has taken."""

    id: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    lease: str


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
    *,
    queue: str = DEFAULT_QUEUE,
    priority: int = NORMAL,
    unique_key: str | None = None,
    run_at: datetime | None = None,
    **arguments: Any,
) -> int | None:
    """Queue a job in the transaction at hand; return its id.

    :param unique_key: with a living job of the same key, nothing is queued and None returned
    :param run_at: not before this moment
    """
    id_ = new_id()
    statement = insert(db, Job).values(
        id=id_,
        name=name,
        queue=queue,
        priority=priority,
        arguments=arguments,
        unique_key=unique_key,
        available_at=run_at or AT_ONCE,
    )
    if unique_key is not None:
        statement = statement.on_conflict_do_nothing()
    found: int | None = db.session.scalar(statement.returning(Job.id))
    return found


def claim(worker: str, queues: Sequence[str] = (), lease_for: timedelta = LEASE) -> Claim | None:
    """Take the next job that is due, or whose worker is gone; the caller commits.

    :param queues: take from these only; empty for all
    """
    now = utc_now()
    # Asking first costs an idle worker no write.
    if db.session.scalar(_claimable(now, queues)) is None:
        return None
    chosen = _claimable(now, queues)
    if db.engine.dialect.name != "sqlite":
        chosen = chosen.with_for_update(skip_locked=True)
    lease = secrets.token_hex(16)
    statement = (
        update(Job)
        .where(Job.id == chosen.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            lease=lease,
            worker=worker[:128],
            available_at=now + lease_for,
            attempts=Job.attempts + 1,
            started_at=now,
        )
        .returning(Job.id, Job.name, Job.arguments, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).one_or_none()
    return Claim(row.id, row.name, row.arguments, row.attempts, lease) if row else None


def renew(job: Claim, lease_for: timedelta = LEASE) -> bool:
    """Say that the worker lives; return whether it still has the job."""
    return _change(job, available_at=utc_now() + lease_for)


def report_progress(job: Claim, percent: int, text: str = "") -> None:
    """Say how far a job is.

    :raises LeaseLost: if another worker has it by now
    """
    if not _change(job, progress=min(max(percent, 0), 100), progress_text=text[:255]):
        raise LeaseLost


def finish(job: Claim) -> None:
    """Remove a job that is done, in the transaction of what it did.

    :raises LeaseLost: if another worker has it by now
    """
    statement = delete(Job).where(*_is_mine(job)).returning(Job.id)
    if db.session.scalar(statement.execution_options(synchronize_session=False)) is None:
        raise LeaseLost


def give_back(job: Claim) -> None:
    """Let somebody else do it, as if nobody had begun."""
    _change(
        job, state=JobState.PENDING, lease=None, available_at=AT_ONCE, attempts=Job.attempts - 1
    )


def retry_later(job: Claim, error: str) -> datetime | None:
    """Let a job that failed run again after a while; return when."""
    moment = utc_now() + back_off(job.attempts)
    changed = _change(
        job, state=JobState.PENDING, lease=None, available_at=moment, error=error[:MAX_ERROR]
    )
    return moment if changed else None


def bury(job: Claim, error: str) -> bool:
    """Give a job up; it stays until somebody retries or discards it."""
    return _change(job, state=JobState.DEAD, lease=None, error=error[:MAX_ERROR])


def release(worker: str) -> None:
    """Hand on what a worker had at hand when it died. That it was tried still counts."""
    db.session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING, Job.worker == worker[:128])
        .values(state=JobState.PENDING, lease=None, available_at=AT_ONCE)
        .execution_options(synchronize_session=False)
    )


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts, give or take a quarter."""
    delay: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 32), LONGEST_RETRY)
    # Spread, so that jobs which failed together do not come back together.
    return delay * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def enqueue_slot(name: str, every: timedelta) -> bool:
    """Queue a periodic job unless that was done in this slot of time already; the caller commits.

    Of several workers one wins, and a clock that is behind wins nothing.
    """
    slot = int(utc_now().timestamp() // every.total_seconds())
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


def retry(job_id: int) -> None:
    """Let a job that was given up run again from the start, with all its attempts.

    :raises NotFound: if there is no such job among those given up
    :raises AlreadyQueued: if one with the same unique key is waiting
    """
    values = {"state": JobState.PENDING, "attempts": 0, "available_at": AT_ONCE, "error": ""}
    try:
        with db.session.begin_nested():
            _change_dead(update(Job).values(values), job_id)
    except IntegrityError as error:
        raise AlreadyQueued from error


def retry_all() -> int:
    """Let all jobs that were given up run again; return how many. Some are queued anew already."""
    retried = 0
    for id_ in db.session.scalars(select(Job.id).where(Job.state == JobState.DEAD)).all():
        with suppress(AlreadyQueued):
            retry(id_)
            retried += 1
    return retried


def discard(job_id: int) -> None:
    """Forget a job that was given up.

    :raises NotFound: if there is no such job among those given up
    """
    _change_dead(delete(Job), job_id)


def _change_dead(statement: Any, job_id: int) -> None:
    changed = statement.where(Job.id == job_id, Job.state == JobState.DEAD).returning(Job.id)
    if db.session.scalar(changed.execution_options(synchronize_session=False)) is None:
        raise NotFound


def _claimable(now: datetime, queues: Sequence[str]) -> Select[int]:
    query = (
        select(Job.id)
        .where(ALIVE, Job.available_at <= now)
        .order_by(Job.priority, Job.available_at, Job.id)
        .limit(1)
    )
    return query.where(Job.queue.in_(queues)) if queues else query


def _is_mine(job: Claim) -> tuple[ColumnElement[bool], ...]:
    return Job.id == job.id, Job.lease == job.lease


def _change(job: Claim, **values: Any) -> bool:
    statement = update(Job).where(*_is_mine(job)).values(**values).returning(Job.id)
    changed = db.session.scalar(statement.execution_options(synchronize_session=False))
    return changed is not None
