"""Erasing accounts."""

from collections.abc import Callable
from datetime import timedelta

from app.database import before_writing, begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.jobs.search import forget_words
from app.services import (
    blocks,
    conversations,
    deletions,
    export_files,
    exports,
    mutes,
    notifications,
    search_index,
    suggestions,
    thread_mutes,
)


@job("erase_due_accounts", every=timedelta(hours=1))
def erase_due_accounts() -> None:
    deletions.queue_due()


@job("erase_account", time_limit=timedelta(hours=1), transactional=False)
def erase_account(user_id: int) -> None:
    """Erase an account whose time has come, in many small transactions. Killed, it goes on."""
    with before_writing(db):
        job_ids = deletions.jobs_about(user_id)
    if not deletions.begin(user_id, job_ids):
        return
    files = exports.delete_all(user_id)
    commit(db)
    export_files.remove(files)
    for erase in (
        deletions.erase_posts,
        deletions.erase_reposts,
        deletions.erase_likes,
        deletions.erase_kept,
        deletions.erase_follows,
        conversations.erase,
        notifications.erase,
        thread_mutes.erase,
        mutes.erase,
        blocks.erase,
        suggestions.erase,
        search_index.erase_some,
    ):
        _in_batches(erase, user_id)
    forget_words()
    begin_writing(db)
    deletions.finish(user_id)


def _in_batches(erase: Callable[[int], bool], user_id: int) -> None:
    has_more = True
    while has_more:
        begin_writing(db)
        has_more = erase(user_id)
        commit(db)
