"""Profiles and lists of followers."""

from collections.abc import Callable
from functools import partial

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.main import bp
from app.main.asides import aside
from app.models import User
from app.services import profiles, timelines, users
from app.services.errors import NotFound
from app.services.pagination import parse_cursor
from app.services.profiles import ProfileRow
from app.web.cards import PageCard, gallery_page, people_page
from app.web.people_cards import profile_card
from app.web.policy import Access, policy
from app.web.post_html import post_page
from app.web.redirects import moved
from app.web.viewer import viewer

Show = Callable[[ProfileRow, str], str]
Tab = Callable[[User | None, ProfileRow, int | None, str], PageCard]


@bp.get("/@<username>")
@policy(Access.ANYBODY, kept=True)
def profile(username: str) -> ResponseReturnValue:
    return _page(username, "", partial(_profile, "posts"))


@bp.get("/@<username>/<any(replies, media, likes):tab>")
@policy(Access.ANYBODY, kept=True)
def profile_tab(username: str, tab: str) -> ResponseReturnValue:
    return _page(username, f"/{tab}", partial(_profile, tab))


@bp.get("/@<username>/<any(followers, following):kind>")
@policy(Access.ANYBODY, kept=True)
def people(username: str, kind: str) -> ResponseReturnValue:
    return _page(username, f"/{kind}", partial(_people, kind))


def _page(username: str, ending: str, show: Show) -> ResponseReturnValue:
    """Return a page about somebody, or of whom the viewer blocks, one that says that and no more.

    :param ending: what its address has after the name
    """
    row = profiles.also_blocked(viewer(), username)
    path = f"/@{row.username}{ending}"
    if row.username != username:
        return moved(path)
    if row.is_blocked:
        card = profile_card(row, viewer())
        return render_template("main/blocked_profile.html", profile=card, aside=aside())
    return show(row, path)


def _profile(tab: str, row: ProfileRow, path: str) -> str:
    reader = viewer()
    before = parse_cursor(request.args.get("before"))
    return render_template(
        "main/profile.html",
        profile=profile_card(row, reader),
        tab=tab,
        page=TABS[tab](reader, row, before, path),
        aside=aside(besides=row.id),
    )


def _people(kind: str, row: ProfileRow, path: str) -> str:
    reader = viewer()
    listed = users.followers if kind == "followers" else users.following
    page = listed(reader, row.id, parse_cursor(request.args.get("before")))
    return render_template(
        "main/people.html",
        profile=profile_card(row, reader),
        kind=kind,
        page=people_page(page, path),
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
