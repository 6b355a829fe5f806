"""How the tables of the database at hand are made."""

from sqlalchemy import inspect, text

from app.extensions import db


def schema() -> dict[str, dict]:
    """Return all that the database tells about its tables."""
    inspector = inspect(db.engine)
    # SQLite counts an index of FTS5 as six tables.
    names = [name for name in inspector.get_table_names() if "_words_index" not in name]
    return {name: _table(inspector, name) for name in sorted(names)}


def _table(inspector, name: str) -> dict:
    def by_name(rows: list[dict]) -> list[str]:
        return sorted(str(sorted(row.items(), key=str)) for row in rows)

    return {
        "columns": by_name(inspector.get_columns(name)),
        "primary key": inspector.get_pk_constraint(name),
        "foreign keys": by_name(inspector.get_foreign_keys(name)),
        "unique": by_name(inspector.get_unique_constraints(name)),
        "checks": by_name(inspector.get_check_constraints(name)),
        "indexes": _indexes(name),
    }


def _indexes(table: str) -> list[str]:
    """Return how the indexes are made; the inspector knows none on expressions."""
    query = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = 'index'",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE tablename = :table",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return sorted(map(str, connection.execute(text(query), {"table": table}).scalars()))
