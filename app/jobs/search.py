"""The index of the search: filled after an upgrade, and rid of what was deleted."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from app.database import begin_reading, begin_writing, commit, is_transient
from app.database.deadline import no_time_limit
from app.database.search_tables import TABLES, forget_some
from app.extensions import db
from app.jobs.registry import job, report
from app.models.ids import MAX_ID
from app.services import jobs, search_rebuild
from app.services.search_rebuild import KINDS, Kind


@job("fill_search", time_limit=timedelta(hours=12), transactional=False)
def fill_search() -> None:
    """Make what cannot be found yet be found. Killed, it goes on where it was.

    The migration that made the index queues this.
    """
    for kind in KINDS:
        begin_reading(db)
        left = number = search_rebuild.number_of(kind, only_missing=True)
        for done in batches(kind, only_missing=True):
            left -= done
            report(100 - min(100, left * 100 // max(number, 1)), kind.name)


@job("forget_words_daily", every=timedelta(days=1))
def forget_words_daily() -> None:
    jobs.enqueue(
        "forget_words", queue=jobs.SLOW_QUEUE, priority=jobs.IDLE, unique_key="forget_words"
    )


@job("forget_words", time_limit=timedelta(hours=1), transactional=False)
def forget_words() -> None:
    """Let the words of what was deleted or changed go from the file of SQLite, too."""
    for table in TABLES:
        is_begun, has_more = False, True
        while has_more:
            begin_writing(db)
            has_more = forget_some(db, table, is_begun=is_begun)
            commit(db)
            is_begun = True


def batches(kind: Kind, *, only_missing: bool) -> Iterator[int]:
    """Make words in transactions of their own; yield how many each made."""
    below_id = MAX_ID
    while below_id:
        begin_writing(db)
        try:
            with no_time_limit(db):
                done, lowest = search_rebuild.rebuild_some(
                    kind, below_id, only_missing=only_missing
                )
            commit(db)
        except DBAPIError as error:
            db.session.rollback()
            if not is_transient(error):
                raise
            continue
        below_id = lowest
        yield done
