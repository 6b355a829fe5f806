"""Redirects to where somebody wants to go, as long as that is here."""

import re
from urllib.parse import quote, urlsplit

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

# Printable ASCII but the backslash, which browsers read as a slash. Anything else comes encoded.
_PLAIN = re.compile(r"/[\x21-\x5b\x5d-\x7e]*", re.ASCII)
_ENCODED_START = re.compile(r"/(?:[/\\]|%2f|%5c)", re.IGNORECASE)


def safe_path(target: str | None, default: str = "/") -> str:
    """Return the target if it is a path of this site as every browser would read it."""
    if not target or not _PLAIN.fullmatch(target) or _ENCODED_START.match(target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def safe_redirect(target: str | None, default: str = "/") -> Response:
    """Redirect to a path of this site that a request named."""
    return redirect(safe_path(target, default), code=303)


def here() -> str:
    """Return the path and query of this request, fit to come back to."""
    path = quote(request.path, safe="/@:!$&'()*+,;=-._~")
    query = request.query_string.decode("ascii", "replace")
    return safe_path(f"{path}?{query}" if query else path)


def back(default: str = "/") -> Response:
    """Redirect to the page that a form says it was on, and there to the post that it was about."""
    path = safe_path(request.form.get("next"), default)
    post_id = (request.view_args or {}).get("post_id")
    if post_id is not None:
        path = f"{path.partition('#')[0]}#p{post_id}"
    return redirect(path, code=303)


def moved(path: str) -> Response:
    """Redirect for ever to the one writing of an address, and there to the same page of a list."""
    asked = request.query_string.decode("ascii", "replace")
    return redirect(safe_path(f"{path}?{asked}", path) if asked else path, code=301)


def is_htmx() -> bool:
    """Whether htmx asks for a part of a page rather than a browser for all of it."""
    return request.headers.get("HX-Request") == "true"


def lead_to(path: str) -> Response:
    """Redirect to another page, also where htmx asked for a part of this one."""
    if is_htmx():
        return Response(status=204, headers={"HX-Redirect": path})
    return redirect(path, code=303)


def sign_in_first() -> Response:
    """Send somebody to the sign-in form, and from there back to the page they were on."""
    return _detour("/auth/login")


def verify_first() -> Response:
    """Ask a member for the password, and from there send them back to the page they were on."""
    if request.method not in {"GET", "HEAD"}:
        flash(
            _("It has been a while since you gave your password. Nothing is changed yet."), "info"
        )
    return _detour("/auth/verify")


def with_next(path: str, wanted: str | None) -> str:
    """Return the address of a page on the way to the one that somebody wanted."""
    wanted = safe_path(wanted)
    mark = "&" if "?" in path else "?"
    return path if wanted == "/" else f"{path}{mark}next={quote(wanted, safe='/@')}"


def _page_of_form() -> str:
    """Return the page that a form was on: as it says, else as the browser does."""
    named = request.form.get("next")
    before = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    # What is not of this site keeps its scheme, and is no path.
    return safe_path(named or before)


def _detour(path: str) -> Response:
    wanted = here() if request.method in {"GET", "HEAD"} else _page_of_form()
    return lead_to(with_next(path, wanted))
