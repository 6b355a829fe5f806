"""Whether the application can do its work."""

from functools import cache

from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from app.database import standing_alone
from app.extensions import db
from config import ROOT


def checks() -> dict[str, bool]:
    """Return what is needed to serve requests, and whether it is there."""
    try:
        # Standing alone: on SQLite a transaction would wait for whoever writes.
        with standing_alone(db.engine).connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError:
        return {"database": False, "migrations": False}
    return {"database": True, "migrations": set(current) == newest_migrations()}


@cache
def newest_migrations() -> set[str]:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return set(ScriptDirectory.from_config(config).get_heads())
