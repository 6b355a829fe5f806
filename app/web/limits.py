"""Rate limits: how often somebody may do something.

They hold across processes, because the counts are in the database (or in Redis), and outside the
transaction of the request.
"""

import hashlib
import ipaddress
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, case, delete, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import TooManyRequests

from app.database import insert
from app.extensions import db
from app.models import RateLimit
from app.web.viewer import client_address, member
from config import Config, ConfigError


def by_address() -> str:
    """Count per address; a home network has a whole /64 of IPv6 to itself."""
    try:
        address = ipaddress.ip_address(client_address())
    except ValueError:
        return client_address()
    if isinstance(address, ipaddress.IPv6Address):
        # So a socket that speaks both writes IPv4; their /64 would be all of it.
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def by_login() -> str:
    """Count per account and address, so that guessing from elsewhere locks nobody out."""
    name = request.form.get("username", "").strip().casefold()
    # Hashed, since what is typed there has any length, and now and then is a password.
    return f"{by_address()} {hashlib.sha256(name.encode()).hexdigest()}"


def by_member() -> str:
    return str(member().id)


@dataclass(frozen=True)
class Limit:
    """At most so many in a time, such as "10 per 15 minutes", counted for each key."""

    name: str
    item: RateLimitItem
    key: Callable[[], str]

    @classmethod
    def of(cls, name: str, amount: str, key: Callable[[], str]) -> "Limit":
        return cls(name, parse(amount), key)


SIGN_IN_BY_LOGIN = Limit.of("sign-in", "10 per 15 minutes", by_login)
SIGN_IN_BY_ADDRESS = Limit.of("sign-in-address", "100 per 15 minutes", by_address)
SIGN_UP = Limit.of("sign-up", "30 per hour", by_address)
WRITE = Limit.of("write", "30 per 5 minutes", by_member)
ACT = Limit.of("act", "60 per minute", by_member)
SAVE = Limit.of("save", "30 per minute", by_member)


def init_app(app: Flask, config: Config) -> None:
    """Choose where counts are kept.

    :raises ConfigError: if it is a Redis that cannot be used
    """
    try:
        storage = storage_from_string(config.REDIS_URL) if config.REDIS_URL else DatabaseStorage()
    except ConfigurationError as error:
        raise ConfigError(f"REDIS_URL: {error}; is the package redis installed?") from None
    app.extensions["limits"] = FixedWindowRateLimiter(storage)


def hit(limit: Limit) -> None:
    """Count one more.

    :raises TooManyRequests: with the seconds to wait, if that is one too many
    """
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    strategy: FixedWindowRateLimiter = current_app.extensions["limits"]
    key = limit.key()
    if strategy.hit(limit.item, limit.name, key):
        return
    reset_at = strategy.get_window_stats(limit.item, limit.name, key).reset_time
    raise TooManyRequests(retry_after=max(1, round(reset_at - time.time())))


def forgive(limit: Limit) -> None:
    """Forget what was counted, when it turned out to be well meant."""
    strategy: FixedWindowRateLimiter = current_app.extensions["limits"]
    strategy.clear(limit.item, limit.name, limit.key())


class DatabaseStorage(Storage):
    """Counts for the limits library, in the table `rate_limits`.

    Each statement stands alone: a count must stay when the request that made it is rolled back.
    """

    STORAGE_SCHEME = ("database",)  # type: ignore[assignment]
    # Old rows are swept by one hit in so many.
    SWEEP_ONE_IN = 200

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        row = insert(db, RateLimit).values(key=key, hits=amount, expires_at=now + expiry)
        is_over = RateLimit.expires_at <= now
        statement = row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "hits": case((is_over, amount), else_=RateLimit.hits + amount),
                "expires_at": case((is_over, now + expiry), else_=RateLimit.expires_at),
            },
        ).returning(RateLimit.hits)
        if random.randrange(self.SWEEP_ONE_IN) == 0:  # noqa: S311 - a broom, not a secret
            self._run(delete(RateLimit).where(RateLimit.expires_at <= now))
        return int(self._run(statement) or 0)

    def get(self, key: str) -> int:
        query = select(RateLimit.hits).where(
            RateLimit.key == key, RateLimit.expires_at > time.time()
        )
        return int(self._run(query) or 0)

    def get_expiry(self, key: str) -> float:
        query = select(RateLimit.expires_at).where(RateLimit.key == key)
        return float(self._run(query) or time.time())

    def check(self) -> bool:
        self._run(select(1))
        return True

    def reset(self) -> int | None:
        self._run(delete(RateLimit))
        return None

    def clear(self, key: str) -> None:
        self._run(delete(RateLimit).where(RateLimit.key == key))

    def _run(self, statement: Any) -> Any:
        engine: Engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(statement)
            return result.scalar() if result.returns_rows else None
