"""Cookies of ours besides the session: each for one browser, unread by scripts, for a year."""

from flask import request
from werkzeug.wrappers import Response

from app.extensions import settings

LIFETIME = 365 * 24 * 3600


def full_name(name: str) -> str:
    """Return the name as browsers know it: under TLS, one that nobody else can set."""
    return f"__Host-{name}" if settings.is_tls else name


def read(name: str) -> str:
    return request.cookies.get(full_name(name), "")


def keep(response: Response, name: str, value: str | None) -> None:
    """Let the browser keep a value; None forgets it."""
    if value is None:
        response.delete_cookie(full_name(name), secure=settings.is_tls)
        return
    response.set_cookie(
        full_name(name),
        value,
        max_age=LIFETIME,
        secure=settings.is_tls,
        httponly=True,
        samesite="Lax",
    )
