"""`flask serve`: check, prepare, upgrade the database, start the workers, and become gunicorn."""

import os
import signal
import sys

import click
import flask_migrate
from flask.cli import with_appcontext

from app.cli import assets, preflight
from app.cli.worker import supervisor
from app.extensions import db, settings
from app.jobs.supervisor import fork
from config import ROOT, ConfigError

GUNICORN_CONFIG = ROOT / "deploy" / "gunicorn.conf.py"
# Tells deploy/gunicorn.conf.py which process runs the workers.
SUPERVISOR_PID = "WORKER_SUPERVISOR_PID"


@click.command()
@click.option("--migrate/--no-migrate", default=True, help="Upgrade the database first.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Also run the jobs.")
@with_appcontext
def serve(migrate: bool, with_worker: bool) -> None:
    """Start Microblog: upgrade the database, run the jobs and serve with gunicorn."""
    preflight.check(settings, db.engine)
    preflight.warn(settings)
    build_assets()
    if migrate:
        flask_migrate.upgrade()
    # What follows are other processes; they open their own connections.
    db.engine.dispose()
    if with_worker:
        start_workers()
    become_gunicorn()


def build_assets() -> None:
    try:
        assets.build()
    except OSError as error:
        raise ConfigError(
            f"cannot write {error.filename} ({error.strerror}); make the program's folder writable"
        ) from None


def start_workers() -> None:
    """Leave the workers to a process of their own, forked here, where everything is imported.

    gunicorn is going to be its parent: it stops without gunicorn, and deploy/gunicorn.conf.py stops
    it with gunicorn.
    """
    os.environ[SUPERVISOR_PID] = str(fork(supervisor().run))


def become_gunicorn() -> None:
    """Replace this process, so that signals reach gunicorn and its status is ours."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    # Until gunicorn can end quietly, Ctrl-C waits: see deploy/gunicorn.conf.py.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    # What a sign-in takes for its password, 19 MB, goes back to the system: glibc would keep it for
    # each thread, which took a worker from 110 to 170 MB.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "1000000")
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_CONFIG)]
    os.execv(command[0], command)  # noqa: S606 - nothing here comes from outside
