"""What several letters say: whom they are about, links, moments, why they were sent."""

from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from app.emails.letters import Action, filled, isolated, joined, strong
from app.extensions import settings
from app.models import OneTimeToken, User
from app.models.base import utc_now
from app.services import tokens
from app.web import i18n, times


def handle(user: User) -> Markup:
    return strong(f"@{user.username}")


def link_of(token: OneTimeToken, path: str) -> str:
    return url(path + tokens.secret(token.id))


def url(path: str) -> str:
    return settings.base_url + path


def anchor(url: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(url)


def validity(token: OneTimeToken) -> Markup:
    # As long as is left: the message may be late.
    left = format_timedelta(token.expires_at - utc_now(), granularity="minute")
    return filled(_("This link works once, for %(duration)s."), duration=left)


def moment(moment: datetime, user: User) -> Markup:
    zone = user.credential.time_zone or ""
    known = zone if zone in i18n.time_zones() else settings.DEFAULT_TIME_ZONE
    return strong(times.full(moment, str(get_locale()), known))


def new_password() -> Action:
    return Action(_("Choose a new password"), url("/auth/reset_password_request"))


def nothing_to_do(otherwise: str) -> Markup:
    return joined(filled(_("If it was you, there is nothing to do.")), filled(otherwise))


def way_out() -> Markup:
    return filled(
        _("Which mails you get, you choose here: %(address)s"),
        address=anchor(url("/settings/notifications")),
    )


def because_of_request(recipient: str) -> Markup:
    return _because(_("Sent to %(address)s because of a request on %(host)s."), recipient)


def because_of_account(recipient: str) -> Markup:
    return _because(_("Sent to %(address)s because you have an account on %(host)s."), recipient)


def _because(sentence: str, recipient: str) -> Markup:
    host = urlsplit(settings.base_url).netloc
    return filled(sentence, address=isolated(recipient), host=host)
