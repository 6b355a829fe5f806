"""Pages that hardly change, and the script of Flask-Moment."""

import re

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app.extensions import moment
from app.main import bp
from app.web.policy import Access, Cache, policy


@bp.get("/about")
@policy(Access.ANYBODY)
def about() -> ResponseReturnValue:
    return render_template("main/about.html")


@bp.get("/moment.js")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def moment_script() -> ResponseReturnValue:
    """Return the script that Flask-Moment would put into the page, which our CSP forbids."""
    code = re.sub(r"</?script[^>]*>", "", str(moment.flask_moment_js()))
    return Response(code, mimetype="text/javascript")
