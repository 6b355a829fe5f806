"""Statements that PostgreSQL plans once for each connection, rather than each time.

To plan a list of posts takes it longer than to run it (4 ms of 5 for a home). The driver prepares
nothing by itself, so this puts PREPARE and EXECUTE around statements that ask for it, which are
those that are made once and take bind parameters. Constants stay in the statement, since partial
indexes are used for constants only.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CompoundSelect, Connection, Engine, Select, event
from sqlalchemy.exc import CompileError

# The execution option by which a statement asks for it. SQLite, which plans fast, ignores it.
_PREPARED = {"prepared": True}

Statement = Select[Any] | CompoundSelect[Any]
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_constants_of: WeakKeyDictionary[Any, Sequence[str]] = WeakKeyDictionary()


def read_rows(db: SQLAlchemy, statement: Statement, values: Mapping[str, Any]) -> Sequence[Any]:
    """Return the rows of a statement that is made once and names columns, not entities.

    It is compiled and planned once, too, and goes past the session, which would look for entities.
    """
    options = kept_options(statement)
    return db.session.connection().execute(statement, values, execution_options=options).all()


def kept_options(statement: Statement) -> dict[str, Any]:
    """Return the execution options of a statement that is made once."""
    return {**_PREPARED, "compiled_cache": _compiled(statement)}


class _Compiled(dict[Any, Any]):
    """What one statement is compiled to for each dialect.

    SQLAlchemy would look for it among all that it has compiled, by a key of all that is in it.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[0], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[0], value)


# Many more than there are: one that is made anew each time by mistake is not kept for ever.
@lru_cache(1_000)
def _compiled(_statement: Statement) -> _Compiled:
    return _Compiled()


def prepare_statements(engine: Engine) -> None:
    """Let statements of an engine for PostgreSQL be prepared."""
    event.listen(engine, "before_cursor_execute", _execute_prepared, retval=True)


def _execute_prepared(  # noqa: PLR0913, PLR0917 - as SQLAlchemy calls it
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: Any,
    executemany: bool,
) -> tuple[str, Any]:
    if executemany or context is None or not context.execution_options.get("prepared"):
        return statement, parameters
    constants = {name: parameters[name] for name in _constants(context.compiled, parameters)}
    known = connection.connection.info.setdefault("prepared", {})
    key = (statement, tuple(constants.values()))
    if key not in known:
        name = f"microblog_{len(known)}"
        binds = context.compiled.binds
        arguments = _prepare(cursor, name, statement, binds, constants, connection)
        known[key] = f"EXECUTE {name} ({', '.join(f'%({each})s' for each in arguments)})"
    return known[key], parameters


def _constants(compiled: Any, parameters: Any) -> Sequence[str]:
    """Return the names of those parameters that SQLAlchemy made, of values in the statement."""
    if compiled not in _constants_of:
        binds = compiled.binds
        _constants_of[compiled] = [
            name for name in parameters if name in binds and binds[name].unique
        ]
    return _constants_of[compiled]


def _prepare(  # noqa: PLR0913, PLR0917
    cursor: Any, name: str, statement: str, binds: Any, constants: Any, connection: Connection
) -> list[str]:
    """Prepare a statement; return the names of its parameters in their order."""
    arguments: list[str] = []

    def write(match: re.Match[str]) -> str:
        argument = match[1]
        if argument is None:
            return "%"
        if argument in constants:
            return str(cursor.mogrify("%s", [constants[argument]]).decode())
        if argument not in arguments:
            arguments.append(argument)
        return f"${arguments.index(argument) + 1}"

    text = _PLACEHOLDER.sub(write, statement)
    types = ", ".join(_type_of(binds, argument, connection) for argument in arguments)
    cursor.execute(f"PREPARE {name}{f' ({types})' if types else ''} AS {text}")
    return arguments


def _type_of(binds: Any, name: str, connection: Connection) -> str:
    try:
        return str(binds[name].type.compile(connection.dialect))
    except (KeyError, CompileError):
        # PostgreSQL finds it out.
        return "unknown"
