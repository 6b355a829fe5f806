"""`flask worker`: run jobs."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli import preflight
from app.extensions import db, settings
from app.jobs.supervisor import Supervisor
from app.services import jobs


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many jobs run at a time. Default: WORKER_PROCESSES.",
)
@click.option(
    "--queue",
    "queues",
    type=click.Choice(jobs.QUEUES),
    multiple=True,
    help="Take from this queue only; may be repeated.",
)
@with_appcontext
def worker(processes: int | None, queues: tuple[str, ...]) -> None:
    """Run jobs, mail among them, until stopped."""
    preflight.warn(settings)
    supervisor(processes, queues).run()


def supervisor(processes: int | None = None, queues: tuple[str, ...] = ()) -> Supervisor:
    # The processes open connections of their own.
    db.engine.dispose()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return Supervisor(app, processes or settings.WORKER_PROCESSES, queues)
