"""Muting somebody or a conversation, and ending it."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.forms import MuteForm
from app.services import mutes, profiles, thread_mutes, users
from app.services.mutes import Duration
from app.services.profiles import ProfileRow
from app.web import limits
from app.web.people_cards import profile_card
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, moved, safe_redirect
from app.web.viewer import member, nothing_changed


@bp.get("/@<username>/mute")
@policy(Access.MEMBER, cache=Cache.NEVER)
def ask_to_mute(username: str) -> ResponseReturnValue:
    row = _find(username)
    if row.username != username:
        return moved(f"/@{row.username}/mute")
    return _page(row, MuteForm())


@bp.post("/@<username>/mute")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def mute(username: str) -> ResponseReturnValue:
    form = MuteForm()
    if not form.validate_on_submit():
        nothing_changed()
        return _page(_find(username), form), 422
    target = users.find(username, member())
    mutes.mute(
        member(),
        target,
        Duration(form.duration.data),
        hides_notifications=form.hides_notifications.data,
    )
    commit(db)
    flash(_("You have muted @%(name)s.", name=target.username), "success")
    # There they can take it back.
    return redirect(f"/@{target.username}", code=303)


@bp.post("/@<username>/unmute")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unmute(username: str) -> ResponseReturnValue:
    target = users.find(username, member())
    mutes.unmute(member(), target)
    commit(db)
    flash(_("You no longer mute @%(name)s.", name=target.username), "success")
    return back("/settings/blocks")


@bp.post("/posts/<id:post_id>/mute")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def mute_conversation(post_id: int) -> ResponseReturnValue:
    thread_mutes.mute(member(), post_id)
    commit(db)
    where = Markup('<a class="alert-link" href="/settings/blocks">{}</a>').format(
        _("Your muted conversations")
    )
    flash(Markup("{} {}").format(_("You have muted this conversation."), where), "success")
    return safe_redirect(request.form.get("next"))


@bp.post("/posts/<id:post_id>/unmute")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unmute_conversation(post_id: int) -> ResponseReturnValue:
    thread_mutes.unmute(member(), post_id)
    commit(db)
    flash(_("You no longer mute this conversation."), "success")
    return safe_redirect(request.form.get("next"))


def _find(username: str) -> ProfileRow:
    """Return whom the page is about."""
    return profiles.not_oneself(member(), profiles.profile(member(), username))


def _page(row: ProfileRow, form: MuteForm) -> str:
    return render_template("main/mute.html", person=profile_card(row, member()), form=form)
