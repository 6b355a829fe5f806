"""How workers take jobs: with a lease, which others respect until it ends.

Who loses the lease can change nothing more: taking the job off the queue fails, and with it the
transaction of what the job did. So the effects of a job on the database happen once. See
docs/adr/0011-jobs.md.
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, literal, select, update

from app.extensions import db
from app.models import Job, JobState
from app.models.base import UtcDateTime, utc_now
from app.models.job import ALIVE, AT_ONCE
from app.services.jobs import IDLE, PRIORITIES

# How long a worker may be silent before others take its job.
LEASE = timedelta(seconds=30)
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


def claim(worker: str, queues: Sequence[str] = (), lease_for: timedelta = LEASE) -> Claim | None:
    """Take the next job that is due, or whose worker is gone; the caller commits.

    :param queues: take from these only; empty for all
    """
    # Asking first costs an idle worker no write.
    if db.session.scalar(_question(_on_sqlite(), tuple(queues)), {"now": utc_now()}) is None:
        return None
    chosen = _next(_on_sqlite(), queues, literal(utc_now()), for_update=not _on_sqlite())
    lease = secrets.token_hex(16)
    statement = (
        update(Job)
        .where(Job.id == chosen)
        .values(
            state=JobState.RUNNING,
            lease=lease,
            worker=worker[:128],
            available_at=_end_of(lease_for),
            attempts=Job.attempts + 1,
            started_at=utc_now(),
        )
        .returning(Job.id, Job.name, Job.arguments, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).one_or_none()
    return Claim(row.id, row.name, row.arguments, row.attempts, lease) if row else None


def renew(job: Claim, lease_for: timedelta = LEASE) -> bool:
    """Say that the worker lives; return whether it still has the job."""
    return _change(job, available_at=_end_of(lease_for))


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
        job,
        state=JobState.PENDING,
        lease=None,
        available_at=moment,
        # After all others: mails to a server that hangs would keep every worker busy.
        priority=IDLE,
        error=error[:MAX_ERROR],
    )
    return moment if changed else None


def bury(job: Claim, error: str) -> bool:
    """Give a job up, until somebody retries or discards it; return whether it was still ours."""
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


@cache
def _question(on_sqlite: bool, queues: Sequence[str]) -> Select[int]:
    """Return what asks for the next job; put together once, since idle workers ask all the time."""
    return select(_next(on_sqlite, queues, bindparam("now", type_=UtcDateTime())))


def _next(
    on_sqlite: bool,
    queues: Sequence[str],
    now: ColumnElement[datetime],
    *,
    for_update: bool = False,
) -> ColumnElement[int]:
    """Return the id of the next job.

    Each priority is looked up by itself. In one walk in order of priority, the thousands that wait
    for their next try, say while the mail server is down, would be read before the first of less
    priority that is due.
    """
    waiting = select(Job.id).where(ALIVE, *_is_due(on_sqlite, now))
    if queues:
        waiting = waiting.where(Job.queue.in_(queues))
    if for_update:
        waiting = waiting.with_for_update(skip_locked=True)
    first = waiting.order_by(Job.available_at, Job.id).limit(1)
    return func.coalesce(
        *(first.where(Job.priority == priority).scalar_subquery() for priority in PRIORITIES)
    )


def _is_due(on_sqlite: bool, now: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    if on_sqlite:
        return (Job.available_at <= now,)
    return (
        # What the index can tell.
        Job.available_at <= func.greatest(now, func.now()),
        Job.available_at <= case((Job.state == JobState.RUNNING, func.now()), else_=now),
    )


def _end_of(lease: timedelta) -> datetime | ColumnElement[datetime]:
    """Return when a lease ends that begins now: by the server's clock, which all workers share.

    With a clock ten minutes ahead, each lease of others would seem over, and jobs be done twice.
    """
    return utc_now() + lease if _on_sqlite() else func.now() + lease


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _is_mine(job: Claim) -> tuple[ColumnElement[bool], ...]:
    return Job.id == job.id, Job.lease == job.lease


def _change(job: Claim, **values: Any) -> bool:
    statement = update(Job).where(*_is_mine(job)).values(**values).returning(Job.id)
    changed = db.session.scalar(statement.execution_options(synchronize_session=False))
    return changed is not None
