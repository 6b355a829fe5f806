"""Confirming an e-mail address."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.auth import bp
from app.database import commit
from app.extensions import db
from app.services import confirmations
from app.services.errors import EmailTaken, LinkInvalid
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.redirects import back
from app.web.viewer import member, nothing_changed, viewer


@bp.post("/confirm")
@policy(Access.MEMBER, limits.MAIL, cache=Cache.NEVER)
def send_confirmation() -> ResponseReturnValue:
    address = confirmations.request(member())
    commit(db)
    if address:
        flash(_("We have sent a mail to %(email)s.", email=address), "success")
    else:
        flash(_("Your e-mail address is confirmed."), "success")
    return back()


@bp.get("/confirm/<token>")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def show_confirmation(token: str) -> ResponseReturnValue:
    """Show what the link is about. Mail scanners open links, so this changes nothing."""
    try:
        meant = confirmations.find(token)
    except LinkInvalid:
        return _invalid()
    return render_template("auth/confirm.html", email=meant.email, username=meant.user.username)


@bp.post("/confirm/<token>")
@policy(Access.ANYBODY, limits.LINK, cache=Cache.NEVER)
def confirm(token: str) -> ResponseReturnValue:
    try:
        confirmed = confirmations.confirm(token)
    except LinkInvalid:
        nothing_changed()
        return _invalid()
    except EmailTaken:
        nothing_changed()
        return render_template("auth/confirm_taken.html"), 409
    commit(db)
    flash(_("%(email)s is confirmed.", email=confirmed.email), "success")
    return redirect("/" if viewer() else "/auth/login", code=303)


def _invalid() -> ResponseReturnValue:
    reader = viewer()
    email = confirmations.unconfirmed(reader) if reader else None
    return render_template("auth/confirm_invalid.html", unconfirmed=email), 404
