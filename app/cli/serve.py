"""`flask serve`: check, prepare, upgrade the database, and become gunicorn."""

import os
import signal
import sys

import click
import flask_migrate
from flask.cli import with_appcontext

from app.cli import assets, preflight
from app.extensions import db, settings
from config import ROOT, ConfigError

GUNICORN_CONFIG = ROOT / "deploy" / "gunicorn.conf.py"


@click.command()
@click.option("--migrate/--no-migrate", default=True, help="Upgrade the database first.")
@with_appcontext
def serve(migrate: bool) -> None:
    """Start Microblog: upgrade the database and serve with gunicorn."""
    preflight.check(settings, db.engine)
    build_assets()
    if migrate:
        flask_migrate.upgrade()
    # What follows is another program; it opens its own connections.
    db.engine.dispose()
    become_gunicorn()


def build_assets() -> None:
    try:
        assets.build()
    except OSError as error:
        raise ConfigError(
            f"cannot write {error.filename} ({error.strerror}); make the program's folder writable"
        ) from None


def become_gunicorn() -> None:
    """Replace this process, so that signals reach gunicorn and its status is ours."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    # Until gunicorn can end quietly, Ctrl-C waits: see deploy/gunicorn.conf.py.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_CONFIG)]
    os.execv(command[0], command)  # noqa: S606 - nothing here comes from outside
