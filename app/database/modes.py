"""Reading and writing: the two modes of a session.

Reading runs under AUTOCOMMIT, which saves the BEGIN and ROLLBACK around every page. Writing runs in
one transaction; on SQLite it begins IMMEDIATE, because a deferred one that reads first and writes
later loses to any other writer in between.
"""

from functools import cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine

READING = "reading"


class Session(FlaskSession):
    """A session that reads under AUTOCOMMIT while `info["reading"]` is set."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get(READING) and isinstance(bind, Engine):
            return _reading(bind)
        return bind


@cache
def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def begin_reading(db: SQLAlchemy) -> None:
    """From here on, statements of this session stand alone and hold nothing."""
    db.session.info[READING] = True


def begin_writing(db: SQLAlchemy) -> None:
    """From here on, statements of this session make one transaction."""
    # Gives the reading connection back; what was loaded stays usable (expire_on_commit is off).
    db.session.commit()
    db.session.info[READING] = False
