"""Home, explore and hashtags: lists of posts."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.extensions import settings
from app.main import bp, composing
from app.models import User
from app.services import timelines, users
from app.services.pagination import parse_cursor
from app.services.rendering import normalise_tag, tag_path
from app.web.cards import PersonCard, person_card, post_page
from app.web.policy import Access, policy
from app.web.redirects import moved
from app.web.viewer import viewer

ASIDE = 3
EMPTY_HOME = 6


@bp.get("/")
@policy(Access.ANYBODY)
def home() -> ResponseReturnValue:
    reader = viewer()
    return explore() if reader is None else _home_of(reader)


def _home_of(reader: User) -> str:
    page = timelines.home(reader, parse_cursor(request.args.get("before")))
    is_quiet = page.is_first and not reader.following_count
    return render_template(
        "main/home.html",
        form=composing.new_form(),
        page=post_page(page, "/"),
        suggestions=suggestions(EMPTY_HOME if is_quiet else ASIDE),
        is_quiet=is_quiet,
        max_length=settings.MAX_POST_LENGTH,
    )


@bp.get("/explore")
@policy(Access.ANYBODY)
def explore() -> ResponseReturnValue:
    page = timelines.explore(viewer(), parse_cursor(request.args.get("before")))
    return render_template(
        "main/explore.html", page=post_page(page, "/explore"), suggestions=suggestions()
    )


@bp.get("/tags/<tag>")
@policy(Access.ANYBODY)
def tag(tag: str) -> ResponseReturnValue:
    name = normalise_tag(tag)
    if name is None:
        raise NotFound
    if name != tag:
        return moved(tag_path(name))
    page = timelines.by_tag(viewer(), name, parse_cursor(request.args.get("before")))
    return render_template(
        "main/tag.html",
        tag=name,
        page=post_page(page, tag_path(name)),
        suggestions=suggestions(),
    )


def suggestions(limit: int = ASIDE, *, besides: int | None = None) -> list[PersonCard]:
    """Return people for the viewer to follow; none for somebody who is not signed in."""
    reader = viewer()
    if reader is None:
        return []
    return [person_card(row, reader) for row in users.suggestions(reader, limit, besides)]
