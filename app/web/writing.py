"""The transaction of a member's request: it begins by making sure that they are still signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.database import before_writing, begin_writing
from app.extensions import db
from app.services import sessions
from app.web.viewer import member


def begin_as_member() -> None:
    """Begin the transaction of a request that only members may make.

    :raises SignedOut: if the session has ended meanwhile
    """
    begin_writing(db)
    sessions.hold(member())


@contextmanager
def before_writing_as_member() -> Iterator[None]:
    """Do what takes long, such as checking a password, before the transaction begins.

    :raises SignedOut: if the session has ended meanwhile
    """
    with before_writing(db):
        yield
    sessions.hold(member())
