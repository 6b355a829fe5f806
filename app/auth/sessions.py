"""Signing in and out."""

from flask import flash, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.auth import bp
from app.auth.forms import LoginForm
from app.database import before_writing, commit
from app.extensions import db, settings
from app.models import User
from app.services import accounts, sessions
from app.web import limits
from app.web.i18n import remember_language
from app.web.policy import Access, Cache, policy
from app.web.redirects import safe_redirect
from app.web.viewer import client_address, viewer


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
    response = _begin_session(user, remembered=form.remember_me.data)
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


def _begin_session(user: User, *, remembered: bool) -> Response:
    """Sign somebody in: a new session id and a new CSRF token, whatever the browser came with."""
    user.session_token = sessions.start(
        user,
        remembered=remembered,
        ip=client_address(),
        user_agent=request.user_agent.string,
    )
    noted = accounts.note_sign_in(user)
    commit(db)
    session.clear()
    # Without "keep me signed in" the cookie goes when the browser closes.
    session.permanent = remembered
    login_user(user)
    # The language may be another one from here on.
    refresh()
    if noted.is_first:
        flash(
            _(
                "Welcome to %(site)s, %(name)s. Your account is ready.",
                site=settings.SITE_NAME,
                name=user.name,
            ),
            "success",
        )
    response = safe_redirect(request.args.get("next"))
    if noted.locale:
        remember_language(response, noted.locale)
    return response
