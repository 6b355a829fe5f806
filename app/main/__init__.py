"""The pages that people read and write on."""

from flask import Blueprint

bp = Blueprint("main", __name__)

from app.main import (  # noqa: E402, F401 - they add their routes
    avatars,
    blocks,
    conversations,
    discovery,
    edits,
    embeds,
    feeds,
    follow_requests,
    follows,
    health,
    hovercards,
    languages,
    live,
    messages,
    mutes,
    notifications,
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
