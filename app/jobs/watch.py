"""What watches over the job at hand in a worker's process: lease, time limit, signals to stop."""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.database import begin_reading
from app.extensions import db
from app.services import leases
from app.services.leases import Claim

log = structlog.get_logger("app")

# Seconds that the job at hand gets to finish: a manager of services waits, a person does not.
STOP_GRACE = {signal.SIGTERM: 7.0, signal.SIGINT: 0.5}
STOP_SIGNALS = tuple(STOP_GRACE)
# Seconds after its time limit when a job that cannot be interrupted takes its process along.
STUCK_GRACE = 5.0
# Seconds between two looks at the lease and at the parent process.
TICK = 1.0


class Interrupted(BaseException):
    """The job at hand must end now. No Exception, so that no job takes it for one of its own."""


class TimeLimit(Interrupted):
    """It has taken too long."""


class Stop(Interrupted):
    """The worker has to go."""


class Watch:
    """Does nothing until it is installed, for which the worker must have a process of its own.

    :param lease: how long the others wait when this worker falls silent
    """

    def __init__(self, app: Flask, lease: timedelta) -> None:
        self.app = app
        self.lease = lease
        self.is_stopping = False
        self._is_installed = False
        self._grace = 0.0
        self._claim: Claim | None = None
        self._renewal = 0.0

    def install(self, parent: int) -> None:
        """Take over the signals of this process, and look after the lease.

        :param parent: the process without which this one shall not be
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._interrupt)
        # They were held back until there was somebody to hear them.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        self._is_installed = True
        threading.Thread(target=self._look_after, args=(parent,), daemon=True).start()

    @contextmanager
    def over(self, claim: Claim, limit: timedelta) -> Iterator[None]:
        """Watch over a job.

        :raises Interrupted: anywhere within, if it takes too long or the worker has to stop
        """
        if not self._is_installed:
            yield
            return
        seconds = limit.total_seconds()
        # Works without the interpreter, which the job may hold fast; shows where that was.
        faulthandler.dump_traceback_later(seconds + STUCK_GRACE, exit=True)
        self._renewal = time.monotonic() + self._third
        self._claim = claim
        self._set_alarm(seconds)
        if self.is_stopping:
            self._set_alarm(self._grace)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._claim = None
            faulthandler.cancel_dump_traceback_later()

    @property
    def _third(self) -> float:
        return self.lease.total_seconds() / 3

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        self._grace = STOP_GRACE[signal.Signals(number)]
        if self._claim is not None:
            self._set_alarm(self._grace)

    def _set_alarm(self, seconds: float) -> None:
        # Again and again: what is raised while Python tidies up behind the scenes, it drops.
        signal.setitimer(signal.ITIMER_REAL, seconds, TICK)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._claim is not None:
            raise Stop if self.is_stopping else TimeLimit

    def _look_after(self, parent: int) -> None:
        """Keep the lease, and stop when the parent is gone; in a thread of its own."""
        while True:
            time.sleep(min(TICK, self._third))
            if os.getppid() != parent:
                log.error("worker stops: the process that started it is gone")
                os.kill(os.getpid(), signal.SIGTERM)
                return
            claim = self._claim
            if claim is not None and time.monotonic() >= self._renewal:
                self._renewal = time.monotonic() + self._third
                self._renew(claim)

    def _renew(self, claim: Claim) -> None:
        try:
            with self.app.app_context():
                begin_reading(db)
                has_it = leases.renew(claim, self.lease)
            if not has_it and self._claim is claim:
                log.warning("lease lost", job=claim.name, job_id=claim.id)
        except SQLAlchemyError as error:
            log.warning("lease not renewed", reason=str(getattr(error, "orig", error)).strip())
