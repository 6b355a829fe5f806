"""A post on another site: what that asks for (oEmbed), and what it shows in a frame.

Both are the same whoever asks: what anybody at all may see. They read no session and set no cookie.
"""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

from app.extensions import settings
from app.main import bp
from app.services import timelines, users
from app.services.errors import NotFound, Renamed
from app.services.names import USERNAME
from app.services.timelines import PostRow
from app.web import times
from app.web.i18n import best_language
from app.web.policy import Access, Cache, policy
from app.web.post_cards import PostCard, post_card
from app.web.sharing import absolute

CACHE_SECONDS = 300
# Of the frame, in pixels: a short text fits, the rest can be scrolled.
WIDTH = 550
HEIGHT, MAX_HEIGHT = 240, 640
LINE, CHARACTERS_IN_LINE = 28, 50
PICTURES_HEIGHT = 320

_PERMALINK = re.compile(rf"/@(?P<username>{USERNAME.pattern})/(?P<id>[1-9][0-9]{{0,17}})")
_PIXELS = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_FRAME = Markup(
    '<iframe src="{src}" title="{title}" width="{width}" height="{height}" frameborder="0"'
    ' loading="lazy"></iframe>'
)


@bp.get("/oembed")
@policy(Access.ANYBODY, cache=Cache.MINUTES, shared=True)
def oembed() -> ResponseReturnValue:
    """Answer as https://oembed.com has it."""
    if request.args.get("format", "json") != "json":
        abort(501)
    max_width, max_height = _pixels("maxwidth", WIDTH), _pixels("maxheight", MAX_HEIGHT)
    row = _post_at(request.args.get("url") or "")
    # One answer for everybody, whatever language the asking server says it reads.
    with force_locale(settings.DEFAULT_LOCALE):
        return _description(post_card(row, None), max_width, max_height)


@bp.get("/@<username>/<id:post_id>/embed")
@policy(Access.ANYBODY, cache=Cache.MINUTES, framed=True)
def embed(username: str, post_id: int) -> ResponseReturnValue:
    try:
        row = timelines.one(None, post_id)
    except NotFound:
        return _page(None), 404
    if row.username == username:
        return _page(row)
    if not _is_or_was_called(row, username):
        return _page(None), 404
    return redirect(f"/@{row.username}/{row.id}/embed", code=301)


@bp.get("/@<username>/<id:post_id>/embed-code")
@policy(Access.ANYBODY)
def embed_code(username: str, post_id: int) -> ResponseReturnValue:
    """Show what to copy into a page of another site."""
    row = timelines.one(None, post_id)
    if not _is_or_was_called(row, username):
        raise NotFound
    post = post_card(row, None)
    if row.username != username:
        return redirect(f"{post.path}/embed-code", code=301)
    frame = _frame(post, WIDTH, _height(post))
    return render_template("main/embed_code.html", post=post, code=str(frame))


def _description(post: PostCard, max_width: int, max_height: int) -> dict[str, Any]:
    width, height = min(WIDTH, max_width), min(_height(post), max_height)
    return {
        "version": "1.0",
        "type": "rich",
        "title": post.title or post.name,
        "author_name": post.name,
        "author_url": absolute(post.author_path),
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.base_url,
        "cache_age": CACHE_SECONDS,
        "html": _frame(post, width, height),
        "width": width,
        "height": height,
    }


def _frame(post: PostCard, width: int, height: int) -> Markup:
    return _FRAME.format(
        src=absolute(f"{post.path}/embed"),
        title=_("Post by %(name)s", name=post.name),
        width=width,
        height=height,
    )


def _height(post: PostCard) -> int:
    """Guess how high the post is: without a script, a frame does not grow with what is in it."""
    height = HEIGHT + len(post.title) // CHARACTERS_IN_LINE * LINE
    if post.pictures and not (post.warning or post.sensitive):
        height += PICTURES_HEIGHT
    return min(height, MAX_HEIGHT)


def _pixels(name: str, default: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return default
    if not _PIXELS.fullmatch(given):
        raise BadRequest
    return int(given)


def _post_at(url: str) -> PostRow:
    """Return the post that a permalink of ours leads to, if everybody can see it.

    :raises BadRequest: without an address
    :raises NotFound: for any other
    """
    if not url:
        raise BadRequest
    found = _PERMALINK.fullmatch(_path_of(url))
    if not found:
        raise NotFound
    row = timelines.one(None, int(found["id"]))
    if not _is_or_was_called(row, found["username"]):
        raise NotFound
    return row


def _path_of(url: str) -> str:
    """Return the path of an address of this site; "" of any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_ours = parts.scheme in {"http", "https"} and host_is_trusted(
        parts.netloc, settings.trusted_hosts
    )
    return unquote(parts.path) if is_ours else ""


def _is_or_was_called(row: PostRow, username: str) -> bool:
    if row.username.lower() == username.lower():
        return True
    former = users.not_found(username)
    return isinstance(former, Renamed) and former.username == row.username


def _page(row: PostRow | None) -> Response:
    """Return the page for a frame.

    Not through `render_template`: its context asks for the viewer.
    """
    template = current_app.jinja_env.get_template("main/embed.html")
    locale = best_language()
    with force_locale(locale):
        page = template.render(
            post=post_card(row, None) if row else None,
            published=times.full(row.created_at, locale, settings.DEFAULT_TIME_ZONE) if row else "",
            locale=locale,
            site_name=settings.SITE_NAME,
            base_url=settings.base_url,
        )
    response = Response(page, mimetype="text/html")
    response.vary.add("Accept-Language")
    return response
