"""What no page has to expect: requests that no form of ours sends are refused at the door."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, current_app, request
from werkzeug.datastructures import MultiDict

from app.extensions import settings
from app.web.policy import SAFE_METHODS, uploads
from app.web.viewer import session_token

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile(r"[\r\n]")
# More than any form of ours has.
MAX_FIELDS = 100
_URLENCODED = "application/x-www-form-urlencoded"
# What forms with files are sent as.
_MULTIPART = "multipart/form-data"
_FORM_TYPES = {_URLENCODED, _MULTIPART}


def init_app(app: Flask) -> None:
    app.before_request(_check_address)
    app.before_request(_check_origin)
    app.before_request(_check_form)


def _check_address() -> None:
    """Refuse paths and queries that are no text, and parameters given twice."""
    _must_be_utf8(request.environ.get("PATH_INFO", "").encode("latin-1", "replace"))
    _must_be_utf8(unquote_to_bytes(request.query_string))
    _must_be_plain(request.args)
    if _CONTROL.search(request.path) or any(map(_LINE_BREAK.search, request.args.values())):
        abort(400)


def _check_origin() -> None:
    """Refuse unsafe requests that another site's page caused; the CSRF token is the second wall."""
    if request.method in SAFE_METHODS:
        return
    # The scheme is not compared: behind a proxy we may not know ours.
    own = {f"http://{request.host}".lower(), f"https://{request.host}".lower()}
    if request.headers.get("Origin", request.host_url.rstrip("/")).lower() not in own:
        abort(400, "origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(400, "origin")


def _check_form() -> None:
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Transfer-Encoding"):
        # No browser sends a form without saying how long it is, and ours have an end.
        abort(411)
    if request.mimetype and request.mimetype not in _FORM_TYPES:
        abort(415)
    if request.mimetype == _URLENCODED:
        _must_be_utf8(unquote_to_bytes(request.get_data(cache=True)))
    _make_room()
    if len(request.form) > MAX_FIELDS:
        abort(400)
    _must_be_plain(request.form)
    _check_files()


def _make_room() -> None:
    """Let the body be larger where the route takes pictures; its other fields may not be.

    Only for browsers in which somebody signed in, also if that is over by now. Nothing is asked of
    the database here: the body is read before anything else is known.
    """
    if request.mimetype == _MULTIPART and session_token():
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        request.max_content_length = limit + sum(uploads().values()) * settings.max_picture_bytes


def _check_files() -> None:
    """Refuse files where no form of ours has any, and names that no system gives to files.

    A browser sends an empty file for a field in which none was chosen. Where several may be chosen,
    it knows no end; the view says what is too many, and `MAX_FORM_PARTS` is the end of that.
    """
    declared = uploads()
    for field, files in request.files.lists():
        is_known = len(files) == 1 or declared.get(field, 0) > 1
        names = (file.filename or "" for file in files)
        # In any other field a file would be taken for its text.
        if field not in declared or not is_known or _holds_control([field, *names]):
            abort(400)


def _must_be_plain(values: MultiDict[str, str]) -> None:
    """Refuse control characters, and a parameter given twice, of which none can be meant."""
    for name, given in values.lists():
        if len(given) > 1 or _holds_control([name, *given]):
            abort(400)


def _holds_control(texts: Iterable[str]) -> bool:
    return any(_CONTROL.search(text) for text in texts)


def _must_be_utf8(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        abort(400)
