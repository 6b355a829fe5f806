"""Which jobs there are. A service queues one by its name; a worker finds it here."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.services import leases

Run = Callable[..., None]


class TryLater(Exception):
    """It did not work this time, for a reason that the words tell in full."""


class GiveUp(Exception):
    """Trying again would not help."""


@dataclass(frozen=True)
class Task:
    """How a job is done.

    :ivar transactional: run in one transaction, together with taking the job off the queue. Else
        each statement stands alone until the function begins to write; for what waits for others,
        or takes long, or reports progress
    :ivar on_dead: called with the job's arguments in the transaction that gives it up
    :ivar every: how often it is queued by itself
    """

    name: str
    run: Run
    time_limit: timedelta
    max_attempts: int
    transactional: bool
    on_dead: Run | None
    every: timedelta | None


TASKS: dict[str, Task] = {}
_current: ContextVar[leases.Claim | None] = ContextVar("current_job", default=None)


def job(  # noqa: PLR0913 - options, all by name
    name: str,
    *,
    time_limit: timedelta = timedelta(minutes=1),
    max_attempts: int = 5,
    transactional: bool = True,
    on_dead: Run | None = None,
    every: timedelta | None = None,
) -> Callable[[Run], Run]:
    """Register a function as the job of that name. It must be safe to run twice.

    The worker commits. See `Task` for the options.
    """

    def register(run: Run) -> Run:
        if name in TASKS:
            raise ValueError(f"there are two jobs called {name}")
        TASKS[name] = Task(name, run, time_limit, max_attempts, transactional, on_dead, every)
        return run

    return register


def run(task: Task, claim: leases.Claim) -> None:
    token = _current.set(claim)
    try:
        task.run(**claim.arguments)
    finally:
        _current.reset(token)


def report(percent: int, text: Any = "") -> None:
    """Say how far the job at work is; for jobs that are not transactional.

    :raises leases.LeaseLost: if another worker has it by now
    """
    claim = _current.get()
    if claim is not None:
        leases.report_progress(claim, percent, text)
