"""Counting anew what is unread of messages, where many members are concerned."""

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.services import message_recounts


@job("recount_messages", transactional=False)
def recount_messages(user_id: int) -> None:
    """Recount for all who share a conversation with somebody who is hidden now, or back."""
    after: int | None = 0
    while after is not None:
        begin_writing(db)
        after = message_recounts.recount_with(user_id, after)
        commit(db)
