"""The numbers on every page: how much a member has not read, as their credentials say.

They change in the transactions that change what they count, by as much. Credentials are locked last
of all, in the order of their ids, and once: whoever does several things that change them does those
`at_once`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import case, select, update

from app.extensions import db
from app.models import Credential

# By how many a number changes, for members by their ids.
Changes = Mapping[int, int]
Collected = dict[str, Counter[int]]

# Where a session keeps what is collected.
COLLECTED = "badges"


def add(**changes: Changes) -> None:
    """Change how many `notifications` (groups) and `messages` (conversations) are unread."""
    collected: Collected | None = db.session.info.get(COLLECTED)
    if collected is None:
        _write({what: Counter(by_member) for what, by_member in changes.items()})
        return
    for what, by_member in changes.items():
        collected.setdefault(what, Counter()).update(by_member)


@contextmanager
def at_once() -> Iterator[None]:
    """Collect what is to change, and change it at the end."""
    if COLLECTED in db.session.info:
        yield
        return
    collected: Collected = {}
    db.session.info[COLLECTED] = collected
    try:
        yield
    finally:
        del db.session.info[COLLECTED]
    _write(collected)


def lock(user_ids: Collection[int]) -> None:
    """Lock credentials in the order in which everybody does; an UPDATE of several has none."""
    if len(user_ids) < 2:
        return
    query = (
        select(Credential.user_id)
        .where(Credential.user_id.in_(sorted(user_ids)))
        .order_by(Credential.user_id)
    )
    db.session.execute(query.with_for_update(key_share=True)).all()


def _write(collected: Collected) -> None:
    columns = {
        "notifications": Credential.unread_notifications,
        "messages": Credential.unread_messages,
    }
    user_ids: set[int] = set()
    values: dict[Any, Any] = {}
    for what, counter in collected.items():
        changes = {user_id: number for user_id, number in counter.items() if number}
        if changes:
            user_ids |= changes.keys()
            by = case(changes, value=Credential.user_id, else_=0)
            values[columns[what]] = columns[what] + by
    if not user_ids:
        return
    lock(user_ids)
    db.session.execute(
        update(Credential)
        .where(Credential.user_id.in_(sorted(user_ids)))
        .values(values)
        .execution_options(synchronize_session=False)
    )
