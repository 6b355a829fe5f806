"""What is over is thrown away, in batches, and what is not is kept."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.extensions import db
from app.jobs.registry import TASKS
from app.models import Email, EmailState, OneTimeToken, Purpose, RateLimit, UserSession
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import jobs, sessions, sweeping

OLD = timedelta(days=31)


@pytest.fixture
def sweep(run_jobs):
    """Return a function that runs a job of housekeeping."""

    def run(name: str) -> None:
        jobs.enqueue(name)
        assert TASKS[name].every
        assert run_jobs() == 1

    return run


def left(column) -> list:
    values = sorted(db.session.scalars(select(column)))
    db.session.rollback()
    return values


def test_sessions_that_are_over_are_forgotten(susan, sweep):
    for remembered in (True, False):
        for _ in range(2):
            sessions.start(susan, remembered=remembered, ip="203.0.113.7", user_agent="Firefox")
    now = utc_now()
    first, second, third, kept = db.session.scalars(select(UserSession).order_by(UserSession.id))
    first.expires_at = now
    second.last_seen_at = now - sessions.REMEMBERED_IDLE
    third.last_seen_at = now - sessions.BROWSER_IDLE
    kept_id = kept.id
    sweep("sweep_sessions")

    assert left(UserSession.id) == [kept_id]


def test_tokens_that_have_expired_are_forgotten(susan, sweep):
    for name, age in (("old", 1), ("new", -60)):
        db.session.add(
            OneTimeToken(
                token_hash=name.encode(),
                purpose=Purpose.RESET_PASSWORD,
                user_id=susan.id,
                payload={},
                expires_at=utc_now() - timedelta(seconds=age),
            )
        )
    sweep("sweep_tokens")

    assert left(OneTimeToken.token_hash) == [b"new"]


def test_counts_whose_window_is_over_are_forgotten_however_many(app, sweep):
    now = time.time()
    rows = [{"key": f"{n}", "hits": 1, "expires_at": now - 1} for n in range(2 * sweeping.BATCH)]
    db.session.execute(
        insert(RateLimit), [*rows, {"key": "new", "hits": 1, "expires_at": now + 60}]
    )
    sweep("sweep_rate_limits")

    assert left(RateLimit.key) == ["new"]


def test_old_mail_is_forgotten_unless_it_is_still_to_be_sent(susan, sweep):
    for state in EmailState:
        for age in (OLD, timedelta(0)):
            id_ = new_id()
            db.session.add(
                Email(
                    id=id_,
                    kind=f"{state.value} {age.days}",
                    user_id=susan.id,
                    recipient="susan@mail.example",
                    locale="en",
                    details={},
                    message_id=f"<{id_}@localhost>",
                    state=state,
                    created_at=utc_now() - age,
                )
            )
    sweep("sweep_emails")

    assert left(Email.kind) == ["failed 0", "pending 0", "pending 31", "sent 0"]
