"""Pictures of people: drawn here, from nothing but their address, so that browsers keep them."""

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.main import bp
from app.services import avatars
from app.web.policy import Access, Cache, policy


@bp.get("/avatars/<seed>.svg")
@policy(Access.ANYBODY, cache=Cache.FOREVER, uses_database=False)
def avatar(seed: str) -> ResponseReturnValue:
    try:
        drawing = avatars.draw(seed)
    except ValueError:
        raise NotFound from None
    return Response(drawing, mimetype="image/svg+xml")
