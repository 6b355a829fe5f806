"""Hashtags: the posts that carry them, following them, those that one follows."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.exceptions import NotFound

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.asides import aside, tags_today
from app.services import tag_follows, timelines
from app.services.errors import TagFollowsFull
from app.services.pagination import parse_cursor
from app.services.rendering import normalise_tag, tag_path
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.post_html import post_page
from app.web.redirects import back, is_htmx, lead_to, moved
from app.web.viewer import member, nothing_changed, viewer


@bp.get("/tags/<tag>")
@policy(Access.ANYBODY, kept=True)
def tag(tag: str) -> ResponseReturnValue:
    name = _normal(tag)
    if name != tag:
        return moved(tag_path(name))
    reader = viewer()
    page = timelines.by_tag(reader, name, parse_cursor(request.args.get("before")))
    return render_template(
        "main/tag.html",
        tag=name,
        path=tag_path(name),
        is_followed=reader is not None and tag_follows.is_followed(reader, name),
        page=post_page(page, tag_path(name)),
        aside=aside(),
    )


@bp.get("/tags")
@policy(Access.ANYBODY)
def tags() -> ResponseReturnValue:
    reader = viewer()
    followed = tag_follows.listed(reader) if reader else []
    return render_template(
        "main/tags.html",
        followed=[(row.name, tag_path(row.name)) for row in followed],
        today=tags_today(),
        aside=aside()._replace(tags=()),
    )


@bp.post("/tags/<tag>/follow")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def follow_tag(tag: str) -> ResponseReturnValue:
    name = _normal(tag)
    try:
        tag_follows.follow(member(), name)
    except TagFollowsFull as error:
        nothing_changed()
        flash(_full_message(error.limit), "danger")
        return lead_to("/tags")
    commit(db)
    return _button(name, is_followed=True)


@bp.post("/tags/<tag>/unfollow")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unfollow_tag(tag: str) -> ResponseReturnValue:
    name = _normal(tag)
    tag_follows.unfollow(member(), name)
    commit(db)
    return _button(name, is_followed=False)


def _normal(tag: str) -> str:
    name = normalise_tag(tag)
    if name is None:
        raise NotFound
    return name


def _button(name: str, *, is_followed: bool) -> ResponseReturnValue:
    """Return the other button for htmx, else the page it was on."""
    if not is_htmx():
        return back(tag_path(name))
    return render_template(
        "main/_follow_tag_button.html", tag=name, path=tag_path(name), is_followed=is_followed
    )


def _full_message(limit: int) -> str:
    return ngettext(
        "You follow %(num)s hashtag, which is as many as you can; unfollow it first.",
        "You follow %(num)s hashtags, which is as many as you can; unfollow one first.",
        limit,
    )
