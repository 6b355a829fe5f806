"""Secrets that work once. A newer one ends the older ones of its kind; using one ends it.

What a link holds is derived from the row's id and the master key, so that a mail can be written
when it is sent, and neither the database nor a dump of it holds anything that signs in.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from app.extensions import db, settings
from app.models import Credential, OneTimeToken, Purpose
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import sweeping
from app.services.errors import LinkInvalid


def issue(user_id: int, purpose: Purpose, lifetime: timedelta, **payload: Any) -> int:
    """Make a token and return its id; `secret` tells what to write into the link.

    It ends the one before it: of two that are issued at once, one is left.
    """
    # Whoever else issues one waits here, and then sees what it has to end.
    db.session.execute(
        select(Credential.user_id).where(Credential.user_id == user_id).with_for_update()
    )
    end_all(user_id, purpose)
    id_ = new_id()
    token = OneTimeToken(
        id=id_,
        token_hash=_hash(secret(id_)),
        purpose=purpose,
        user_id=user_id,
        payload=payload,
        expires_at=utc_now() + lifetime,
    )
    db.session.add(token)
    db.session.flush()
    return id_


def secret(token_id: int) -> str:
    """Return the secret of a token: 43 characters that fit into an address."""
    digest = hmac.digest(settings.key_for("one-time-tokens"), str(token_id).encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def find(text: str, purpose: Purpose) -> OneTimeToken:
    """Return the token with this secret, unused.

    :raises LinkInvalid: if it is used, expired or none of ours
    """
    token = db.session.scalar(select(OneTimeToken).where(*_is_valid(text, purpose)))
    if token is None:
        raise LinkInvalid
    return token


def consume(text: str, purpose: Purpose) -> OneTimeToken:
    """Use a token up and return it. Of many who try at once, one succeeds.

    :raises LinkInvalid: if it is used, expired or none of ours
    """
    statement = (
        update(OneTimeToken)
        .where(*_is_valid(text, purpose))
        .values(used_at=utc_now())
        .returning(OneTimeToken)
        .execution_options(synchronize_session=False)
    )
    token = db.session.scalar(statement)
    if token is None:
        raise LinkInvalid
    return token


def pending(user_id: int, purpose: Purpose) -> OneTimeToken | None:
    """Return the token of this kind that somebody may still use."""
    return db.session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.user_id == user_id,
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > utc_now(),
        )
    )


def end_all(user_id: int, purpose: Purpose | None = None) -> None:
    """End the tokens of somebody: of one kind, or all."""
    statement = delete(OneTimeToken).where(OneTimeToken.user_id == user_id)
    if purpose is not None:
        statement = statement.where(OneTimeToken.purpose == purpose)
    db.session.execute(statement.execution_options(synchronize_session=False))


def sweep() -> bool:
    """Forget a batch of tokens that have expired; return whether there may be more."""
    return sweeping.sweep(OneTimeToken.id, OneTimeToken.expires_at <= utc_now())


def _is_valid(text: str, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeToken.token_hash == _hash(text),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > utc_now(),
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
