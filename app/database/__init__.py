"""How Microblog talks to its database: the same on SQLite and PostgreSQL."""

from app.database.engines import engine_options, prepare_engine
from app.database.errors import is_transient, is_unavailable, violated_constraint
from app.database.modes import (
    Session,
    abandon,
    before_writing,
    begin_reading,
    begin_writing,
    commit,
    standing_alone,
    try_now,
)
from app.database.statements import for_each, insert

__all__ = [
    "Session",
    "abandon",
    "before_writing",
    "begin_reading",
    "begin_writing",
    "commit",
    "engine_options",
    "for_each",
    "insert",
    "is_transient",
    "is_unavailable",
    "prepare_engine",
    "standing_alone",
    "try_now",
    "violated_constraint",
]
