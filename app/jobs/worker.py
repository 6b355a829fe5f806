"""One worker: takes a job, does it, takes the next. `supervisor` starts several as processes."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.database import begin_reading, begin_writing, is_unavailable
from app.extensions import db
from app.jobs.registry import TASKS, GiveUp, Task, run
from app.services import jobs
from app.services.jobs import LEASE, Claim, LeaseLost

log = structlog.get_logger("app")

# Seconds between two looks at an empty queue.
POLL = 0.4
# Seconds between two tries while the database is away.
DATABASE_AWAY = 2.0
# Seconds that the job at hand gets to finish when the worker is told to stop.
STOP_GRACE = 7.0
# Seconds after its time limit when a job that cannot be interrupted takes its process along.
STUCK_GRACE = 5.0
EXIT_STUCK = 70
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(BaseException):
    """The job at hand must end now. No Exception, so that no job takes it for one of its own."""


class TimeLimit(Interrupted):
    """It has taken too long."""


class Stop(Interrupted):
    """The worker has to go."""


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
        self.is_stopping = False
        # After a job was torn from its work, what it left in this process is not to be trusted.
        self.is_spoilt = False
        self._claim: Claim | None = None
        self._deadline = float("inf")
        self._slots: dict[str, int] = {}

    def work(self) -> None:
        """Run jobs until told to stop by SIGTERM or SIGINT; for a process of its own."""
        parent = os.getppid()
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._interrupt)
        # The supervisor held them back until there was somebody to hear them.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        threading.Thread(target=self._keep_lease, daemon=True).start()
        while not (self.is_stopping or self.is_spoilt) and os.getppid() == parent:
            time.sleep(self._patiently())

    def drain(self) -> int:
        """Run all jobs that are due, here and now; return how many."""
        done = 0
        while self.work_once():
            done += 1
        return done

    def work_once(self) -> bool:
        """Run the next job; return whether there was one."""
        with self.app.app_context():
            begin_reading(db)
            claim = jobs.claim(self.name, self.queues, self.lease)
            if claim is None:
                return False
            self._do(claim)
            return True

    def schedule(self) -> None:
        """Queue the periodic jobs whose time has come."""
        for task in TASKS.values():
            if task.every is None:
                continue
            slot = int(time.time() // task.every.total_seconds())
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
            return 0 if self.work_once() else POLL
        except SQLAlchemyError as error:
            if not is_unavailable(error):
                raise
            log.warning("database unavailable", reason=str(getattr(error, "orig", error)).strip())
            return DATABASE_AWAY

    def _do(self, claim: Claim) -> None:
        started = time.monotonic()
        task = TASKS.get(claim.name)
        if task is None:
            # Perhaps of a newer version, whose workers are about to start.
            self._fail(claim, None, "no job has this name")
        elif claim.attempts > task.max_attempts:
            self._bury(claim, task, "the worker died at it each time")
        else:
            outcome = self._attempt(claim, task)
            ms = round((time.monotonic() - started) * 1000)
            log.info("job", job=claim.name, job_id=claim.id, outcome=outcome, ms=ms)

    def _attempt(self, claim: Claim, task: Task) -> str:
        """Do a job; return how it ended."""
        try:
            with self._timed(claim, task):
                (begin_writing if task.transactional else begin_reading)(db)
                run(task, claim)
                begin_writing(db)
                jobs.finish(claim)
                db.session.commit()
        except LeaseLost:
            db.session.rollback()
            return "lease lost"
        except GiveUp as error:
            self._bury(claim, task, str(error))
            return "given up"
        except Stop:
            self._put_back(claim)
            return "given back"
        except TimeLimit:
            self.is_spoilt = True
            limit = task.time_limit.total_seconds()
            return self._fail(claim, task, f"took longer than {limit:g} seconds")
        except Exception as error:
            log.warning("job failed", job=claim.name, job_id=claim.id, exc_info=error)
            return self._fail(claim, task, f"{type(error).__name__}: {error}")
        return "done"

    def _fail(self, claim: Claim, task: Task | None, error: str) -> str:
        if task is not None and claim.attempts >= task.max_attempts:
            self._bury(claim, task, error)
            return "given up"
        with self._afresh():
            jobs.retry_later(claim, error)
        return "will be tried again"

    def _bury(self, claim: Claim, task: Task, error: str) -> None:
        with self._afresh():
            if jobs.bury(claim, error) and task.on_dead is not None:
                task.on_dead(**claim.arguments)
        log.error("job given up", job=claim.name, job_id=claim.id, reason=error)

    def _put_back(self, claim: Claim) -> None:
        with self._afresh():
            jobs.give_back(claim)

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

    @contextmanager
    def _timed(self, claim: Claim, task: Task) -> Iterator[None]:
        """Keep the lease while a job runs, and interrupt it at its time limit."""
        seconds = task.time_limit.total_seconds()
        self._deadline = time.monotonic() + seconds
        self._claim = claim
        self._set_alarm(STOP_GRACE if self.is_stopping else seconds)
        try:
            yield
        finally:
            self._set_alarm(0)
            self._claim = None
            self._deadline = float("inf")

    def _set_alarm(self, seconds: float) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_stopping = True
        if self._claim is not None:
            self._set_alarm(STOP_GRACE)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._claim is not None:
            raise Stop if self.is_stopping else TimeLimit

    def _keep_lease(self) -> None:
        """Renew the lease of the job at hand, in a thread of its own."""
        while True:
            time.sleep(self.lease.total_seconds() / 3)
            claim = self._claim
            if claim is None:
                continue
            if time.monotonic() > self._deadline + STUCK_GRACE:
                log.error("worker is stuck", job=claim.name, job_id=claim.id)
                os._exit(EXIT_STUCK)
            try:
                with self.app.app_context():
                    begin_reading(db)
                    jobs.renew(claim, self.lease)
            except SQLAlchemyError as error:
                log.warning("lease not renewed", reason=str(getattr(error, "orig", error)).strip())
