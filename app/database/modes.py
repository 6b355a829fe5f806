"""Reading and writing: the two modes of a session.

Reading runs under AUTOCOMMIT, which saves the BEGIN and ROLLBACK around every page. Writing runs in
one transaction; on SQLite it begins IMMEDIATE, because a deferred one that reads first and writes
later loses to any other writer in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError

READING = "reading"
_reading_engines: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


class Session(FlaskSession):
    """A session that reads under AUTOCOMMIT while `info["reading"]` is set."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(READING) and isinstance(bind, Engine):
            return standing_alone(bind)
        return bind


def standing_alone(engine: Engine) -> Engine:
    """Return the same engine, its pool shared, with statements that are no transactions."""
    if engine not in _reading_engines:
        _reading_engines[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    return _reading_engines[engine]


def begin_reading(db: SQLAlchemy) -> None:
    """From here on, statements of this session stand alone and hold nothing."""
    db.session.info[READING] = True


def begin_writing(db: SQLAlchemy) -> None:
    """From here on, statements of this session make one transaction."""
    # Gives the reading connection back; what was loaded stays usable (expire_on_commit is off).
    db.session.commit()
    db.session.info[READING] = False


def commit(db: SQLAlchemy) -> None:
    """Commit, and go on reading: the page that follows must not hold up other writers."""
    db.session.commit()
    begin_reading(db)


def abandon(db: SQLAlchemy) -> None:
    """Take back what was begun, and go on reading; what was loaded has to be loaded again."""
    db.session.rollback()
    begin_reading(db)


@contextmanager
def before_writing(db: SQLAlchemy) -> Iterator[None]:
    """Do what takes long, such as checking a password, before the transaction begins."""
    # One that only looked so far may have begun already.
    commit(db)
    yield
    begin_writing(db)


def try_now(db: SQLAlchemy, statement: Executable) -> None:
    """Run a statement that may as well be left out: at once, or not at all."""
    if not db.session.info.get(READING):
        return
    connection = db.session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    try:
        if is_sqlite:
            patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.execute(statement)
    except DBAPIError:
        # Somebody is writing, or the disk is full. Reading goes on.
        pass
    finally:
        if is_sqlite:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
