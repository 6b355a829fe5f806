"""Signing up, in and out."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/auth")

from app.auth import registration, sessions  # noqa: E402, F401 - they add their routes
