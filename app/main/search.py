"""Searching: posts, people and hashtags, each on a page of their own."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.main import bp
from app.main.asides import aside
from app.models import User
from app.services import search, search_language, search_marks, search_names
from app.services.errors import SearchUnavailable
from app.services.pagination import Page, parse_cursor
from app.services.rendering import tag_path
from app.services.search_language import Search
from app.web.cards import PageCard, TagCard, people_page
from app.web.i18n import choose_time_zone
from app.web.policy import Access, policy
from app.web.post_html import post_page
from app.web.viewer import viewer

Find = Callable[[User | None, Search, int | None], Page[Any]]
POSTS, PEOPLE, TAGS = "/search", "/search/people", "/search/tags"
BEST = "best"


@bp.get("/search")
@policy(Access.ANYBODY)
def search_posts() -> ResponseReturnValue:
    is_best = request.args.get("sort") == BEST
    asked = search_language.parse(_typed(), ZoneInfo(choose_time_zone()))
    page, problem = _found(search.best if is_best else search.newest, asked)
    terms = asked.marked()
    marked = [row._replace(html=search_marks.mark(row.html, terms)) for row in page.items]
    marked_page = Page(marked, page.older, page.is_first)
    cards = post_page(marked_page, POSTS, is_kept=False).items
    return _render(asked, POSTS, page, cards, problem=problem, sort=BEST if is_best else "")


@bp.get("/search/people")
@policy(Access.ANYBODY)
def search_people() -> ResponseReturnValue:
    asked = search_language.parse_names(_typed(), "@")
    page, problem = _found(search_names.people, asked)
    return _render(asked, PEOPLE, page, people_page(page, PEOPLE).items, problem=problem)


@bp.get("/search/tags")
@policy(Access.ANYBODY)
def search_tags() -> ResponseReturnValue:
    asked = search_language.parse_names(_typed(), "#")
    page, problem = _found(search_names.tags, asked)
    cards = [TagCard(row.name, tag_path(row.name), row.today) for row in page.items]
    return _render(asked, TAGS, page, cards, problem=problem)


def _typed() -> str:
    return request.args.get("q", "")


def _found(find: Find, asked: Search) -> tuple[Page[Any], str]:
    """Return a page of what was found, or none and why there is no answer."""
    before = parse_cursor(request.args.get("before"))
    try:
        return find(viewer(), asked, before), ""
    except SearchUnavailable as error:
        return Page([], None, is_first=before is None), error.code


def _render(  # noqa: PLR0913 - what a page shows, by name
    asked: Search,
    path: str,
    page: Page[Any],
    cards: list[Any],
    *,
    problem: str,
    sort: str = "",
) -> str:
    parameters = {"q": asked.text} | ({"sort": sort} if sort else {})
    address = f"{path}?{urlencode(parameters)}"
    return render_template(
        "main/search.html",
        asked=asked,
        tab=path,
        tabs_at={tab: f"{tab}?{urlencode({'q': asked.text})}" for tab in (POSTS, PEOPLE, TAGS)},
        page=PageCard(cards, page.older, page.is_first, address),
        problem=problem,
        sort=sort,
        aside=aside(),
    )
