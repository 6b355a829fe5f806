"""Workers as processes: started, replaced when they die, stopped together."""

import os
import signal
import socket
import time
from collections.abc import Sequence
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.database import begin_writing
from app.extensions import db
from app.jobs.worker import STOP_GRACE, STOP_SIGNALS, Worker
from app.services import jobs

log = structlog.get_logger("app")

# Seconds between two looks at the processes.
GLANCE = 0.5
# Seconds that a process must have lived to be replaced at once.
SHORT_LIFE = 2.0
# Seconds after which processes that do not stop are killed.
PATIENCE = STOP_GRACE + 3


class Supervisor:
    """Keeps so many workers running.

    :param queues: what they take from; empty for all queues
    """

    def __init__(self, app: Flask, processes: int, queues: Sequence[str] = ()) -> None:
        self.app = app
        self.processes = processes
        self.queues = queues
        self.is_stopping = False
        # When each process was started.
        self._started: dict[int, float] = {}

    def run(self) -> None:
        """Return when told to stop by SIGTERM or SIGINT, or when the parent process is gone."""
        parent = os.getppid()
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        while not self.is_stopping and os.getppid() == parent:
            self._fill()
            time.sleep(GLANCE)
            self._reap()
        self._end()

    def _fill(self) -> None:
        while len(self._started) < self.processes and not self.is_stopping:
            # Until the worker has handlers of its own, a signal would reach those of this process.
            signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
            pid = os.fork()
            if pid == 0:
                self._become_worker()
            self._started[pid] = time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _become_worker(self) -> None:
        """Be a worker in this new process, and never return."""
        status = 1
        try:
            Worker(self.app, _name(os.getpid()), self.queues).work()
            status = 0
        except Exception as error:
            log.error("worker failed", exc_info=error)
        finally:
            # Not sys.exit: what the parent had planned for its own end is not ours to do.
            os._exit(status)

    def _reap(self) -> None:
        for pid in self._ended():
            lived = time.monotonic() - self._started.pop(pid)
            self._release(pid)
            if lived < SHORT_LIFE and not self.is_stopping:
                time.sleep(SHORT_LIFE)

    def _ended(self) -> list[int]:
        ended = []
        for pid in self._started:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                ended.append(pid)
                if status and not self.is_stopping:
                    code = os.waitstatus_to_exitcode(status)
                    log.error("worker died", worker=_name(pid), code=code)
        return ended

    def _release(self, pid: int) -> None:
        """Hand on the job that a worker left, without waiting for its lease to end."""
        try:
            with self.app.app_context():
                begin_writing(db)
                jobs.release(_name(pid))
                db.session.commit()
                # Nothing may be open when the next process is made.
                db.session.remove()
                db.engine.dispose()
        except SQLAlchemyError as error:
            log.warning("lease not released", reason=str(getattr(error, "orig", error)).strip())

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _end(self) -> None:
        """Stop all processes; those that do not within a while, at once."""
        self.is_stopping = True
        self._signal_all(signal.SIGTERM)
        give_up_at = time.monotonic() + PATIENCE
        while self._started and time.monotonic() < give_up_at:
            time.sleep(0.05)
            self._reap()
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._started:
            os.kill(pid, number)


def _name(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}"
