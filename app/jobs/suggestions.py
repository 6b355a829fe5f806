"""Finding out whom members may want to follow."""

from datetime import timedelta

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import job
from app.services import acquaintances, jobs, suggestions

EVERY = timedelta(minutes=10)


@job("find_popular_people", transactional=False, every=EVERY)
def find_popular_people() -> None:
    # Found before the transaction begins, since others wait for that to end.
    found = acquaintances.find_popular()
    begin_writing(db)
    suggestions.store_popular(found)


@job("queue_suggestions", every=EVERY)
def queue_suggestions() -> None:
    """Queue a part of the members, so that each has its turn every two hours."""
    jobs.enqueue(
        "suggest_to_part",
        queue=jobs.SLOW_QUEUE,
        priority=jobs.IDLE,
        unique_key="suggest_to_part",
        part=jobs.slot_of(EVERY) % acquaintances.PARTS,
    )


@job("suggest_to_part", time_limit=timedelta(hours=1), transactional=False)
def suggest_to_part(part: int) -> None:
    """Find suggestions for a part of the members, in small transactions. Killed, it begins anew."""
    members = acquaintances.members(part, after=0)
    while members:
        found = {user_id: acquaintances.find(user_id) for user_id in members}
        begin_writing(db)
        suggestions.store(found)
        commit(db)
        members = acquaintances.members(part, after=members[-1])


@job("suggest", transactional=False)
def suggest(user_id: int) -> None:
    """Find suggestions for one member, who has just followed somebody."""
    found = acquaintances.find(user_id)
    begin_writing(db)
    suggestions.store({user_id: found})
