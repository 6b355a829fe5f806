"""PostgreSQL connections that wait only so long for their server."""

import select
import time
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ
from sqlalchemy.exc import InvalidatePoolError

# Seconds in which a connection that lay in the pool must show that it lives.
PING_TIMEOUT = 2
CONNECT_TIMEOUT = 5
# Seconds after which a connection in the pool may have died unnoticed. Asked before each page, it
# would cost a page a tenth of a millisecond; and what dies in between is noticed all the same.
IDLE = 1
_USED_AT = "used_at"


class PatientConnection(psycopg2.extensions.connection):
    """A connection that waits only so long for its server.

    A server that is stopped, or gone behind a silent network, sends no error; the driver would wait
    for ever, and the server's own timeouts are no help.

    :ivar patience: seconds to wait for the next sign of life; None for ever
    """

    def __init__(self, *args: Any, timeout: int) -> None:
        self.timeout = timeout
        self.patience: float | None = min(timeout, CONNECT_TIMEOUT)
        super().__init__(*args)


def expect_answers(connection: PatientConnection, record: Any, _proxy: object) -> None:
    """Ask a connection that comes out of the pool for a sign of life, unless it gave one just now.

    :raises InvalidatePoolError: if there is none; the pool makes another one then
    """
    if time.monotonic() - record.info.get(_USED_AT, -IDLE) >= IDLE:
        _ping(connection)
    connection.patience = connection.timeout


def _ping(connection: PatientConnection) -> None:
    before, connection.autocommit = connection.autocommit, True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.autocommit = before
    except psycopg2.Error as error:
        raise InvalidatePoolError from error


def expect_ping(connection: PatientConnection | None, record: Any) -> None:
    if connection is not None:
        record.info[_USED_AT] = time.monotonic()
        connection.patience = min(connection.timeout, PING_TIMEOUT)


def wait(connection: Any) -> None:
    """Wait for a server, as psycopg2 calls it; raising here makes it close the connection."""
    patience = getattr(connection, "patience", None)
    while (state := connection.poll()) != POLL_OK:
        waiting = select.poll()
        waiting.register(connection, select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not waiting.poll(None if patience is None else patience * 1000):
            raise psycopg2.OperationalError(f"no answer within {patience} seconds")
