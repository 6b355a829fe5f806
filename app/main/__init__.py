"""The pages that people read and write on."""

from flask import Blueprint

bp = Blueprint("main", __name__)

from app.main import (  # noqa: E402, F401 - they add their routes
    avatars,
    discovery,
    edits,
    embeds,
    feeds,
    follows,
    health,
    languages,
    pages,
    pictures,
    posts,
    reactions,
    search,
    tags,
    threads,
    timelines,
    translations,
    tutorial,
    users,
)
