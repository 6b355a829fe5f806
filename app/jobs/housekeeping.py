"""Throwing away what is over."""

from collections.abc import Callable
from datetime import timedelta

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.services import drafts, mutes, outbox, rate_limits, sessions, tokens

OFTEN = timedelta(minutes=5)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)


@job("sweep_sessions", transactional=False, every=HOURLY)
def sweep_sessions() -> None:
    in_batches(sessions.sweep)


@job("sweep_tokens", transactional=False, every=HOURLY)
def sweep_tokens() -> None:
    in_batches(tokens.sweep)


@job("sweep_rate_limits", transactional=False, every=HOURLY)
def sweep_rate_limits() -> None:
    in_batches(rate_limits.sweep)


@job("sweep_emails", transactional=False, every=DAILY)
def sweep_emails() -> None:
    in_batches(outbox.sweep)


@job("sweep_drafts", transactional=False, every=DAILY)
def sweep_drafts() -> None:
    in_batches(drafts.sweep)


# Often: until then, messages of who was muted are missing from the count of unread ones.
@job("sweep_mutes", transactional=False, every=OFTEN)
def sweep_mutes() -> None:
    in_batches(mutes.sweep)


def in_batches(sweep: Callable[[], bool]) -> None:
    """Sweep until nothing is left, and let others write in between."""
    is_more = True
    while is_more:
        begin_writing(db)
        is_more = sweep()
        commit(db)
