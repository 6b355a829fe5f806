"""Signed-in browsers. The browser holds a random token, the database only its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import contains_eager

from app.database import try_now
from app.extensions import db
from app.models import Credential, User, UserSession
from app.models.base import utc_now

# Idle and absolute lifetimes, with and without "keep me signed in".
REMEMBERED_IDLE = timedelta(days=60)
REMEMBERED_LIFE = timedelta(days=365)
BROWSER_IDLE = timedelta(hours=24)
BROWSER_LIFE = timedelta(days=7)
# A page view writes at most this often that the session is still in use.
SEEN_EVERY = timedelta(minutes=5)


def start(user: User, *, remembered: bool, ip: str, user_agent: str) -> str:
    """Begin a session and return its token, which is kept nowhere else."""
    now = utc_now()
    _forget_expired(user, now)
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=_hash(token),
            user_id=user.id,
            remembered=remembered,
            created_at=now,
            last_seen_at=now,
            expires_at=now + (REMEMBERED_LIFE if remembered else BROWSER_LIFE),
            ip=ip,
            user_agent=user_agent[: UserSession.MAX_USER_AGENT],
        )
    )
    db.session.flush()
    return token


def load(token: str) -> UserSession | None:
    """Return the session of a token, if it still holds, with its user and credential: one query."""
    now = utc_now()
    query = (
        select(UserSession)
        .join(UserSession.user)
        .join(Credential, Credential.user_id == User.id)
        .where(
            UserSession.token_hash == _hash(token),
            ~_is_over(now),
            User.suspended_at.is_(None),
        )
        .options(contains_eager(UserSession.user).contains_eager(User.credential))
    )
    session = db.session.scalar(query)
    if session is not None:
        session.user.session_token = token
    return session


def touch(session: UserSession, ip: str) -> None:
    """Note that a session is in use, unless that was noted just now."""
    now = utc_now()
    if now - session.last_seen_at < SEEN_EVERY:
        return
    note = update(UserSession).where(UserSession.id == session.id).values(last_seen_at=now, ip=ip)
    try_now(db, note)


def end(token: str) -> None:
    """End one session; its cookie is worthless from then on."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


def _forget_expired(user: User, now: datetime) -> None:
    db.session.execute(
        delete(UserSession)
        .where(UserSession.user_id == user.id, _is_over(now))
        .execution_options(synchronize_session=False)
    )


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(
        UserSession.expires_at <= now,
        and_(UserSession.remembered, UserSession.last_seen_at <= now - REMEMBERED_IDLE),
        and_(~UserSession.remembered, UserSession.last_seen_at <= now - BROWSER_IDLE),
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
