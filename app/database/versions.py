"""Which state the data are in: a word that is another one after every commit, whoever made it.

So what was read before can be known to be what would be read now, at the price of one look.
"""

import os
import sqlite3
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine

from app.database.modes import standing_alone

# Which transactions a statement sees is all that what it returns depends on.
_SNAPSHOT = "SELECT CAST(pg_current_snapshot() AS text)"


class _Watch:
    """A connection to SQLite that only looks: its `data_version` counts the commits of all others.

    Two connections count differently, so there is one for each process.
    """

    def __init__(self, path: str) -> None:
        self.process = os.getpid()
        self.lock = Lock()
        self.connection = sqlite3.connect(
            f"{Path(path).resolve().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )

    def look(self) -> str:
        with self.lock:
            return str(self.connection.execute("PRAGMA data_version").fetchone()[0])


_watches: WeakKeyDictionary[Engine, _Watch] = WeakKeyDictionary()
_watches_lock = Lock()


def version_of(db: SQLAlchemy) -> str | None:
    """Return the state of the data; None if it cannot be told.

    What is read afterwards is of this state or a later one. The same word again means that what was
    read in between is still so.
    """
    if db.engine.dialect.name == "postgresql":
        # Not by a session: half of the time that this takes would be the session's.
        with standing_alone(db.engine).connect() as connection:
            return str(connection.exec_driver_sql(_SNAPSHOT).scalar())
    try:
        return _watch(db.engine).look()
    except sqlite3.Error:
        return None


def _watch(engine: Engine) -> _Watch:
    with _watches_lock:
        watch = _watches.get(engine)
        # A connection must not be used by a process that was forked from the one that opened it.
        if watch is None or watch.process != os.getpid():
            watch = _watches[engine] = _Watch(str(engine.url.database))
        return watch
