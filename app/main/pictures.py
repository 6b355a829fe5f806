"""Pictures: their files, and the page that shows one as large as it is."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.main import bp, permalinks
from app.services import media_files, pictures, portraits, timelines
from app.services.errors import NotFound
from app.services.media_files import Size
from app.services.portraits import Kind
from app.web.policy import Access, Cache, policy
from app.web.post_cards import post_card
from app.web.viewer import viewer

# For whoever opens one by itself: it is a picture, and has nothing to load or to run.
FILE_POLICY = "default-src 'none'"


@bp.get("/media/<key>/<any(large, small):size>.webp")
@policy(Access.ANYBODY)
def picture_file(key: str, size: Size) -> ResponseReturnValue:
    name = media_files.name_of(key, size)
    return _file(name, Cache.DAY if pictures.is_open(viewer(), key) else Cache.PRIVATE)


@bp.get("/media/<any(avatar, header):portrait>/<key>.webp")
@policy(Access.ANYBODY, cache=Cache.DAY)
def portrait_file(portrait: Kind, key: str) -> ResponseReturnValue:
    name = media_files.name_of(key, portrait)
    portraits.check(portrait, key)
    return _file(name, Cache.DAY)


@bp.get("/@<username>/<id:post_id>/pictures/<id:number>")
@policy(Access.ANYBODY)
def picture(username: str, post_id: int, number: int) -> ResponseReturnValue:
    reader = viewer()
    row = timelines.one(reader, post_id)
    if away := permalinks.moved_from(username, row):
        return away
    card = post_card(row, reader)
    if number > len(card.pictures):
        raise NotFound
    return render_template("main/picture.html", post=card, number=number)


def _file(name: str, cache: Cache) -> Response:
    """Answer with a file, unless the browser has it: what has this name never changes."""
    response = Response(mimetype="image/webp")
    response.set_etag(name)
    response.headers["Cache-Control"] = cache.value
    response.headers["Content-Security-Policy"] = FILE_POLICY
    if request.if_none_match.contains(name):
        response.status_code = 304
    else:
        response.data = media_files.get(name)
    return response
