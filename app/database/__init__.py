"""How Microblog talks to its database: the same on SQLite and PostgreSQL."""

from app.database.engines import engine_options, prepare_engine
from app.database.errors import is_transient, is_unavailable, violated_constraint
from app.database.modes import Session, begin_reading, begin_writing
from app.database.statements import for_each, insert

__all__ = [
    "Session",
    "begin_reading",
    "begin_writing",
    "engine_options",
    "for_each",
    "insert",
    "is_transient",
    "is_unavailable",
    "prepare_engine",
    "violated_constraint",
]
