"""Counting the hashtags of the day."""

from datetime import timedelta

from app.database import begin_writing
from app.extensions import db
from app.jobs.registry import job
from app.services import trends


@job("count_trends", transactional=False, every=timedelta(minutes=10))
def count_trends() -> None:
    # Counted before the transaction begins, since others wait for that to end.
    counts = trends.count()
    begin_writing(db)
    trends.store(counts)
