"""Workers: in the test's own process, or in real ones that can be killed."""

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from flask import Flask

from app.extensions import db
from app.jobs import supervisor, watch, worker
from app.models import ids
from app.services.leases import LEASE

T = TypeVar("T")

# Long enough for the slowest machine; nothing waits so long unless it fails.
AT_MOST = 120


def drain(worker: worker.Worker) -> int:
    """Let a worker run all jobs that are due, here and now; return how many."""
    done = 0
    while worker.work_once():
        done += 1
    return done


class Process:
    """A process forked from this one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        if not self._has_ended():
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Wait for its end; return its status, -9 for killed."""
        wait_until(self._has_ended)
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)

    def _has_ended(self) -> bool:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None


@contextmanager
def running(
    app: Flask, processes: int = 1, *, lease: timedelta = LEASE, hurried: bool = True
) -> Iterator[Process]:
    """Run workers as `flask worker` does, but forked: nothing has to be imported first.

    :param hurried: wait less where `flask worker` takes its time, longer where it loses patience
    """
    db.session.commit()
    # A connection must not be taken into another process.
    db.engine.dispose()
    work = partial(_work, app, processes, lease, hurried)
    with warnings.catch_warnings():
        # The mail server of the tests is a thread. It is not in the new process.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = Process(supervisor.fork(work))
    try:
        yield process
    finally:
        # What is still at hand is given back.
        process.send_signal(signal.SIGINT)
        process.wait()


def wait_until(condition: Callable[[], T]) -> T:
    """Wait until a condition holds, and return what it returned."""
    give_up_at = time.monotonic() + AT_MOST
    while not (found := condition()):
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.02)
    return found


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def cpu_seconds(pid: int) -> float:
    """Return how much a process has calculated so far."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # What comes after the name, which may hold anything.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _work(app: Flask, processes: int, lease: timedelta, hurried: bool, parent: int) -> None:
    # After a test that travelled to the future, both processes would count on from the same id.
    ids._last = 0
    if hurried:
        _hurry()
    supervisor.Supervisor(app, processes, lease=lease).run(parent)


def _hurry() -> None:
    worker.POLL = supervisor.GLANCE = watch.TICK = 0.05
    worker.DATABASE_REFUSES = supervisor.SHORT_LIFE = 0.1
    watch.STUCK_GRACE = 0.5
    watch.STOP_GRACE[signal.SIGTERM] = supervisor.PATIENCE = AT_MOST
