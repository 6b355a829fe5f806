"""What goes wrong, as a page of the site's look or as JSON, each with the request's id."""

from flask import Blueprint

bp = Blueprint("errors", __name__)

from app.errors import handlers, pages  # noqa: E402, F401 - the handlers register themselves

init_app = pages.init_app
