"""Whom members may want to follow: found by jobs, cheap to read.

First those whom people they follow follow; then those whom many follow; on a site of few, those who
came last, so that people see each other before any job has run. Only who is active is found by a
job; who is hidden, muted, or followed by now, is left out at reading.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy import insert as insert_rows
from sqlalchemy.orm import aliased

from app.database import has_one, read_rows
from app.extensions import db
from app.models import (
    Credential,
    Follow,
    FollowState,
    PopularPerson,
    Suggestion,
    User,
)
from app.models.base import BigId
from app.services import jobs, sweeping
from app.services.kept import Kept
from app.services.pagination import Rows
from app.services.relationships import is_wanted_by
from app.services.users import PersonRow, is_active
from app.services.visibility import ANY_MEMBER, muted_by, values_of

# For one member.
MAX = 8
MAX_POPULAR = 30
# With fewer popular people than this, those who came last are shown, too.
FEW = 10
# As long as they follow fewer, each follow says much about whom else a member may want.
FIRST_FOLLOWS = 20

# Seconds for which a process shows a member the same, and to how many members at once.
KEPT_FOR = 30
MAX_KEPT = 2_000

MEMBER = bindparam("member_id", type_=BigId)
# By member, how many they follow, version of whom they hide, number and half-minute.
_kept: Kept[tuple[int, int, int, int, int], list["SuggestionRow"]] = Kept(MAX_KEPT)


class SuggestionRow(NamedTuple):
    """Somebody to follow; and by how many of those whom the viewer follows they are followed."""

    person: PersonRow
    common_count: int


class Found(NamedTuple):
    user_id: int
    common_count: int


def listed(viewer: User, limit: int) -> list[SuggestionRow]:
    """Return people for the viewer to follow, none of whom they follow already."""
    values = {"member_id": viewer.id, "number": limit, **values_of(viewer)}
    rows = read_rows(db, _listed(), values)
    return [SuggestionRow(PersonRow(*row[:-1]), row[-1]) for row in rows]


def kept(viewer: User, limit: int) -> list[SuggestionRow]:
    """Return the same, as it was within the last half minute and since they last chose.

    They choose whom to follow, to block and to mute; others may choose to block them. For so long
    somebody who was hidden from all by another process may be suggested still.
    """
    version = viewer.credential.hiding_version
    key = (viewer.id, viewer.following_count, version, limit, int(time.monotonic() / KEPT_FOR))
    found = _kept.get(key)
    if found is None:
        found = listed(viewer, limit)
        _kept.put(key, found)
    return found


def forget(user_id: int | None = None) -> None:
    """Let this process look again for whom somebody may want to follow; None is everybody."""
    _kept.forget(lambda key: user_id in {None, key[0]})


def ask_for(user: User) -> None:
    """Have suggestions found soon for somebody who begins to follow others."""
    if user.following_count < FIRST_FOLLOWS:
        _enqueue(user.id)


def start_over(user_id: int) -> None:
    """Have suggestions found anew for somebody who may no longer see some of whom they followed."""
    _execute(delete(Suggestion).where(Suggestion.user_id == user_id))
    _enqueue(user_id)


def store(found: Mapping[int, Sequence[Found]]) -> None:
    """Let these be the suggestions of members; what is the same as before is not written."""
    query = select(Suggestion.user_id, Suggestion.suggested_id, Suggestion.common_count)
    before: dict[int, list[Found]] = {user_id: [] for user_id in found}
    for user_id, *row in db.session.execute(
        query.where(Suggestion.user_id.in_(found)).order_by(Suggestion.position)
    ):
        before[user_id].append(Found(*row))
    changed = [user_id for user_id in found if before[user_id] != found[user_id]]
    _execute(delete(Suggestion).where(Suggestion.user_id.in_(changed)))
    rows = [
        {"user_id": id_, "position": place, "suggested_id": row.user_id, "common_count": row[1]}
        for id_ in changed
        for place, row in enumerate(found[id_])
    ]
    if rows:
        db.session.execute(insert_rows(Suggestion), rows)


def store_popular(user_ids: Sequence[int]) -> None:
    """Let these be the people who are suggested to everybody."""
    _execute(delete(PopularPerson))
    rows = [{"position": place, "user_id": user_id} for place, user_id in enumerate(user_ids)]
    if rows:
        db.session.execute(insert_rows(PopularPerson), rows)


def erase(user_id: int) -> bool:
    """Suggest nobody to somebody, nor them to others; return whether there may be more of that."""
    for statement in (
        delete(PopularPerson).where(PopularPerson.user_id == user_id),
        delete(Suggestion).where(Suggestion.user_id == user_id),
    ):
        _execute(statement)
    key = (Suggestion.user_id, Suggestion.position)
    some = select(*key).where(Suggestion.suggested_id == user_id).limit(sweeping.BATCH)
    removed = delete(Suggestion).where(tuple_(*key).in_(some)).returning(Suggestion.user_id)
    return len(_execute(removed).all()) == sweeping.BATCH


@cache
def _listed() -> Rows:
    found = union_all(_suggested(), _popular(), _newest()).subquery()
    places = (
        select(
            found.c.id, func.min(found.c.place).label("place"), func.max(found.c.common).label("n")
        )
        .group_by(found.c.id)
        .subquery()
    )
    return (
        select(
            User.id.label("key"),
            User.id,
            User.username,
            User.display_name,
            User.avatar_key,
            User.bio,
            null(),
            _seen_in_common(places.c.n),
        )
        .join(places, places.c.id == User.id)
        .where(
            User.id != MEMBER,
            is_active(),
            is_wanted_by(ANY_MEMBER),
            ~follows(User.id),
        )
        .order_by(places.c.place, User.id.desc())
        .limit(bindparam("number", type_=Integer))
    )


def _seen_in_common(number: ColumnElement[int]) -> ColumnElement[int]:
    """Return how many have somebody in common with the member, but for those whom they mute."""
    people = muted_by(ANY_MEMBER).subquery()
    [person] = people.c
    their = aliased(Follow)
    less = (
        select(func.count(person))
        .where(follows(person, FollowState.ACCEPTED))
        .where(
            has_one(their.follower_id == person, their.followed_id == User.id, of=(User, people))
        )
        .correlate(User)
        .scalar_subquery()
    )
    return case((number > less, number - less), else_=0)


def _suggested() -> Rows:
    place = cast(Suggestion.position, Integer).label("place")
    common = Suggestion.common_count.label("common")
    mine = select(Suggestion.suggested_id.label("id"), place, common)
    return mine.where(Suggestion.user_id == MEMBER)


def _popular() -> Rows:
    place = cast(PopularPerson.position, Integer) + MAX
    return select(PopularPerson.user_id, place, literal(0, Integer))


def _newest() -> Rows:
    """Return those who came last, as long as the site has few people who write."""
    last = (
        select(User.id)
        .join(User.credential)
        .where(is_active(), Credential.email_claimed)
        .order_by(User.id.desc())
        .limit(FEW)
        .subquery()
    )
    is_large = exists().where(PopularPerson.position >= FEW)
    return select(last.c.id, literal(MAX + MAX_POPULAR, Integer), literal(0, Integer)).where(
        ~is_large
    )


def follows(user_id: Any, state: FollowState | None = None) -> ColumnElement[bool]:
    """Return the condition that the member follows somebody, or has asked to."""
    own = aliased(Follow)
    is_own = exists().where(own.follower_id == MEMBER, own.followed_id == user_id)
    return is_own if state is None else is_own.where(own.state == state)


def _enqueue(user_id: int) -> None:
    jobs.enqueue("suggest", priority=jobs.IDLE, unique_key=f"suggest:{user_id}", user_id=user_id)


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
