"""Pages that hardly change, and the script of Flask-Moment."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.main import bp
from app.web import bundles
from app.web.policy import Access, Cache, policy


@bp.get("/about")
@policy(Access.ANYBODY)
def about() -> ResponseReturnValue:
    return render_template("main/about.html")


@bp.get("/keyboard")
@policy(Access.ANYBODY)
def keyboard() -> ResponseReturnValue:
    return render_template("main/keyboard.html")


@bp.get("/moment.js")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def moment_script() -> ResponseReturnValue:
    return Response(bundles.flask_moment_script(), mimetype="text/javascript")
