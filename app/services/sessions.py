"""Signed-in browsers. The browser holds a random token, the database only its hash."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import contains_eager

from app.database import kept_options, try_now
from app.extensions import db
from app.models import Credential, User, UserSession
from app.models.base import UtcDateTime, utc_now
from app.services import sweeping
from app.services.errors import NotFound, SignedOut
from app.services.users import is_active

# Idle and absolute lifetimes, with and without "keep me signed in".
REMEMBERED_IDLE = timedelta(days=60)
REMEMBERED_LIFE = timedelta(days=365)
BROWSER_IDLE = timedelta(hours=24)
BROWSER_LIFE = timedelta(days=7)
# A page view writes at most this often that the session is still in use.
SEEN_EVERY = timedelta(minutes=5)
# How long after giving the password one may do what is sensitive without giving it again.
VERIFIED_FOR = timedelta(minutes=15)
MAX_LISTED = 100


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
            verified_at=now,
            expires_at=now + (REMEMBERED_LIFE if remembered else BROWSER_LIFE),
            ip=ip,
            user_agent=user_agent[: UserSession.MAX_USER_AGENT],
        )
    )
    db.session.flush()
    return token


def load(token: str) -> UserSession | None:
    """Return the session of a token, if it still holds, with its user and credential: one query."""
    statement = _by_token()
    options = kept_options(statement)
    session = db.session.scalar(statement, values_of(token), execution_options=options)
    if session is not None:
        session.user.session_token = token
        session.user.session_id = session.id
        session.user.verified_at = session.verified_at
    return session


@cache
def _by_token() -> Select[UserSession]:
    # Made once: it runs for each page of a member, and putting it together takes longer.
    return (
        select(UserSession)
        .join(UserSession.user)
        .join(Credential, Credential.user_id == User.id)
        .where(holds())
        .options(contains_eager(UserSession.user).contains_eager(User.credential))
    )


def holds() -> ColumnElement[bool]:
    """Return the condition that a session is that of a token and holds; its user is to be joined.

    The token is a parameter of the statement, which is run with `values_of`.
    """
    limits = {name: bindparam(name, type_=UtcDateTime()) for name in _limits(utc_now())}
    return and_(UserSession.token_hash == bindparam("token"), ~_is_over(limits), is_active())


def values_of(token: str) -> dict[str, Any]:
    """Return the parameters of a statement in which a session `holds`."""
    return {"token": _hash(token), **_limits(utc_now())}


def touch(session: UserSession, ip: str) -> None:
    """Note that a session is in use, unless that was noted just now."""
    now = utc_now()
    if now - session.last_seen_at < SEEN_EVERY:
        return
    note = update(UserSession).where(UserSession.id == session.id).values(last_seen_at=now, ip=ip)
    try_now(db, note)


def renew(user: User) -> None:
    """Give the session at hand another token: whoever copied its cookie is out."""
    user.session_token = secrets.token_urlsafe(32)
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == user.session_id)
        .values(token_hash=_hash(user.session_token))
        .execution_options(synchronize_session=False)
    )


def end(token: str) -> None:
    """End one session; its cookie is worthless from then on."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == _hash(token)))


def listed(user: User) -> Sequence[UserSession]:
    """Return where somebody is signed in, the most recently used first, up to `MAX_LISTED`."""
    query = (
        select(UserSession)
        .where(UserSession.user_id == user.id, ~_is_over(_limits(utc_now())))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
        .limit(MAX_LISTED)
    )
    return db.session.scalars(query).all()


def end_one(user: User, session_id: int) -> None:
    """End one of somebody's sessions.

    :raises NotFound: also if it is somebody else's
    """
    statement = (
        delete(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user.id)
        .returning(UserSession.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        raise NotFound


def end_all(user_id: int, *, besides: int = 0) -> None:
    """End all sessions of somebody.

    :param besides: the id of one to keep
    """
    db.session.execute(
        delete(UserSession)
        .where(UserSession.user_id == user_id, UserSession.id != besides)
        .execution_options(synchronize_session=False)
    )


def hold(user: User) -> None:
    """Make sure that the session still holds, and keep others from ending it in this transaction.

    What a request has read before its transaction began may be out of date: the password changed,
    the account suspended, deleted or erased. All of that ends the sessions, so this one question
    answers them all.

    :raises SignedOut: if it has ended
    """
    query = (
        select(UserSession.id)
        .where(UserSession.id == user.session_id)
        .with_for_update(read=True, key_share=True)
    )
    if db.session.scalar(query) is None:
        raise SignedOut


def verify(user: User) -> None:
    """Note that somebody has just given the password again in the session at hand."""
    user.verified_at = utc_now()
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == user.session_id)
        .values(verified_at=user.verified_at)
        .execution_options(synchronize_session=False)
    )


def is_verified(user: User) -> bool:
    """Whether the password was given lately enough for what is sensitive."""
    return utc_now() - user.verified_at < VERIFIED_FOR


def sweep() -> bool:
    """Forget a batch of sessions that are over; return whether there may be more."""
    return sweeping.sweep(UserSession.id, _is_over(_limits(utc_now())))


def _forget_expired(user: User, now: datetime) -> None:
    db.session.execute(
        delete(UserSession)
        .where(UserSession.user_id == user.id, _is_over(_limits(now)))
        .execution_options(synchronize_session=False)
    )


def _limits(now: datetime) -> dict[str, datetime]:
    """Return the moments by which sessions are over: see `_is_over`."""
    return {
        "now": now,
        "remembered_since": now - REMEMBERED_IDLE,
        "browser_since": now - BROWSER_IDLE,
    }


def _is_over(limits: Mapping[str, Any]) -> ColumnElement[bool]:
    return or_(
        UserSession.expires_at <= limits["now"],
        and_(UserSession.remembered, UserSession.last_seen_at <= limits["remembered_since"]),
        and_(~UserSession.remembered, UserSession.last_seen_at <= limits["browser_since"]),
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
