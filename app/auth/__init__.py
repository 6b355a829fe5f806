"""Signing up, in and out, and what it takes to get back in."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/auth")

from app.auth import (  # noqa: E402, F401 - they add their routes
    confirmations,
    passwords,
    registration,
    second_factor,
    sessions,
    verification,
)
