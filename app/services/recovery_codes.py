"""Recovery codes: what somebody without the app signs in with, each once."""

import hmac
import secrets

from sqlalchemy import delete, func, insert, select

from app.extensions import db, settings
from app.models import RecoveryCode, User
from app.services.errors import CodeWrong

AMOUNT = 8
LENGTH = 8
# Crockford's base 32, where nothing looks like something else: eight of them are 40 bits.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LOOK_ALIKES = str.maketrans("ilo", "110")


def replace(user: User) -> list[str]:
    """Make new codes and return them, such as `4f9k-22qa`; those from before are void.

    They are kept nowhere: the database has only hashes.
    """
    delete_all(user)
    codes: set[str] = set()
    while len(codes) < AMOUNT:
        codes.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    rows = [{"user_id": user.id, "code_hash": _hash(user, code)} for code in codes]
    db.session.execute(insert(RecoveryCode), rows)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def use(user: User, code: str) -> None:
    """Use a code up, given in small letters without the hyphen. Of many who try, one succeeds.

    :raises CodeWrong: if it is none, or was used already
    """
    meant = code.translate(LOOK_ALIKES)
    statement = (
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(user, meant))
        .returning(RecoveryCode.user_id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        raise CodeWrong


def remaining(user: User) -> int:
    query = select(func.count(RecoveryCode.code_hash)).where(RecoveryCode.user_id == user.id)
    return db.session.scalar(query) or 0


def delete_all(user: User) -> None:
    db.session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user.id)
        .execution_options(synchronize_session=False)
    )


def _hash(user: User, code: str) -> bytes:
    text = f"{user.id}:{code}".encode()
    return hmac.digest(settings.key_for("recovery-codes"), text, "sha256")
