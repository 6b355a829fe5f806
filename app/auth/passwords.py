"""Choosing a new password by way of a mail."""

from flask import flash, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user

from app.auth import bp
from app.auth.forms import PasswordResetForm, PasswordResetRequestForm
from app.database import before_writing, commit
from app.extensions import db
from app.models import User
from app.services import password_changes, password_resets
from app.services.errors import EmailInvalid, LinkInvalid, PasswordWeak
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.refusals import reason
from app.web.viewer import nothing_changed, viewer

# In the session: the address that somebody typed, for the page that follows.
ADDRESS = "reset_address"


@bp.get("/reset_password_request")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def ask_reset() -> ResponseReturnValue:
    return render_template("auth/reset.html", form=PasswordResetRequestForm())


@bp.post("/reset_password_request")
@policy(Access.ANYBODY, limits.RESET, cache=Cache.NEVER)
def request_reset() -> ResponseReturnValue:
    """Queue the mail. Whether the address has an account makes no difference here."""
    form = PasswordResetRequestForm()
    if not form.validate_on_submit() or not _request_reset(form):
        nothing_changed()
        return render_template("auth/reset.html", form=form), 422
    commit(db)
    session[ADDRESS] = form.email.data
    return redirect("/auth/reset_password_sent", code=303)


@bp.get("/reset_password_sent")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def reset_sent() -> ResponseReturnValue:
    if ADDRESS not in session:
        return redirect("/auth/reset_password_request", code=303)
    return render_template("auth/reset_sent.html", email=session[ADDRESS])


@bp.get("/reset_password/<token>")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def choose_password(token: str) -> ResponseReturnValue:
    """Show the form. Mail scanners open links, so this changes nothing."""
    try:
        user = password_resets.find(token)
    except LinkInvalid:
        return _invalid()
    return _form_page(PasswordResetForm(), user)


@bp.post("/reset_password/<token>")
@policy(Access.ANYBODY, limits.LINK, cache=Cache.NEVER)
def set_password(token: str) -> ResponseReturnValue:
    form = PasswordResetForm()
    # Asked now: the change ends all sessions of its owner, perhaps the one at hand.
    reader = viewer()
    try:
        with before_writing(db):
            user = password_resets.find(token)
            password_hash = _hash_of(form, user) if form.validate_on_submit() else None
        if password_hash is None:
            nothing_changed()
            return _form_page(form, user), 422
        password_resets.reset(token, password_hash)
    except LinkInvalid:
        nothing_changed()
        return _invalid()
    commit(db)
    if reader is None or reader.id == user.id:
        logout_user()
        session.clear()
    flash(_("Your password is changed. Sign in with the new one."), "success")
    return redirect("/auth/login", code=303)


def _request_reset(form: PasswordResetRequestForm) -> bool:
    """Queue the mail, or say beside the field why not."""
    try:
        password_resets.request(form.email.data)
    except EmailInvalid as error:
        refuse(form.email, reason(error))
    return not form.errors


def _hash_of(form: PasswordResetForm, user: User) -> str | None:
    """Return the hash of the new password, or say beside the field what is wrong with it."""
    try:
        return password_changes.hash_new(user, form.password.data)
    except PasswordWeak as error:
        refuse(form.password, reason(error))
        return None


def _form_page(form: PasswordResetForm, user: User) -> str:
    return render_template("auth/reset_password.html", form=form, username=user.username)


def _invalid() -> ResponseReturnValue:
    return render_template("auth/reset_invalid.html"), 404
