"""Which accounts signed in from this browser before, so that a sign-in from another is noticed.

A cookie of its own remembers them, signed so that nobody can add to it. It opens nothing.
"""

from flask import request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from app.extensions import settings
from app.models import User
from app.services.devices import Device, describe
from app.web import cookies

DEVICE = "device"
# Of the accounts that share a browser, the latest; cookies have an end.
MOST = 20


def is_known(user: User) -> bool:
    """Whether somebody has signed in from this browser before."""
    return user.id in _remembered()


def remember(response: Response, user: User) -> None:
    """Let the browser know that somebody has signed in from it."""
    others = [known for known in _remembered() if known != user.id]
    cookies.keep(response, DEVICE, _serializer().dumps([user.id, *others][:MOST]))


def label(device: Device) -> str:
    """Return a device in words, such as "Firefox on Linux"."""
    if device.browser and device.system:
        return _("%(browser)s on %(system)s", browser=device.browser, system=device.system)
    return device.browser or device.system or _("An unknown device")


def label_of_request() -> str:
    return label(describe(request.user_agent.string))


def _remembered() -> list[int]:
    try:
        found = _serializer().loads(cookies.read(DEVICE))
    except BadData:
        return []
    return [known for known in found if isinstance(known, int)]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.key_for("devices"))
