"""Sending the daily digests."""

from datetime import timedelta

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.services import digests


@job("queue_digests", transactional=False, every=timedelta(hours=1))
def queue_digests() -> None:
    """Queue a digest for each member who is due. Killed, the rest comes within the hour."""
    members = digests.due(after=0)
    while members:
        begin_writing(db)
        digests.queue(members)
        commit(db)
        members = digests.due(after=members[-1])


@job("send_digest")
def send_digest(user_id: int) -> None:
    digests.send(user_id)
