"""Atom, RSS and JSON Feed of what everybody may see. No session is read, whoever asks."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from werkzeug.http import http_date

from app.extensions import settings
from app.main import bp
from app.services import profiles, timelines
from app.services.errors import NotFound
from app.services.pagination import Page, parse_cursor
from app.services.rendering import normalise_tag, tag_path
from app.services.timelines import PostRow
from app.web import feeds
from app.web.feed_formats import FORMATS
from app.web.feeds import Source
from app.web.page_cache import is_known
from app.web.policy import Access, Cache, policy
from app.web.redirects import moved

_ENDING = f"feed.<any({', '.join(FORMATS)}):ending>"


@bp.get(f"/@<username>/{_ENDING}")
@policy(Access.ANYBODY, cache=Cache.MINUTES, kept=True, shared=True)
def profile_feed(username: str, ending: str) -> ResponseReturnValue:
    row = profiles.profile(None, username)
    if row.username != username:
        return moved(f"/@{row.username}/feed.{ending}")
    before = _before()
    page = timelines.by_author(None, row.id, before)
    with force_locale(settings.DEFAULT_LOCALE):
        return _answer(feeds.of_person(row), page, before, ending)


@bp.get(f"/tags/<tag>/{_ENDING}")
@policy(Access.ANYBODY, cache=Cache.MINUTES, kept=True, shared=True)
def tag_feed(tag: str, ending: str) -> ResponseReturnValue:
    name = normalise_tag(tag)
    if name is None:
        raise NotFound
    if name != tag:
        return moved(f"{tag_path(name)}/feed.{ending}")
    before = _before()
    page = timelines.by_tag(None, name, before)
    with force_locale(settings.DEFAULT_LOCALE):
        return _answer(feeds.of_tag(name), page, before, ending)


@bp.get(f"/explore/{_ENDING}")
@policy(Access.ANYBODY, cache=Cache.MINUTES, kept=True, shared=True)
def explore_feed(ending: str) -> ResponseReturnValue:
    before = _before()
    page = timelines.explore(None, before)
    with force_locale(settings.DEFAULT_LOCALE):
        return _answer(feeds.of_everybody(), page, before, ending)


def _answer(source: Source, page: Page[PostRow], before: int | None, ending: str) -> Response:
    """Answer with the feed, unless the reader has it: then nothing more is looked up."""
    mimetype, write = FORMATS[ending]
    etag, updated_at = feeds.mark(source, page, ending), feeds.updated_at(source, page)
    response = Response(mimetype=mimetype)
    response.set_etag(etag, weak=True)
    response.last_modified = updated_at
    if is_known(etag, http_date(updated_at)):
        response.status_code = 304
    else:
        response.data = write(feeds.feed(source, page, before)).encode()
    return response


def _before() -> int | None:
    return parse_cursor(request.args.get("before"))
