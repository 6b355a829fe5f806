"""A worker that is killed, at any moment one likes."""

import os
import signal

from flask import Flask
from sqlalchemy import Connection, event

from app.extensions import db
from app.jobs.worker import Worker
from app.services import leases
from app.tests.workers import drain

NAME = "doomed"


def kill_a_worker(app: Flask, at: int) -> bool:
    """Run all jobs in a process that is killed as it ends its so-many-th transaction.

    Amid one it makes no difference when: nothing of it stays. In reading mode each statement is
    one. Its lease is over afterwards. Returns whether it was killed, rather than done before.
    """
    db.session.remove()
    # A connection must not be taken into another process.
    db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        _work_until(app, at)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    leases.release(NAME)
    db.session.commit()
    return os.WIFSIGNALED(status)


def _work_until(app: Flask, at: int) -> None:
    status = 1
    left = at

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def count_reading(connection: Connection, *_: object) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            count()

    try:
        event.listen(db.engine, "before_cursor_execute", count_reading)
        event.listen(db.engine, "commit", count)
        drain(Worker(app, NAME))
        status = 0
    finally:
        os._exit(status)
