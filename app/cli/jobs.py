"""`flask jobs`: what is in the queue, and what becomes of the jobs that were given up."""

from collections.abc import Callable, Iterable

import click
from flask.cli import AppGroup

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.models import Job, JobState
from app.services import jobs as queue
from app.services.errors import AlreadyQueued, NotFound

ERROR_WIDTH = 60

jobs = AppGroup("jobs", help="Show the queue; retry or discard jobs that were given up.")
job_ids = click.argument("ids", type=int, nargs=-1, metavar="[ID]...")


@jobs.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in JobState]),
    help="Those in this state only.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="At most so many.",
)
def show(state: str | None, limit: int) -> None:
    """List jobs, the newest first."""
    begin_reading(db)
    found = queue.listed(JobState(state) if state else None, limit)
    print_table(("ID", "JOB", "STATE", "QUEUE", "ATTEMPTS", "QUEUED", "ERROR"), map(row, found))


@jobs.command()
@job_ids
@click.option("--all", "all_", is_flag=True, help="All that were given up.")
def retry(ids: tuple[int, ...], all_: bool) -> None:
    """Let jobs that were given up run again, with all their attempts."""
    change(ids, queue.retry_all if all_ else None, queue.retry, "to be tried again")


@jobs.command()
@job_ids
@click.option("--all", "all_", is_flag=True, help="All that were given up.")
def discard(ids: tuple[int, ...], all_: bool) -> None:
    """Forget jobs that were given up."""
    change(ids, queue.discard_all if all_ else None, queue.discard, "discarded")


@jobs.command()
def stats() -> None:
    """Count the jobs by queue, name and state."""
    begin_reading(db)
    counted = [
        (each.queue, each.name, each.state.value, str(each.jobs), f"{each.since:%Y-%m-%d %H:%M}")
        for each in queue.stats()
    ]
    print_table(("QUEUE", "JOB", "STATE", "JOBS", "OLDEST"), counted)


def change(
    ids: tuple[int, ...],
    change_all: Callable[[], int] | None,
    change_one: Callable[[int], None],
    done: str,
) -> None:
    """Change all jobs, or those named: each of them, or none."""
    if bool(ids) == bool(change_all):
        raise click.UsageError("name the ids of jobs, or give --all")
    begin_writing(db)
    number = change_all() if change_all else change_each(ids, change_one)
    db.session.commit()
    click.echo(f"{number} {'job' if number == 1 else 'jobs'} {done}")


def change_each(ids: tuple[int, ...], change_one: Callable[[int], None]) -> int:
    for id_ in ids:
        try:
            change_one(id_)
        except NotFound:
            raise click.ClickException(
                f"no job {id_} was given up; see `flask jobs list --state dead`"
            ) from None
        except AlreadyQueued:
            raise click.ClickException(
                f"job {id_} is queued anew already; `flask jobs discard {id_}` forgets this one"
            ) from None
    return len(ids)


def row(job: Job) -> tuple[str, ...]:
    error = job.error.partition("\n")[0]
    if len(error) > ERROR_WIDTH:
        error = f"{error[: ERROR_WIDTH - 1]}…"
    queued = f"{job.created_at:%Y-%m-%d %H:%M:%S}"
    return str(job.id), job.name, job.state.value, job.queue, str(job.attempts), queued, error


def print_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print columns as wide as what is in them; nothing but a word where there is nothing."""
    lines = [head, *rows]
    if len(lines) == 1:
        click.echo("No jobs.")
        return
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
