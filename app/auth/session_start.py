"""What happens when somebody has proved who they are."""

from flask import flash, request, session
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import login_user
from werkzeug.wrappers import Response

from app.database import commit
from app.extensions import db, settings
from app.models import User
from app.services import accounts, sessions
from app.web.i18n import remember_language
from app.web.redirects import safe_redirect
from app.web.viewer import client_address


def begin_session(user: User, *, remembered: bool) -> Response:
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
    if noted.is_restored:
        flash(_("Welcome back. Your account will not be deleted."), "success")
    response = safe_redirect(request.args.get("next"))
    if noted.locale:
        remember_language(response, noted.locale)
    return response
