"""Signing in and out."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.auth import bp
from app.auth.forms import LoginForm
from app.auth.second_factor import ask_for_code
from app.auth.session_start import begin_session
from app.database import before_writing, commit
from app.extensions import db, settings
from app.models import User
from app.services import sessions, signing_in, two_factor
from app.services.errors import NotFound, Suspended
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.signing_out import forget_member
from app.web.viewer import nothing_changed, viewer


@bp.get("/login")
@policy(Access.GUEST, cache=Cache.NEVER)
def login() -> ResponseReturnValue:
    form = LoginForm(username=request.args.get("username"))
    return render_template("auth/login.html", form=form)


@bp.post("/login")
@policy(Access.GUEST, limits.SIGN_IN_BY_ADDRESS, limits.SIGN_IN_BY_LOGIN, cache=Cache.NEVER)
def sign_in() -> ResponseReturnValue:
    form = LoginForm()
    response = _sign_in(form) if form.validate_on_submit() else None
    if response is None:
        nothing_changed()
        return render_template("auth/login.html", form=form), 422
    return response


@bp.post("/logout")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def sign_out() -> ResponseReturnValue:
    user = viewer()
    if user is not None:
        sessions.end(user.session_token)
        commit(db)
    return forget_member(_("You are signed out."))


def _sign_in(form: LoginForm) -> Response | None:
    """Let somebody in or ask for the code, or say above the fields why not."""
    try:
        with before_writing(db):
            user = signing_in.authenticate(form.username.data, form.password.data)
    except Suspended:
        form.form_errors.append(_("Your account is suspended. Ask those who run this site why."))
        return None
    try:
        if user is not None:
            return _let_in(user, remembered=form.remember_me.data)
    except NotFound:
        # In this very moment the account or its password became another.
        pass
    form.form_errors.append(_not_right(form.username.data))
    return None


def _let_in(user: User, *, remembered: bool) -> Response:
    if two_factor.is_on(user):
        return ask_for_code(user, remembered=remembered)
    response = begin_session(user, remembered=remembered)
    limits.forgive(limits.SIGN_IN_BY_LOGIN)
    limits.take_back(limits.SIGN_IN_BY_ADDRESS)
    return response


def _not_right(login: str) -> str:
    """Return one message for all that is wrong: it tells nobody which names exist."""
    if "@" in login and settings.require_confirmed_email:
        return _(
            "User name, e-mail or password is not right. An address works once it is confirmed; "
            "until then, use your user name."
        )
    return _("User name, e-mail or password is not right.")
