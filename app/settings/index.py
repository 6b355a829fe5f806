"""The list of settings; on wide screens the first of them stands beside it."""

from flask import redirect
from flask.typing import ResponseReturnValue

from app.settings import bp
from app.web.policy import Access, Cache, policy


@bp.get("")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def index() -> ResponseReturnValue:
    return redirect("/settings/profile", code=301)
