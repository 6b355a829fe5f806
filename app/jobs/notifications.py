"""Counting anew what members have not read, where that cannot wait for them to look."""

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.services import notifications


@job("settle_told_by", transactional=False)
def settle_told_by(actor_id: int) -> None:
    """Make right what is unread of all whom somebody told of something who is hidden now."""
    user_ids = notifications.told_by(actor_id, after=0)
    while user_ids:
        for user_id in user_ids:
            begin_writing(db)
            notifications.settle(user_id)
            commit(db)
        user_ids = notifications.told_by(actor_id, after=user_ids[-1])


@job("settle_notifications")
def settle_notifications(user_id: int) -> None:
    notifications.settle(user_id)
