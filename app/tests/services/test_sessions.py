from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.database import commit
from app.extensions import db
from app.models import UserSession
from app.models.base import utc_now
from app.services import sessions


def begin(user, *, remembered=False):
    token = sessions.start(user, remembered=remembered, ip="127.0.0.1", user_agent="Test")
    commit(db)
    return token


def test_a_token_finds_its_session(susan):
    token = begin(susan)

    assert sessions.load(token).user is susan


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1--", "\u0000", "🌿" * 1000])
def test_another_token_finds_nothing(susan, token):
    begin(susan)

    assert sessions.load(token) is None


def test_the_database_does_not_hold_the_token(susan):
    token = begin(susan)

    stored = db.session.scalar(select(UserSession.token_hash))
    assert token.encode() not in stored
    assert sessions.load(stored.hex()) is None


def test_ending_one_session_leaves_the_others(susan):
    first, second = begin(susan), begin(susan)

    sessions.end(first)

    assert sessions.load(first) is None
    assert sessions.load(second)


def test_a_suspended_member_has_no_session(susan):
    token = begin(susan)
    susan.suspended_at = utc_now()
    db.session.commit()

    assert sessions.load(token) is None


@pytest.mark.parametrize(
    ("remembered", "life"),
    [(False, sessions.BROWSER_IDLE), (True, sessions.REMEMBERED_IDLE)],
)
def test_an_idle_session_ends(susan, remembered, life):
    with time_machine.travel(utc_now(), tick=False) as clock:
        token = begin(susan, remembered=remembered)
        clock.shift(life - timedelta(seconds=1))
        assert sessions.load(token)
        clock.shift(timedelta(seconds=1))
        assert sessions.load(token) is None


@pytest.mark.parametrize(
    ("remembered", "life"),
    [(False, sessions.BROWSER_LIFE), (True, sessions.REMEMBERED_LIFE)],
)
def test_a_session_in_use_ends_all_the_same(susan, remembered, life):
    step = timedelta(hours=20)
    with time_machine.travel(utc_now(), tick=False) as clock:
        token = begin(susan, remembered=remembered)
        for _ in range((life - timedelta(seconds=1)) // step):
            clock.shift(step)
            sessions.touch(sessions.load(token), "127.0.0.1")
            db.session.expire_all()
        clock.shift(step)

        assert sessions.load(token) is None


def test_use_is_noted_at_most_every_few_minutes(susan, count_queries):
    with time_machine.travel(utc_now(), tick=False) as clock:
        token = begin(susan)
        session = sessions.load(token)
        count_queries.clear()

        sessions.touch(session, "127.0.0.1")
        assert count_queries == []

        clock.shift(sessions.SEEN_EVERY)
        sessions.touch(session, "10.0.0.1")
        assert len(count_queries) == 1
        db.session.refresh(session)
        assert session.ip == "10.0.0.1"


def test_signing_in_clears_what_expired(susan):
    with time_machine.travel(utc_now(), tick=False) as clock:
        begin(susan)
        clock.shift(sessions.REMEMBERED_LIFE)
        begin(susan)

    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1
