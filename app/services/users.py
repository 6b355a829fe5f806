"""People of this site: finding one by name, and lists of them. Their pages: `profiles`."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app.database import read_rows
from app.extensions import db, settings
from app.models import Follow, FollowState, User, Username
from app.models.base import BigId
from app.services import names, relationships
from app.services.errors import NotFound, Renamed
from app.services.pagination import Page, Rows, below, fetch
from app.services.visibility import (
    Viewer,
    any_like,
    is_shown_to,
    values_of,
)


class PersonRow(NamedTuple):
    key: int
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    bio: str
    # Of the viewer's follow of them; None if they do not follow nor have asked to.
    follow_state: FollowState | None
    is_muted: bool = False

    @property
    def is_followed(self) -> bool:
        return self.follow_state is FollowState.ACCEPTED

    @property
    def is_requested(self) -> bool:
        return self.follow_state is FollowState.REQUESTED


def is_named(username: str) -> ColumnElement[bool]:
    """Return the condition that a user of this site has the name, in whatever letter case."""
    return (func.lower(User.username) == username.lower()) & (User.domain == "")


def is_active() -> ColumnElement[bool]:
    """Return the condition that an account is neither suspended nor to be deleted nor erased."""
    return and_(User.suspended_at.is_(None), User.deletion_at.is_(None), User.erased_at.is_(None))


def may_sign_in() -> ColumnElement[bool]:
    """Return the condition that an account is neither suspended nor erased.

    One that is to be deleted may: signing in calls that off.
    """
    return and_(User.suspended_at.is_(None), User.erased_at.is_(None))


def with_credential() -> Select[User]:
    """Return the query of accounts of this site, credential loaded, to be narrowed."""
    return select(User).join(User.credential).options(contains_eager(User.credential))


def find(username: str, viewer: User | None = None) -> User:
    """Return the member of that name.

    :param viewer: who wants to do something to them
    :raises NotFound: also if the account is hidden, from all or from the viewer
    :raises Renamed: if the name is a former one
    """
    query = select(User).where(is_named(username), is_active(), is_shown_to(viewer))
    user: User | None = db.session.scalar(query)
    if user is None:
        raise not_found(username, viewer)
    return user


def not_found(username: str, viewer: User | None = None) -> NotFound:
    """Return what to raise where nobody has a name: perhaps somebody had it."""
    query = (
        select(User.username)
        .join(Username, Username.user_id == User.id)
        .where(Username.name_hash == names.hash_of(username), is_active(), ~is_named(username))
        .where(is_shown_to(viewer))
    )
    current = db.session.scalar(query)
    return Renamed(current) if current else NotFound()


def followers(viewer: User | None, user_id: int, before: int | None = None) -> Page[PersonRow]:
    """Return who follows a person, the newest follower first."""
    return _follow_list(viewer, Follow.followed_id, Follow.follower_id, user_id, before)


def following(viewer: User | None, user_id: int, before: int | None = None) -> Page[PersonRow]:
    """Return whom a person follows, the newest first."""
    return _follow_list(viewer, Follow.follower_id, Follow.followed_id, user_id, before)


def person(viewer: User | None, user_id: int) -> PersonRow:
    """Return one person as a row of a list shows them."""
    values = {"person_id": user_id, **values_of(viewer)}
    [row] = read_rows(db, _person(any_like(viewer)), values)
    return PersonRow(*row)


@cache
def _person(viewer: Viewer | None) -> Rows:
    person = _people(viewer, User.id).add_columns(relationships.muted_until(viewer).is_not(None))
    return person.where(User.id == bindparam("person_id", type_=BigId))


def is_follow_of(
    fixed: InstrumentedAttribute[int],
    user_id: int,
    state: FollowState = FollowState.ACCEPTED,
) -> ColumnElement[bool]:
    """Return the condition that a follow is in a list of somebody's: the other one is not hidden.

    :param fixed: the column of the follow in which somebody stands; the other is joined as `User`
    """
    return and_(fixed == user_id, Follow.state == state, is_active())


def is_request() -> ColumnElement[bool]:
    """Return the condition that a follow is only asked for."""
    # A word, not a value, for the sake of the partial index.
    return Follow.state == literal_column(f"'{FollowState.REQUESTED.value}'")


def _follow_list(
    viewer: User | None,
    fixed: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    user_id: int,
    before: int | None,
) -> Page[PersonRow]:
    query = (
        _people(viewer, Follow.id)
        .join(Follow, other == User.id)
        .where(
            is_follow_of(fixed, user_id),
            relationships.is_wanted_by(viewer),
            below(Follow.id, before),
        )
        .order_by(Follow.id.desc())
    )
    return fetch(query, PersonRow, before, settings.PAGE_SIZE)


def people(viewer: User | None, key: InstrumentedAttribute[int]) -> Rows:
    """Return the query of people who are neither hidden nor muted, to be joined and narrowed.

    :param key: the cursor of the list, newest first
    """
    return (
        _people(viewer, key)
        .where(is_active(), relationships.is_wanted_by(viewer))
        .order_by(key.desc())
    )


def rows(viewer: Viewer | None, key: ColumnElement[int], *more: ColumnElement[Any]) -> Rows:
    """Return the query of people, whoever they are, to be joined and narrowed.

    :param more: what each row begins with, before the columns of a `PersonRow`
    """
    return _people(viewer, key, *more)


def _people(viewer: Viewer | None, key: Any, *before: Any) -> Rows:
    return select(
        *before,
        key.label("key"),
        User.id,
        User.username,
        User.display_name,
        User.avatar_key,
        User.bio,
        relationships.follow_state(viewer),
    ).select_from(User)
