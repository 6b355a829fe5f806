"""The last answer that a member gets."""

from flask import flash, redirect, session
from flask_login import logout_user
from werkzeug.wrappers import Response

from app.web import waiting


def forget_member(*messages: str) -> Response:
    """Let the browser forget who was signed in, and say goodbye; the session is over already."""
    logout_user()
    session.clear()
    waiting.note_leaving()
    for message in messages:
        flash(message, "info")
    response = redirect("/", code=303)
    # Pages that the back button would still show.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
