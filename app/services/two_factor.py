"""Two-factor sign-in: after the password, a code from an app (TOTP, RFC 6238) or a recovery code.

The database holds neither: the key that an app shares with us is derived from a seed and the master
key, and of recovery codes only hashes are kept.
"""

import hmac
import io
import re
import unicodedata
from base64 import b32encode
from datetime import timedelta
from enum import Enum
from typing import Any, NamedTuple

import pyotp
import segno
from sqlalchemy import ColumnElement, select, update

from app.extensions import db, settings
from app.models import Credential, Purpose, User
from app.models.base import utc_now
from app.services import outbox, recovery_codes, sessions, signing_in, tokens
from app.services.errors import CodeWrong, LinkInvalid, NotFound

# How long somebody may take from the password to the code.
PATIENCE = timedelta(minutes=10)
# Codes of so many steps (of 30 seconds) before and after now are taken: clocks differ, people type.
WINDOW = 1


class Factor(Enum):
    APP = "app"
    RECOVERY_CODE = "recovery code"


class Passed(NamedTuple):
    """Who has given both factors, which was the second, and what the first step left for later."""

    user: User
    factor: Factor
    kept: dict[str, Any]


def is_on(user: User) -> bool:
    return user.credential.totp_enabled_at is not None


def key(user: User) -> str:
    """Return what an app and we share: 160 bits in base 32."""
    return _key_of(user.credential.totp_seed or _next_seed(user))


def provisioning_uri(user: User) -> str:
    """Return what the QR code says."""
    return pyotp.TOTP(key(user)).provisioning_uri(
        name=user.username, issuer_name=settings.SITE_NAME
    )


def qr_code(user: User) -> bytes:
    """Return the QR code for an app, as SVG, with its quiet zone."""
    picture = io.BytesIO()
    # On white, so that cameras read it in the dark theme too.
    segno.make(provisioning_uri(user), error="l").save(
        picture, kind="svg", border=4, light="#fff", xmldecl=False, omitsize=True
    )
    return picture.getvalue()


def enable(user: User, code: str) -> list[str]:
    """Turn it on for somebody whose app shows this code, and return new recovery codes.

    All other sessions end: they began with the password alone.

    :raises CodeWrong: also if it is on already
    """
    seed = _next_seed(user)
    step = _step_of(seed, _normal(code))
    _change(
        user,
        Credential.totp_enabled_at.is_(None),
        totp_seed=seed,
        totp_enabled_at=utc_now(),
        totp_last_step=step,
    )
    sessions.end_all(user.id, besides=user.session_id)
    outbox.write("two_factor_on", user.credential)
    return recovery_codes.replace(user)


def disable(user: User, code: str) -> None:
    """Turn it off for somebody who has a code.

    :raises CodeWrong: if it is none
    """
    check(user, code)
    _turn_off(user, by_admin=False)


def reset(user: User) -> None:
    """Turn it off for somebody who has lost app and recovery codes, as an admin decides."""
    if is_on(user):
        _turn_off(user, by_admin=True)


def check(user: User, code: str) -> Factor:
    """Use a code up: one of the app, or a recovery code.

    :raises CodeWrong: if it is none, or was used already
    """
    if not is_on(user):
        raise CodeWrong
    code = _normal(code)
    if len(code) == len("000000"):
        step = _step_of(user.credential.totp_seed or b"", code)
        _change(user, Credential.totp_enabled_at.is_not(None), totp_last_step=step)
        return Factor.APP
    recovery_codes.use(user, code)
    return Factor.RECOVERY_CODE


def new_recovery_codes(user: User, code: str) -> list[str]:
    """Make new recovery codes for somebody who has a code; those from before are void.

    :raises CodeWrong: if it is none, also if two-factor sign-in was turned off meanwhile
    """
    check(user, code)
    # Whoever else changes them waits here: of two sets made at once, one is left.
    is_there = (
        select(Credential.user_id)
        .where(Credential.user_id == user.id, Credential.totp_enabled_at.is_not(None))
        .with_for_update()
    )
    if db.session.scalar(is_there) is None:
        raise CodeWrong
    return recovery_codes.replace(user)


def ask(user: User, **kept: Any) -> str:
    """Note that somebody has given the password; return the secret that the code must come with.

    :param kept: what `answer` gives back; it is stored as JSON, so nothing secret
    :raises NotFound: if the password has changed since it was checked
    """
    # Locked, so that a change of password ends this too, if it comes after.
    still_holds = (
        select(Credential.user_id)
        .where(
            Credential.user_id == user.id,
            Credential.password_hash == user.credential.password_hash,
        )
        .with_for_update()
    )
    if db.session.scalar(still_holds) is None:
        raise NotFound
    return tokens.secret(tokens.issue(user.id, Purpose.SECOND_FACTOR, PATIENCE, **kept))


def asked(secret: str) -> User:
    """Return who has given the password and is asked for the code.

    :raises LinkInvalid: if that took too long, or the account is not what it was
    """
    user = signing_in.find(tokens.find(secret, Purpose.SECOND_FACTOR).user_id)
    if user is None or not is_on(user):
        raise LinkInvalid
    return user


def answer(secret: str, code: str) -> Passed:
    """Take the code from somebody who was asked for it. What they were asked with is used up.

    :raises LinkInvalid: if they were not asked, or too long ago
    :raises CodeWrong: if the code is none, or was used already
    """
    user = asked(secret)
    factor = check(user, code)
    return Passed(user, factor, tokens.consume(secret, Purpose.SECOND_FACTOR).payload)


def _next_seed(user: User) -> bytes:
    """Return the seed that `enable` would take.

    It is derived rather than kept, since looking at the page must write nothing. It stays the same
    while the session does, until somebody turns two-factor sign-in on with it: no step comes twice.
    """
    made_of = f"{user.id}:{user.session_token}:{user.credential.totp_last_step}"
    return hmac.digest(settings.key_for("totp-seed"), made_of.encode(), "sha256")


def _key_of(seed: bytes) -> str:
    return b32encode(hmac.digest(settings.key_for("totp"), seed, "sha256")[:20]).decode()


def _step_of(seed: bytes, code: str) -> int:
    """Return the time step whose code this is."""
    totp = pyotp.TOTP(_key_of(seed))
    now = totp.timecode(utc_now())
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    raise CodeWrong


def _change(
    user: User, condition: ColumnElement[bool], *, totp_last_step: int, **values: Any
) -> None:
    """Use the code of a time step up. Of many who try at once, one succeeds."""
    statement = (
        update(Credential)
        .where(Credential.user_id == user.id, Credential.totp_last_step < totp_last_step, condition)
        .values(totp_last_step=totp_last_step, **values)
        .returning(Credential)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if db.session.scalar(statement) is None:
        raise CodeWrong


def _turn_off(user: User, *, by_admin: bool) -> None:
    credential = user.credential
    credential.totp_seed = None
    credential.totp_enabled_at = None
    # Before the recovery codes: whoever makes new ones waits for it.
    db.session.flush()
    recovery_codes.delete_all(user)
    tokens.end_all(user.id, Purpose.SECOND_FACTOR)
    outbox.write("two_factor_off", credential, by_admin=by_admin)


def _normal(code: str) -> str:
    """Return a code as it was meant: without spaces and hyphens, in whatever case and width."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", code)).lower()
