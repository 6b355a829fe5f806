"""What members were told, as their page shows it: groups, the newest first.

First the groups of a page are found, with the post or conversation that each is about; then who
stands behind them. How the statements are made: see `post_rows`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, select, true

from app.database import for_each, is_one_of, read_rows
from app.extensions import db, settings
from app.models import (
    Notification,
    NotificationGroup,
    NotificationKind,
    Participant,
    Post,
    User,
    Visibility,
)
from app.models.base import BigId
from app.models.ids import MAX_ID, time_of
from app.services import text as texts
from app.services import users
from app.services.notification_visibility import (
    ABOUT_POSTS,
    FOLLOWS,
    MENTIONS,
    REACTIONS,
    is_by_somebody_shown,
    is_of,
    is_shown,
)
from app.services.pagination import Page, Rows
from app.services.users import PersonRow
from app.services.visibility import ANY_MEMBER, OPEN, values_of

# Of each group: how many are shown with their pictures, and up to how many are counted.
FACES = 4
MAX_COUNT = 100

BEFORE = bindparam("before", type_=BigId)


class Tab(StrEnum):
    ALL = ""
    MENTIONS = "mentions"
    FOLLOWS = "follows"
    REACTIONS = "reactions"


KINDS = {Tab.MENTIONS: MENTIONS, Tab.FOLLOWS: FOLLOWS, Tab.REACTIONS: REACTIONS}


class GroupRow(NamedTuple):
    """A group as it is found; of the rest, only what its kind is about is there."""

    latest_id: int
    id: int
    kind: NotificationKind
    target_id: int
    is_unread: bool
    text: str | None
    warning: str | None
    language: str | None
    in_reply_to_id: int | None
    visibility: Visibility | None
    unread_count: int | None


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """What is shown as one.

    :ivar target_id: of the post or the conversation that it is about
    :ivar people: the newest of those who did it, at least one
    :ivar people_count: how many the viewer is shown of them; MAX_COUNT + 1 stands for more
    :ivar excerpt: how the post begins, or what it is folded under; "" if it is about none
    :ivar is_about_reply: whether that post is a reply
    :ivar is_open: whether everybody may read it, or it is about none
    :ivar at: when it was done last
    """

    id: int
    kind: NotificationKind
    target_id: int
    is_unread: bool
    people: Sequence[PersonRow]
    people_count: int
    excerpt: str
    language: str | None
    is_about_reply: bool
    is_open: bool
    at: datetime


def listed(viewer: User, tab: Tab = Tab.ALL, before: int | None = None) -> Page[NotificationRow]:
    """Return what the viewer was told of and may still see."""
    size = settings.PAGE_SIZE
    values = {"before": MAX_ID if before is None else before, **values_of(viewer)}
    groups = [GroupRow(*row) for row in read_rows(db, _groups(tab, size + 1), values)]
    older = groups[size - 1].latest_id if len(groups) > size else None
    return Page(_with_people(viewer, groups[:size]), older, is_first=before is None)


def of_groups(viewer: User, group_ids: Collection[int], limit: int) -> list[NotificationRow]:
    """Return the newest of these groups, as far as the viewer is shown them."""
    if not group_ids:
        return []
    values = {"group_ids": list(group_ids), "before": MAX_ID, **values_of(viewer)}
    rows = read_rows(db, _some_groups(db.engine.dialect.name, limit), values)
    return _with_people(viewer, [GroupRow(*row) for row in rows])


def _with_people(viewer: User, groups: Sequence[GroupRow]) -> list[NotificationRow]:
    people = _people_behind(viewer, [group.id for group in groups])
    # Who was behind a group may be gone since it was found.
    return [_row(group, people[group.id]) for group in groups if group.id in people]


def _row(group: GroupRow, found: Sequence[Any]) -> NotificationRow:
    return NotificationRow(
        id=group.id,
        kind=group.kind,
        target_id=group.target_id,
        is_unread=group.is_unread or bool(group.unread_count),
        people=[PersonRow(*row[2:]) for row in found],
        people_count=found[0].people_count,
        excerpt=texts.excerpt(group.warning or group.text),
        language=None if group.warning else group.language,
        is_about_reply=group.in_reply_to_id is not None,
        is_open=group.visibility is None or group.visibility in OPEN,
        at=time_of(found[0].key),
    )


@cache
def _groups(tab: Tab, limit: int) -> Rows:
    return _shown(is_of(*KINDS[tab]) if tab in KINDS else true(), limit)


@cache
def _some_groups(_dialect: str, limit: int) -> Rows:
    return _shown(is_one_of(db, NotificationGroup.id, "group_ids"), limit)


def _shown(condition: ColumnElement[bool], limit: int) -> Rows:
    group = NotificationGroup
    shown = (
        select(group.id)
        .where(group.user_id == ANY_MEMBER.id, group.latest_id < BEFORE, condition, is_shown())
        .order_by(group.latest_id.desc())
        .limit(limit)
        .subquery("shown")
    )
    is_own_place = and_(
        is_of(NotificationKind.MESSAGE),
        Participant.conversation_id == group.target_id,
        Participant.user_id == ANY_MEMBER.id,
    )
    return (
        select(
            group.latest_id,
            group.id,
            group.kind,
            group.target_id,
            group.is_unread,
            func.substr(Post.text, 1, texts.EXCERPT + 1),
            Post.spoiler_text,
            Post.language,
            Post.in_reply_to_id,
            Post.visibility,
            Participant.unread_count,
        )
        .select_from(group)
        .join(shown, shown.c.id == group.id)
        .outerjoin(Post, and_(is_of(*ABOUT_POSTS), Post.id == group.target_id))
        .outerjoin(Participant, is_own_place)
        .order_by(group.latest_id.desc())
    )


def _people_behind(viewer: User, group_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return the newest people behind each group, who are the rows of `_people`."""
    if not group_ids:
        return {}
    values = {"group_ids": list(group_ids), **values_of(viewer)}
    found: dict[int, list[Any]] = {}
    for row in read_rows(db, _people(db.engine.dialect.name), values):
        found.setdefault(row.group_id, []).append(row)
    return found


@cache
def _people(_dialect: str) -> Rows:
    groups = (
        select(NotificationGroup.id)
        .where(is_one_of(db, NotificationGroup.id, "group_ids"))
        .cte("groups")
    )
    newest = (
        select(Notification.id)
        .where(Notification.group_id == groups.c.id, is_by_somebody_shown())
        .order_by(Notification.id.desc())
        .limit(MAX_COUNT + 1)
        .correlate(groups)
    )
    chosen = for_each(db, groups, newest, Notification.id).subquery()
    # One who wrote several messages is one person.
    actors = (
        select(Notification.group_id, Notification.actor_id, func.max(Notification.id).label("id"))
        .join(chosen, chosen.c.id == Notification.id)
        .group_by(Notification.group_id, Notification.actor_id)
        .subquery()
    )
    group_id = actors.c.group_id
    ranked = select(
        *actors.c,
        func.row_number().over(partition_by=group_id, order_by=actors.c.id.desc()).label("place"),
        func.count().over(partition_by=group_id).label("people_count"),
    ).subquery()
    return (
        users.rows(ANY_MEMBER, ranked.c.id, ranked.c.group_id, ranked.c.people_count)
        .join(ranked, ranked.c.actor_id == User.id)
        .where(ranked.c.place <= FACES)
        .order_by(ranked.c.group_id, ranked.c.place)
    )
