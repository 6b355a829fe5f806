"""Liking, reposting, keeping and pinning posts; who did, and what one keeps."""

import re

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.database import commit
from app.extensions import db
from app.main import bp, permalinks
from app.main.asides import aside
from app.services import reactions, reposts, timelines
from app.services.errors import NotFound, PinsFull
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.cards import people_page
from app.web.policy import Access, Cache, policy
from app.web.post_cards import post_card
from app.web.post_html import post_page
from app.web.redirects import back, is_htmx, lead_to, safe_path, safe_redirect
from app.web.viewer import member, nothing_changed, viewer

ACTIONS = {
    "like": reactions.like,
    "unlike": reactions.unlike,
    "repost": reposts.repost,
    "unrepost": reposts.undo,
    "bookmark": reactions.bookmark,
    "unbookmark": reactions.unbookmark,
}
PEOPLE = {"likes": reactions.likers, "reposts": reposts.reposters}


@bp.post(f"/posts/<id:post_id>/<any({', '.join(ACTIONS)}):action>")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def react(post_id: int, action: str) -> ResponseReturnValue:
    done_to = ACTIONS[action](member(), post_id)
    commit(db)
    if not is_htmx():
        return back()
    try:
        card = post_card(timelines.one(member(), done_to), member())
    except NotFound:
        # Taken back, and not to be seen any more: nor is it on the page, when that comes anew.
        return lead_to(safe_path(request.form.get("next")))
    page = re.split("[?#]", request.headers.get("HX-Current-URL", ""), maxsplit=1)[0]
    return render_template(
        "main/_reaction.html",
        post=card,
        is_page_of_post=page.endswith(card.path),
        said=_said(action),
    )


@bp.post("/posts/<id:post_id>/pin")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def pin(post_id: int) -> ResponseReturnValue:
    try:
        reactions.pin(member(), post_id)
    except PinsFull as error:
        nothing_changed()
        flash(_full_message(error.limit), "danger")
    else:
        commit(db)
        flash(_("The post is at the top of your profile now."), "success")
    return safe_redirect(request.form.get("next"))


@bp.post("/posts/<id:post_id>/unpin")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unpin(post_id: int) -> ResponseReturnValue:
    reactions.unpin(member(), post_id)
    commit(db)
    flash(_("The post is no longer at the top of your profile."), "success")
    return safe_redirect(request.form.get("next"))


@bp.get(f"/@<username>/<id:post_id>/<any({', '.join(PEOPLE)}):reaction>")
@policy(Access.ANYBODY)
def reacted(username: str, post_id: int, reaction: str) -> ResponseReturnValue:
    reader = viewer()
    row = timelines.one(reader, post_id)
    if away := permalinks.moved_from(username, row):
        return away
    card = post_card(row, reader)
    page = PEOPLE[reaction](reader, post_id, parse_cursor(request.args.get("before")))
    return render_template(
        "main/reacted.html",
        post=card,
        reaction=reaction,
        page=people_page(page, f"{card.path}/{reaction}"),
        aside=aside(besides=row.author_id),
    )


@bp.get("/bookmarks")
@policy(Access.MEMBER)
def bookmarks() -> ResponseReturnValue:
    page = timelines.bookmarked_by(member(), parse_cursor(request.args.get("before")))
    return render_template("main/bookmarks.html", page=post_page(page, "/bookmarks"), aside=aside())


def _said(action: str) -> str:
    """Return what to read aloud where the button alone does not tell."""
    said = {
        "like": _("Liked."),
        "unlike": _("Like taken back."),
        "repost": _("Reposted."),
        "unrepost": _("Repost taken back."),
        "bookmark": _("The post is among your bookmarks now."),
        "unbookmark": _("The post is no longer among your bookmarks."),
    }
    return said.get(action, "")


def _full_message(limit: int) -> str:
    return ngettext(
        "You have pinned %(num)s post already; unpin it first.",
        "You have pinned %(num)s posts already; unpin one first.",
        limit,
    )
