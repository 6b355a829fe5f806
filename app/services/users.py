"""People as others see them: profiles, lists of people."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Label, Select, and_, bindparam, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app.database import read_rows
from app.extensions import db, settings
from app.models import Follow, FollowState, User, Username
from app.models.base import BigId
from app.services import names
from app.services.errors import NotFound, Renamed
from app.services.pagination import Page, Rows, below, fetch
from app.services.visibility import Viewer, any_like, values_of


class PersonRow(NamedTuple):
    key: int
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    bio: str
    is_followed: bool


class ProfileRow(NamedTuple):
    id: int
    username: str
    display_name: str
    avatar_key: str | None
    header_key: str | None
    bio: str
    bio_html: str
    created_at: datetime
    posts_count: int
    following_count: int
    followers_count: int
    is_followed: bool
    follows_viewer: bool


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


def find(username: str) -> User:
    """Return the member of that name.

    :raises NotFound: also if the account is hidden
    :raises Renamed: if the name is a former one
    """
    query = select(User).where(is_named(username), is_active())
    user: User | None = db.session.scalar(query)
    if user is None:
        raise not_found(username)
    return user


def not_found(username: str) -> NotFound:
    """Return what to raise where nobody has a name: perhaps somebody had it."""
    query = (
        select(User.username)
        .join(Username, Username.user_id == User.id)
        .where(Username.name_hash == names.hash_of(username), is_active(), ~is_named(username))
    )
    current = db.session.scalar(query)
    return Renamed(current) if current else NotFound()


def profile(viewer: User | None, username: str) -> ProfileRow:
    """Return what the page of a person shows.

    :raises NotFound: also if the account is hidden
    :raises Renamed: if the name is a former one
    """
    values = {"name": username.lower(), **values_of(viewer)}
    rows = read_rows(db, _profile(any_like(viewer)), values)
    if not rows:
        raise not_found(username)
    return ProfileRow(*rows[0])


# Made once, as those of timelines are.
@cache
def _profile(viewer: Viewer | None) -> Rows:
    return select(
        User.id,
        User.username,
        User.display_name,
        User.avatar_key,
        User.header_key,
        User.bio,
        User.bio_html,
        User.created_at,
        User.posts_count,
        User.following_count,
        User.followers_count,
        _is_followed_by(viewer),
        _follows(viewer),
    ).where(func.lower(User.username) == bindparam("name"), User.domain == "", is_active())


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
    return _people(viewer, User.id).where(User.id == bindparam("person_id", type_=BigId))


def is_follow_of(
    fixed: InstrumentedAttribute[int],
    user_id: int,
    state: FollowState = FollowState.ACCEPTED,
) -> ColumnElement[bool]:
    """Return the condition that a follow is in a list of somebody's: the other one is not hidden.

    :param fixed: the column of the follow in which somebody stands; the other is joined as `User`
    """
    return and_(fixed == user_id, Follow.state == state, is_active())


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
        .where(is_follow_of(fixed, user_id), below(Follow.id, before))
        .order_by(Follow.id.desc())
    )
    return fetch(query, PersonRow, before, settings.PAGE_SIZE)


def people(viewer: User | None, key: InstrumentedAttribute[int]) -> Rows:
    """Return the query of people who are not hidden, to be joined and narrowed.

    :param key: the cursor of the list, newest first
    """
    return _people(viewer, key).where(is_active()).order_by(key.desc())


def _people(viewer: Viewer | None, key: InstrumentedAttribute[int]) -> Rows:
    return select(
        key.label("key"),
        User.id,
        User.username,
        User.display_name,
        User.avatar_key,
        User.bio,
        _is_followed_by(viewer),
    ).select_from(User)


def _following_exists(follower: Any, followed: Any) -> ColumnElement[bool]:
    follow = Follow.__table__.alias()
    return exists().where(
        follow.c.follower_id == follower,
        follow.c.followed_id == followed,
        follow.c.state == FollowState.ACCEPTED,
    )


def _is_followed_by(viewer: Viewer | None) -> Label[bool]:
    if viewer is None:
        return false().label("is_followed")
    return _following_exists(viewer.id, User.id).label("is_followed")


def _follows(viewer: Viewer | None) -> Label[bool]:
    if viewer is None:
        return false().label("follows_viewer")
    return _following_exists(User.id, viewer.id).label("follows_viewer")
