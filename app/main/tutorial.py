"""The addresses of the Flask Mega-Tutorial, kept for those who come from there."""

from flask import redirect
from flask.typing import ResponseReturnValue

from app.main import bp
from app.services.names import USERNAME
from app.web.policy import Access, Cache, policy


@bp.get("/index")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def index() -> ResponseReturnValue:
    return redirect("/", code=301)


@bp.get("/user/<username>")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def user(username: str) -> ResponseReturnValue:
    return redirect(f"/@{username}" if USERNAME.fullmatch(username) else "/", code=301)


@bp.get("/edit_profile")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def old_edit_profile() -> ResponseReturnValue:
    return redirect("/settings/profile", code=301)
