"""Home and explore: lists of posts, what is new in them, and how far home has been read."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db, settings
from app.main import bp
from app.main.asides import PEOPLE, PEOPLE_OF_EMPTY_HOME, aside
from app.main.new_composer import new_composer
from app.models import User
from app.permissions import is_confirmed
from app.services import reading, timelines
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.post_html import post_page
from app.web.redirects import back, is_htmx
from app.web.viewer import member, viewer


@bp.get("/")
@policy(Access.ANYBODY, kept=True)
def home() -> ResponseReturnValue:
    reader = viewer()
    return explore() if reader is None else _home_of(reader)


def _home_of(reader: User) -> str:
    before = parse_cursor(request.args.get("before"))
    page = timelines.home(reader, before)
    is_quiet = page.is_first and not reader.following_count
    is_away = not page.is_first or not is_confirmed(reader)
    return render_template(
        "main/home.html",
        page=post_page(page, "/"),
        marks=reading.marks_on(page, before, reader),
        aside=aside(PEOPLE_OF_EMPTY_HOME if is_quiet else PEOPLE),
        is_quiet=is_quiet,
        composer=None if is_away else new_composer(is_first_post=is_quiet),
    )


@bp.get("/explore")
@policy(Access.ANYBODY, kept=True)
def explore() -> ResponseReturnValue:
    page = timelines.explore(viewer(), parse_cursor(request.args.get("before")))
    return render_template("main/explore.html", page=post_page(page, "/explore"), aside=aside())


@bp.get("/home/news")
@policy(Access.MEMBER)
def home_news() -> ResponseReturnValue:
    return _news("/", timelines.home_news(member(), _after()))


@bp.get("/explore/news")
@policy(Access.ANYBODY, kept=True)
def explore_news() -> ResponseReturnValue:
    return _news("/explore", timelines.explore_news(viewer(), _after()))


@bp.post("/home/read")
@policy(Access.MEMBER, limits.READ, cache=Cache.NEVER)
def read() -> ResponseReturnValue:
    """Note how far home has been read: a script tells as it goes, a button without one."""
    fields = (request.form.get(name, "") for name in ("hi", "lo", "newest"))
    is_all_read = reading.note(member(), reading.parse_stretch(*fields))
    commit(db)
    if is_htmx():
        return "", 204
    flash(_("You are caught up.") if is_all_read else _("That is marked as read."), "success")
    return back()


def _after() -> int:
    """Return the newest entry that the reader has; without one, everything is new."""
    return parse_cursor(request.args.get("after")) or 0


def _news(path: str, count: int) -> ResponseReturnValue:
    if not count:
        return "", 204
    return render_template("main/_news.html", path=path, count=count, most=settings.PAGE_SIZE)
