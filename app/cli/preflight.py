"""What must hold before Microblog starts; each failure is one line that says how to mend it."""

import errno
import re
import socket
import tempfile
from contextlib import closing

import click
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError

# What PostgreSQL or its client library says, and what to do about it.
POSTGRESQL_ADVICE = {
    "could not translate host name": "there is no host {host}; check its spelling",
    "connection refused|no such file": "nothing answers at {place}; is PostgreSQL running there?",
    "password authentication failed": "{place} refuses {user}; check user name and password",
    "no password supplied": "{place} asks for a password; use postgresql://user:password@host/name",
    "no pg_hba.conf entry": "{place} does not let {user} in from here; see its pg_hba.conf",
    "role .* does not exist": "{place} has no user {user}; make it with `createuser {user}`",
    "database .* does not exist": "{place} has no database {name}; make it with `createdb {name}`",
    "timeout expired|timed out|no answer|no route to host|unreachable": "{place} does not answer; "
    "check host, port and firewall",
}


MAIL_PRINTED = (
    "MAIL_URL is console://, so mail is printed where the worker runs, with links that sign in. "
    "Set it to your mail server, such as smtp://user:password@host:587"
)
MAIL_WAITS = (
    "MAIL_URL is not set, so mail waits, for two days at most: nobody can reset a password. "
    "Set it to your mail server, such as smtp://user:password@host:587"
)


def check(config: Config, engine: Engine) -> None:
    """Check the port, the instance folder and the database.

    :raises ConfigError: naming the setting to change
    """
    check_port(config)
    check_folder(config)
    check_database(engine)


def warn(config: Config) -> None:
    """Say what is allowed but hardly meant."""
    warnings = {"console": MAIL_PRINTED, "none": MAIL_WAITS}
    if config.APP_ENV == "production" and config.mail_server.kind in warnings:
        click.echo(f"Warning: {warnings[config.mail_server.kind]}", err=True)


def check_port(config: Config) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.HOST, config.PORT, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with closing(socket.socket(family, kind)) as listener:
            # As gunicorn does: a port whose last connections are still closing is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except OSError as error:
        raise ConfigError(_port_advice(config, error)) from None


def _port_advice(config: Config, error: OSError) -> str:
    other = "choose another: PORT=5001 make run"
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {config.PORT} is already in use; stop what uses it or {other}"
    if error.errno == errno.EACCES:
        return f"PORT: {config.PORT} is reserved for the system's own programs; {other}"
    return f"HOST: cannot listen on {config.HOST} ({error.strerror}); try HOST=127.0.0.1"


def check_folder(config: Config) -> None:
    folder = config.INSTANCE_PATH
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(
            f"INSTANCE_PATH: cannot write to {folder} ({error.strerror}); "
            "make it writable or set INSTANCE_PATH to a folder that is"
        ) from None


def check_database(engine: Engine) -> None:
    try:
        # On SQLite this takes the write lock, so it also fails on what is read-only.
        with engine.begin():
            pass
    except DBAPIError as error:
        advise = _sqlite_advice if engine.dialect.name == "sqlite" else _postgresql_advice
        raise ConfigError(f"DATABASE_URL: {advise(engine.url, error)}") from None


def _sqlite_advice(url: URL, error: DBAPIError) -> str:
    reason = str(error.orig)
    if "not a database" in reason:
        return f"{url.database} is not a SQLite file; move it away or name another file"
    if "locked" in reason:
        return f"{url.database} is locked by another program; stop that one and try again"
    return f"cannot use {url.database} ({reason}); make the file and its folder writable"


def _postgresql_advice(url: URL, error: DBAPIError) -> str:
    reason = str(error.orig).strip()
    words = {"host": url.host, "place": place_of(url), "user": url.username, "name": url.database}
    for pattern, advice in POSTGRESQL_ADVICE.items():
        if re.search(pattern, reason, re.IGNORECASE):
            return advice.format(**words)
    first_line = reason.partition("\n")[0]
    return f"cannot connect to {place_of(url)}: {without_password(first_line, url)}"


def place_of(url: URL) -> str:
    """Return host and port of a PostgreSQL server, or its socket."""
    host = url.host or url.query.get("host") or "the local socket"
    return f"{host}:{url.port or 5432}" if url.host else str(host)


def without_password(text: str, url: URL) -> str:
    return text.replace(str(url.password), "***") if url.password else text
