"""Who has asked to follow a member, the answers, and removing a follower."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.asides import aside
from app.services import follow_requests, follows, users
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.cards import people_page
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, is_htmx
from app.web.viewer import member

PAGE = "/follow-requests"


@bp.get(PAGE)
@policy(Access.MEMBER)
def list_follow_requests() -> ResponseReturnValue:
    page = follow_requests.listed(member(), parse_cursor(request.args.get("before")))
    return render_template(
        "main/follow_requests.html",
        page=people_page(page, PAGE),
        is_locked=member().locked,
        aside=aside(),
    )


@bp.post("/@<username>/approve")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def approve(username: str) -> ResponseReturnValue:
    requester = users.find(username, member())
    follow_requests.approve(member(), requester)
    commit(db)
    said = _("%(name)s follows you now.", name=requester.name)
    return _answered(_("Approved"), said, PAGE)


@bp.post("/@<username>/refuse")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def refuse(username: str) -> ResponseReturnValue:
    requester = users.find(username, member())
    follow_requests.refuse(member(), requester)
    commit(db)
    said = _("%(name)s will not follow you.", name=requester.name)
    return _answered(_("Refused"), said, PAGE)


@bp.post("/@<username>/remove-follower")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def remove_follower(username: str) -> ResponseReturnValue:
    follower = users.find(username, member())
    follows.remove_follower(member(), follower)
    commit(db)
    said = _("%(name)s no longer follows you.", name=follower.name)
    return _answered(_("Removed"), said, f"/@{follower.username}")


def _answered(word: str, said: str, default: str) -> ResponseReturnValue:
    """Return what takes the place of the buttons for htmx, else the page it was on."""
    if is_htmx():
        return render_template("main/_answered.html", word=word, said=said)
    flash(said, "success")
    return back(default)
