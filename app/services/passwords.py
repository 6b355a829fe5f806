"""Passwords: kept as Argon2id, compared in equal time, refused when they are easy to guess.

Cost: OWASP's minimum for Argon2id (19 MiB, 2 passes, 1 lane), not the library's default of 64 MiB
and 4 lanes: eight sign-ins at once must fit into a small machine's memory.
"""

import hashlib
import hmac
import re
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

import bcrypt
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 256

_BCRYPT_BYTES = 72
_GUESSABLE_SCORE = 2
# Its time grows steeply with length: 2 s for some 72 characters, 0.2 s for any 24. A password that
# is strong in its first 24 characters is strong.
_ZXCVBN_LENGTH = 24
_zxcvbn_lock = threading.Lock()
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"


def hash_password(password: str) -> str:
    """Return the Argon2id hash to keep for a password."""
    return _hasher.hash(_stable(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Say whether the password belongs to the hash: Argon2, bcrypt or Werkzeug's scrypt and PBKDF2.

    Without a hash the same work is done in vain, so that unknown users take as long as known ones.
    """
    if len(password) > MAX_LENGTH:
        password_hash, password = None, ""
    if password_hash is None:
        _verify_argon2(_dummy_hash(), password)
        return False
    if password_hash.startswith("$argon2"):
        return _verify_argon2(password_hash, password)
    try:
        if password_hash.startswith("$2"):
            return _verify_bcrypt(password_hash, password)
        return _verify_werkzeug(password_hash, password)
    except (ValueError, OverflowError):
        # Not a hash at all, or a password that its scheme cannot take.
        return False


def needs_rehash(password_hash: str) -> bool:
    """Say whether the hash should be made anew at the next sign-in: another scheme or cost."""
    try:
        return _hasher.check_needs_rehash(password_hash)
    except InvalidHashError:
        return True


def weakness(password: str, user_inputs: Sequence[str]) -> Weakness | None:
    """Return why a new password is refused, or None.

    :param user_inputs: what an attacker knows: user name, e-mail address, the site's name
    """
    if len(password) > MAX_LENGTH:
        return Weakness.TOO_LONG
    # One ligature may unfold into many letters, and many jamo fold into one syllable.
    if min(len(password), len(unicodedata.normalize("NFKC", password))) < MIN_LENGTH:
        return Weakness.TOO_SHORT
    if _is_guessable(password, user_inputs):
        return Weakness.COMMON
    return None


def _stable(password: str) -> bytes:
    """Return the bytes to hash: NFKC (NIST SP 800-63B), so that every keyboard gives the same."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _verify_argon2(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, _stable(password))
    except (VerificationError, InvalidHashError):
        return False


def _verify_bcrypt(password_hash: str, password: str) -> bool:
    # bcrypt never saw more than 72 bytes; the library now refuses to cut them off itself.
    return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], password_hash.encode())


def _verify_werkzeug(password_hash: str, password: str) -> bool:
    """Compare with `scrypt:N:r:p$salt$hex` or `pbkdf2:algorithm:rounds$salt$hex`."""
    method, salt, expected = password_hash.split("$")
    scheme, *cost = method.split(":")
    if scheme == "scrypt":
        n, r, p = map(int, cost)
        key = hashlib.scrypt(
            password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=132 * n * r * p
        )
    elif scheme == "pbkdf2":
        algorithm, rounds = cost
        key = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt.encode(), int(rounds))
    else:
        return False
    return hmac.compare_digest(key.hex().encode(), expected.encode())


@cache
def _dummy_hash() -> str:
    return hash_password(secrets.token_hex())


def _is_guessable(password: str, user_inputs: Sequence[str]) -> bool:
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its word lists take 100 ms and 10 MB; few need them)

    words = [word for text in user_inputs for word in [text, *re.split(r"[\W_]+", text)] if word]
    # The library keeps the user's words in a global.
    with _zxcvbn_lock:
        result = zxcvbn(
            unicodedata.normalize("NFKC", password)[:_ZXCVBN_LENGTH],
            user_inputs=[word[:_ZXCVBN_LENGTH] for word in words],
        )
    return bool(result["score"] < _GUESSABLE_SCORE)
