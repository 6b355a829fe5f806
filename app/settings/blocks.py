"""Whom, and which conversations of posts, a member blocks and mutes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.models import User
from app.services import avatars, blocks, mutes, thread_mutes
from app.services import text as texts
from app.services.blocks import BlockedRow
from app.services.mutes import MutedRow
from app.services.pagination import Page, parse_cursor
from app.services.thread_mutes import MutedConversationRow
from app.settings import bp
from app.web.people_cards import until
from app.web.policy import Access, Cache, policy
from app.web.viewer import member

PAGE = "/settings/blocks"


@dataclass(frozen=True, slots=True)
class HiddenCard:
    """Somebody who is blocked or muted.

    :ivar until: when that is over; None if it is not to end
    """

    username: str
    name: str
    path: str
    avatar_url: str
    until: datetime | None = None
    hides_notifications: bool = False


@dataclass(frozen=True, slots=True)
class ConversationCard:
    """A muted conversation; its path is "" if its first post is not to be seen."""

    path: str
    username: str
    excerpt: str
    unmute_path: str


@dataclass(frozen=True, slots=True)
class ListCard:
    """A page of one of the lists."""

    name: str
    items: Sequence[HiddenCard | ConversationCard]
    older: int | None
    is_first: bool

    @property
    def older_url(self) -> str:
        return f"{PAGE}?list={self.name}&before={self.older}"

    @property
    def newest_url(self) -> str:
        return PAGE


@bp.get("/blocks")
@policy(Access.MEMBER, cache=Cache.NEVER)
def list_blocks() -> ResponseReturnValue:
    wanted = request.args.get("list", "")
    before = parse_cursor(request.args.get("before"))
    # All of them from the start, or a further page of one.
    names, before = ([wanted], before) if wanted in LISTS else ([*LISTS], None)
    lists = {name: _list(name, before) for name in names}
    return render_template("settings/blocks.html", lists=lists)


def _list(name: str, before: int | None) -> ListCard:
    find, make = LISTS[name]
    page = find(member(), before)
    return ListCard(name, [make(row) for row in page.items], page.older, page.is_first)


def _blocked(row: BlockedRow) -> HiddenCard:
    return HiddenCard(
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
    )


def _muted(row: MutedRow) -> HiddenCard:
    return HiddenCard(
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
        until=until(row.until),
        hides_notifications=row.hides_notifications,
    )


def _conversation(row: MutedConversationRow) -> ConversationCard:
    return ConversationCard(
        path=f"/@{row.username}/{row.key}" if row.username else "",
        username=row.username or "",
        excerpt=texts.excerpt(row.warning or row.excerpt),
        unmute_path=f"/posts/{row.key}/unmute",
    )


LISTS: dict[str, tuple[Callable[[User, int | None], Page[Any]], Callable[[Any], Any]]] = {
    "blocked": (blocks.listed, _blocked),
    "muted": (mutes.listed, _muted),
    "conversations": (thread_mutes.listed, _conversation),
}
