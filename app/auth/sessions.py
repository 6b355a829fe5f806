"""Signing in and out."""

from flask import flash, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user

from app.auth import bp
from app.auth.forms import LoginForm
from app.auth.session_start import begin_session
from app.database import before_writing, commit
from app.extensions import db
from app.services import accounts, sessions
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.redirects import safe_redirect
from app.web.viewer import viewer


@bp.get("/login")
@policy(Access.GUEST, cache=Cache.NEVER)
def login() -> ResponseReturnValue:
    form = LoginForm(username=request.args.get("username"))
    return render_template("auth/login.html", form=form)


@bp.post("/login")
@policy(Access.GUEST, limits.SIGN_IN_BY_ADDRESS, limits.SIGN_IN_BY_LOGIN, cache=Cache.NEVER)
def sign_in() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("auth/login.html", form=form), 422
    with before_writing(db):
        user = accounts.authenticate(form.username.data, form.password.data)
    if user is None:
        # One message for both: it tells nobody which names exist.
        form.form_errors.append(_("User name, e-mail or password is not right."))
        return render_template("auth/login.html", form=form), 422
    response = begin_session(user, remembered=form.remember_me.data)
    limits.forgive(limits.SIGN_IN_BY_LOGIN)
    limits.take_back(limits.SIGN_IN_BY_ADDRESS)
    return response


@bp.post("/logout")
@policy(Access.ANYBODY, cache=Cache.NEVER)
def sign_out() -> ResponseReturnValue:
    user = viewer()
    if user is not None:
        sessions.end(user.session_token)
        commit(db)
    logout_user()
    session.clear()
    flash(_("You are signed out."), "info")
    response = safe_redirect("/")
    # Pages that the back button would still show.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
