"""What happens when somebody has proved who they are."""

from flask import flash, request, session
from flask_babel import force_locale, refresh
from flask_babel import gettext as _
from flask_login import login_user
from werkzeug.wrappers import Response

from app.database import commit
from app.extensions import db, language_at_hand, settings
from app.models import Role, User
from app.permissions import is_confirmed
from app.services import sessions, signing_in
from app.services.signing_in import Browser
from app.web import devices, drafts
from app.web.i18n import guessed_time_zone, remember_language, remember_theme
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
    noted = signing_in.note_sign_in(user, _browser_of(user))
    signing_in.note_time_zone(user, guessed_time_zone())
    sent = drafts.send_waiting(user)
    commit(db)
    session.clear()
    # Without "keep me signed in" the cookie goes when the browser closes.
    session.permanent = remembered
    login_user(user)
    # The language may be another one from here on.
    refresh()
    if noted.is_first:
        flash(_welcome(user), "success")
    if noted.is_restored:
        flash(_("Welcome back. Your account will not be deleted."), "success")
    if sent:
        flash(sent.message, sent.category)
    response = safe_redirect(sent.path if sent and sent.path else request.args.get("next"))
    devices.remember(response, user)
    if noted.locale:
        remember_language(response, noted.locale)
    remember_theme(response, user.credential.theme)
    return response


def _welcome(user: User) -> str:
    if user.role is Role.OWNER:
        return _(
            "Welcome to %(site)s, %(name)s. Yours is the first account, so the site is yours.",
            site=settings.SITE_NAME,
            name=user.name,
        )
    if is_confirmed(user):
        return _(
            "Welcome to %(site)s, %(name)s. Your account is ready.",
            site=settings.SITE_NAME,
            name=user.name,
        )
    return _(
        "Welcome to %(site)s, %(name)s. We have sent a mail to %(email)s.",
        site=settings.SITE_NAME,
        name=user.name,
        email=user.credential.email,
    )


def _browser_of(user: User) -> Browser:
    # In the language of the mail, which need not be that of this browser.
    with force_locale(user.credential.locale or language_at_hand()):
        device = devices.label_of_request()
    return Browser(device, client_address(), is_known=devices.is_known(user))
