"""One worker: takes a job, does it, takes the next. `supervisor` starts several as processes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.database import begin_reading, begin_writing, is_transient, is_unavailable
from app.database.modes import READING
from app.extensions import db
from app.jobs.registry import TASKS, GiveUp, Task, TryLater, run
from app.jobs.watch import Stop, TimeLimit, Watch
from app.services import jobs, leases
from app.services.leases import LEASE, Claim, LeaseLost

log = structlog.get_logger("app")

# Seconds between two looks at an empty queue.
POLL = 0.5
# Seconds between two tries while the database is away.
DATABASE_AWAY = 1.0
# The same, where it answers but takes no statement: it is not upgraded, or we are wrong.
DATABASE_REFUSES = 10.0
# How often a job runs at once when its transaction lost to another one.
RUNS = 3
# How often a job of a name that nobody knows is tried: perhaps it is of a newer version, whose
# workers are about to start. With the back-off that is an hour and a half.
UNKNOWN_ATTEMPTS = 10


class Worker:
    """Runs jobs, one at a time.

    :param queues: take from these only; empty for all
    :param lease: how long the others wait when this one falls silent
    """

    def __init__(
        self, app: Flask, name: str, queues: Sequence[str] = (), lease: timedelta = LEASE
    ) -> None:
        self.app = app
        self.name = name
        self.queues = queues
        self.lease = lease
        self.watch = Watch(app, lease)
        # After a job was torn from its work, what it left in this process is not to be trusted.
        self.is_spoilt = False
        self._is_database_away = False
        self._slots: dict[str, int] = {}

    def work(self, parent: int) -> None:
        """Run jobs until told to stop by SIGTERM or SIGINT; for a process of its own.

        :param parent: the process that started this one, and without which it stops
        """
        self.watch.install(parent)
        while not (self.watch.is_stopping or self.is_spoilt):
            self._rest(self._patiently())

    def work_once(self) -> bool:
        """Run the next job; return whether there was one."""
        with self.app.app_context():
            begin_reading(db)
            claim = leases.claim(self.name, self.queues, self.lease)
            if claim is None:
                return False
            self._do(claim)
            return True

    def schedule(self) -> None:
        """Queue the periodic jobs whose time has come."""
        for task in TASKS.values():
            if task.every is None:
                continue
            slot = jobs.slot_of(task.every)
            if self._slots.get(task.name) == slot:
                continue
            with self.app.app_context():
                begin_writing(db)
                jobs.enqueue_slot(task.name, task.every)
                db.session.commit()
            self._slots[task.name] = slot

    def _patiently(self) -> float:
        """Do what is due; return for how many seconds to rest."""
        try:
            self.schedule()
            rest = 0.0 if self.work_once() else POLL
        except SQLAlchemyError as error:
            # It comes back, or gets its tables. The lease of a job at hand ends by itself.
            return self._bear(error)
        if self._is_database_away:
            log.warning("database is back")
        self._is_database_away = False
        return rest

    def _bear(self, error: SQLAlchemyError) -> float:
        """Log what is wrong with the database; return for how many seconds to rest."""
        if not is_unavailable(error):
            log.error("database refuses", exc_info=error)
            return DATABASE_REFUSES
        if not self._is_database_away:
            reason = str(getattr(error, "orig", error)).strip()
            log.warning("database unavailable", reason=reason)
        self._is_database_away = True
        return DATABASE_AWAY

    def _rest(self, seconds: float) -> None:
        """Wait, but not when told to stop."""
        until = time.monotonic() + seconds
        while not self.watch.is_stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, POLL))

    def _do(self, claim: Claim) -> None:
        started = time.monotonic()
        task = TASKS.get(claim.name)
        if task is None:
            outcome = self._fail(claim, None, "no job has this name")
        elif claim.attempts > task.max_attempts:
            outcome = self._bury(claim, task, "the worker died at it each time")
        else:
            outcome = self._attempt(claim, task)
        ms = round((time.monotonic() - started) * 1000)
        # What comes by itself every hour is news only when it fails.
        is_routine = outcome == "done" and task and task.every
        (log.debug if is_routine else log.info)(
            "job", job=claim.name, job_id=claim.id, outcome=outcome, ms=ms
        )

    def _attempt(self, claim: Claim, task: Task) -> str:
        """Do a job; return how it ended."""
        try:
            with self.watch.over(claim, task.time_limit):
                self._run(claim, task)
        except LeaseLost:
            return "lease lost"
        except GiveUp as error:
            return self._bury(claim, task, str(error))
        except Stop:
            return self._give_back(claim)
        except TimeLimit:
            self.is_spoilt = True
            limit = task.time_limit.total_seconds()
            return self._fail(claim, task, f"took longer than {limit:g} seconds")
        except Exception as error:
            return self._fail(claim, task, _told(claim, error))
        return "done"

    def _run(self, claim: Claim, task: Task) -> None:
        """Do a job; again at once where its transaction lost to another one, as pages do."""
        for _ in range(RUNS - 1):
            try:
                self._run_once(claim, task)
                return
            except DBAPIError as error:
                if not is_transient(error):
                    raise
                reason = str(error.orig).strip()
                log.warning("job runs again", job=claim.name, job_id=claim.id, reason=reason)
                db.session.remove()
        self._run_once(claim, task)

    def _run_once(self, claim: Claim, task: Task) -> None:
        (begin_writing if task.transactional else begin_reading)(db)
        run(task, claim)
        # What the job has not committed by itself is one transaction with its end.
        if db.session.info.get(READING):
            begin_writing(db)
        leases.finish(claim)
        db.session.commit()

    def _fail(self, claim: Claim, task: Task | None, error: str) -> str:
        if claim.attempts >= (task.max_attempts if task else UNKNOWN_ATTEMPTS):
            return self._bury(claim, task, error)
        with self._afresh():
            moment = leases.retry_later(claim, error)
        return "will be tried again" if moment else "lease lost"

    def _bury(self, claim: Claim, task: Task | None, error: str) -> str:
        with self._afresh():
            is_mine = leases.bury(claim, error)
            if is_mine and task and task.on_dead:
                task.on_dead(**claim.arguments)
        if not is_mine:
            return "lease lost"
        log.error("job given up", job=claim.name, job_id=claim.id, reason=error)
        return "given up"

    def _give_back(self, claim: Claim) -> str:
        with self._afresh():
            leases.give_back(claim)
        return "given back"

    @contextmanager
    def _afresh(self) -> Iterator[None]:
        """Undo what a job has left, and write in a transaction of its own."""
        # What was interrupted may have lost its connection, too.
        with suppress(SQLAlchemyError):
            db.session.rollback()
        db.session.remove()
        begin_writing(db)
        yield
        db.session.commit()


def _told(claim: Claim, error: Exception) -> str:
    """Log why a job failed, with a traceback where words do not tell it all; return the words."""
    if isinstance(error, TryLater):
        words = str(error)
        log.warning("job failed", job=claim.name, job_id=claim.id, reason=words)
        return words
    log.warning("job failed", job=claim.name, job_id=claim.id, exc_info=error)
    return f"{type(error).__name__}: {error}"
