"""Workers as processes: started, replaced when they die, stopped together."""

import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.database import begin_writing
from app.extensions import db
from app.jobs.watch import STOP_GRACE, STOP_SIGNALS
from app.jobs.worker import Worker
from app.services import leases
from app.services.jobs import DEFAULT_QUEUE
from app.services.leases import LEASE

log = structlog.get_logger("app")

# Seconds between two looks at the processes.
GLANCE = 0.3
# Seconds that a process must have lived to be replaced at once.
SHORT_LIFE = 2.0
# Seconds, on top of what the job at hand gets, after which processes that do not stop are killed.
PATIENCE = 2.0
# Seconds until those that were killed are gone, whatever the system is at.
DEATH = 0.5
# Who stops a supervisor waits at least so long: see deploy/gunicorn.conf.py.
STOPS_WITHIN = GLANCE + STOP_GRACE[signal.SIGTERM] + PATIENCE + DEATH


def fork(work: Callable[[int], None]) -> int:
    """Do some work in a new process; return its id. It is told the id of this one."""
    parent = os.getpid()
    # What is still to be written, only one of the two may write.
    _flush()
    # Until the new process has handlers of its own, a signal would reach those of this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    pid = os.fork()
    if pid == 0:
        _run_and_exit(work, parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    return pid


class Supervisor:
    """Keeps so many workers running.

    :param queues: what they take from; empty for all queues, of which one of several workers then
        leaves out the slow one, so that mail does not wait for exports
    :param lease: how long the others wait when a worker falls silent
    """

    def __init__(
        self, app: Flask, processes: int, queues: Sequence[str] = (), lease: timedelta = LEASE
    ) -> None:
        self.app = app
        self.processes = processes
        self.queues = queues
        self.lease = lease
        # No other has it, also where machines are called the same.
        self.name = f"{socket.gethostname()}:{secrets.token_hex(3)}"
        self._stop_signal: signal.Signals | None = None
        # The process that leaves the slow queue to the others.
        self._quick = 0
        # When each process was started.
        self._started: dict[int, float] = {}
        # When a process may be started again.
        self._not_before = 0.0

    def run(self, parent: int | None = None) -> None:
        """Return when told to stop by SIGTERM or SIGINT.

        :param parent: the process without which this one shall not be; None to outlive all others
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        log.info("running jobs", processes=self.processes, queues=",".join(self.queues) or "all")
        while self._stop_signal is None and not self._is_orphan(parent):
            self._fill()
            time.sleep(GLANCE)
            self._reap()
        self._end(self._stop_signal or signal.SIGTERM)

    def _is_orphan(self, parent: int | None) -> bool:
        if parent is None or os.getppid() == parent:
            return False
        log.error("workers stop: the process that started them is gone")
        return True

    def _fill(self) -> None:
        while len(self._started) < self.processes and time.monotonic() >= self._not_before:
            is_quick = self._lacks_quick()
            queues = (DEFAULT_QUEUE,) if is_quick else self.queues
            pid = fork(partial(self._work, queues))
            self._started[pid] = time.monotonic()
            if is_quick:
                self._quick = pid

    def _lacks_quick(self) -> bool:
        return self.processes > 1 and not self.queues and self._quick not in self._started

    def _work(self, queues: Sequence[str], parent: int) -> None:
        Worker(self.app, self._name_of(os.getpid()), queues, self.lease).work(parent)

    def _name_of(self, pid: int) -> str:
        return f"{self.name}:{pid}"

    def _reap(self) -> None:
        for pid, code in self._ended():
            if time.monotonic() - self._started.pop(pid) < SHORT_LIFE:
                self._not_before = time.monotonic() + SHORT_LIFE
            if code:
                log.error("worker died", pid=pid, code=code)
                self._release(pid)

    def _ended(self) -> list[tuple[int, int]]:
        """Return the processes that have ended, with their codes; -9 for killed."""
        found = [os.waitpid(pid, os.WNOHANG) for pid in self._started]
        return [(pid, os.waitstatus_to_exitcode(status)) for pid, status in found if pid]

    def _release(self, pid: int) -> None:
        """Hand on the job that a worker left, without waiting for its lease to end."""
        try:
            with self.app.app_context():
                begin_writing(db)
                leases.release(self._name_of(pid))
                db.session.commit()
        except SQLAlchemyError as error:
            log.warning("lease not released", reason=str(getattr(error, "orig", error)).strip())
        finally:
            with self.app.app_context():
                # Nothing may be open when the next process is made.
                db.engine.dispose()

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._stop_signal = self._stop_signal or signal.Signals(number)

    def _end(self, number: signal.Signals) -> None:
        """Stop all processes; those that do not within a while, at once."""
        self._signal_all(number)
        self._wait(STOP_GRACE[number] + PATIENCE)
        self._signal_all(signal.SIGKILL)
        self._wait(DEATH)

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._started:
            os.kill(pid, number)

    def _wait(self, seconds: float) -> None:
        give_up_at = time.monotonic() + seconds
        while self._started and time.monotonic() < give_up_at:
            time.sleep(0.02)
            self._reap()


def _run_and_exit(work: Callable[[int], None], parent: int) -> None:
    status = 1
    try:
        work(parent)
        status = 0
    except Exception as error:
        log.error("worker failed", exc_info=error)
    finally:
        _flush()
        # Not sys.exit: what the parent had planned for its own end is not ours to do.
        os._exit(status)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
