"""Work to be done outside of requests. A row is written in the transaction that causes it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import EMPTY, Base, CreatedAt, Id, text_enum

# Due since ever: a clock that is behind, here or where the job came from, holds up nothing.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class JobState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    # Given up: it failed as often as it may. Kept until somebody retries or discards it.
    DEAD = "dead"


ALIVE = text("state <> 'dead'")


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(32))
    # Lower runs first.
    priority: Mapped[int] = mapped_column(SmallInteger)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    # At most one living job has it.
    unique_key: Mapped[str | None] = mapped_column(String(128))
    state: Mapped[JobState] = mapped_column(text_enum(JobState, "state"), default=JobState.PENDING)
    # From when on a worker may take it: when it is due, or when the lease of its worker ends.
    available_at: Mapped[datetime] = mapped_column(default=AT_ONCE)
    # Of the run at work, so that one which lost its lease can change nothing more.
    lease: Mapped[str | None] = mapped_column(String(32))
    worker: Mapped[str | None] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    progress_text: Mapped[str] = mapped_column(String(255), default="", server_default=EMPTY)
    error: Mapped[str] = mapped_column(Text, default="", server_default=EMPTY)
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_jobs_claim",
            "priority",
            "available_at",
            "id",
            sqlite_where=ALIVE,
            postgresql_where=ALIVE,
        ),
        Index(
            "uq_jobs_unique_key",
            "unique_key",
            unique=True,
            sqlite_where=ALIVE,
            postgresql_where=ALIVE,
        ),
        Index(None, "state", "id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )


class JobSlot(Base):
    """The last slot of time in which a periodic job was queued."""

    __tablename__ = "job_slots"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(BigInteger)
