"""Profiles and lists of followers."""

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.main import bp
from app.main.asides import aside
from app.models import User
from app.services import timelines, users
from app.services.errors import NotFound
from app.services.pagination import parse_cursor
from app.services.users import ProfileRow
from app.web.cards import PageCard, gallery_page, people_page, profile_card
from app.web.policy import Access, policy
from app.web.post_html import post_page
from app.web.redirects import moved
from app.web.viewer import viewer

Tab = Callable[[User | None, ProfileRow, int | None, str], PageCard]


@bp.get("/@<username>")
@policy(Access.ANYBODY, kept=True)
def profile(username: str) -> ResponseReturnValue:
    return _profile(username, "posts")


@bp.get("/@<username>/<any(replies, media, likes):tab>")
@policy(Access.ANYBODY, kept=True)
def profile_tab(username: str, tab: str) -> ResponseReturnValue:
    return _profile(username, tab)


@bp.get("/@<username>/<any(followers, following):kind>")
@policy(Access.ANYBODY, kept=True)
def people(username: str, kind: str) -> ResponseReturnValue:
    reader = viewer()
    row = users.profile(reader, username)
    path = f"/@{row.username}/{kind}"
    if row.username != username:
        return moved(path)
    listed = users.followers if kind == "followers" else users.following
    page = listed(reader, row.id, parse_cursor(request.args.get("before")))
    return render_template(
        "main/people.html",
        profile=profile_card(row, reader),
        kind=kind,
        page=people_page(page, path),
        aside=aside(besides=row.id),
    )


def _profile(username: str, tab: str) -> ResponseReturnValue:
    reader = viewer()
    row = users.profile(reader, username)
    path = f"/@{row.username}" if tab == "posts" else f"/@{row.username}/{tab}"
    if row.username != username:
        return moved(path)
    before = parse_cursor(request.args.get("before"))
    return render_template(
        "main/profile.html",
        profile=profile_card(row, reader),
        tab=tab,
        page=TABS[tab](reader, row, before, path),
        aside=aside(besides=row.id),
    )


def _posts(reader: User | None, row: ProfileRow, before: int | None, path: str) -> PageCard:
    return post_page(timelines.by_author(reader, row.id, before), path)


def _replies(reader: User | None, row: ProfileRow, before: int | None, path: str) -> PageCard:
    return post_page(timelines.replies_by(reader, row.id, before), path)


def _media(reader: User | None, row: ProfileRow, before: int | None, path: str) -> PageCard:
    return gallery_page(timelines.gallery_of(reader, row.id, before), row.username, path)


def _likes(reader: User | None, row: ProfileRow, before: int | None, path: str) -> PageCard:
    """Return what somebody liked, which only they themselves may know."""
    if reader is None or reader.id != row.id:
        raise NotFound
    return post_page(timelines.liked_by(reader, before), path)


TABS: dict[str, Tab] = {
    "posts": _posts,
    "replies": _replies,
    "media": _media,
    "likes": _likes,
}
