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
from app.database.prepared import kept_options, read_rows
from app.database.statements import for_each, has_one, insert, is_one_of
from app.database.versions import version_of

__all__ = [
    "Session",
    "abandon",
    "before_writing",
    "begin_reading",
    "begin_writing",
    "commit",
    "engine_options",
    "for_each",
    "has_one",
    "insert",
    "is_one_of",
    "is_transient",
    "is_unavailable",
    "kept_options",
    "prepare_engine",
    "read_rows",
    "standing_alone",
    "try_now",
    "version_of",
    "violated_constraint",
]
