"""Where rate limits are counted."""

import time
from typing import Any

from limits.storage import Storage
from sqlalchemy import case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from app.database import insert, standing_alone
from app.extensions import db
from app.models import RateLimit
from app.services import sweeping


def sweep() -> bool:
    """Forget a batch of counts whose window is over; return whether there may be more."""
    return sweeping.sweep(RateLimit.key, RateLimit.expires_at <= time.time())


class DatabaseStorage(Storage):
    """Counts for the limits library, in the table `rate_limits`.

    Each statement stands alone: a count must stay when the request that made it is rolled back.
    """

    STORAGE_SCHEME = ("database",)  # type: ignore[assignment]

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
        with standing_alone(db.engine).connect() as connection:
            result = connection.execute(statement)
            return result.scalar() if result.returns_rows else None
