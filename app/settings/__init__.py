"""The pages on which members look after their accounts."""

from flask import Blueprint

bp = Blueprint("settings", __name__, url_prefix="/settings")

from app.settings import (  # noqa: E402, F401 - they add their routes
    account,
    blocks,
    data,
    index,
    notifications,
    preferences,
    privacy,
    profile,
    sessions,
    two_factor,
)
