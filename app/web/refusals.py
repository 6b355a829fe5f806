"""What stands beside a field that the domain refuses: the same words on every form."""

from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from wtforms import Field

from app.models import User
from app.services import passwords, signing_in
from app.services.errors import (
    CodeWrong,
    EmailInvalid,
    PasswordWeak,
    PasswordWrong,
    RenamedTooOften,
    UsernameTaken,
)
from app.services.names import InvalidName
from app.services.passwords import Weakness
from app.web import times
from app.web.forms import refuse


def reason(problem: Exception) -> str:
    """Return what to say about a user name, an address, a password or a code that is refused.

    Anything else is raised again.
    """
    match problem:
        case InvalidName():
            return _name(problem.code)
        case UsernameTaken():
            return _taken(problem)
        case RenamedTooOften():
            return _too_often(problem)
        case EmailInvalid():
            return _("This is not an e-mail address. It looks like name@example.org.")
        case PasswordWrong() | CodeWrong():
            return _wrong(problem)
        case PasswordWeak():
            return _weak(problem)
    raise problem


def check_password(field: Field, user: User) -> None:
    """Say beside a field if it holds another password than the member's.

    Slow: not to be done while others wait to write.
    """
    try:
        signing_in.check_password(user, field.data)
    except PasswordWrong as error:
        refuse(field, reason(error))


def _wrong(problem: PasswordWrong | CodeWrong) -> str:
    if isinstance(problem, PasswordWrong):
        return _("This is not your password.")
    return _("This code is not right, or it was used already.")


def _name(code: str) -> str:
    if code == "length":
        return _("Use 2 to 30 characters.")
    if code == "reserved":
        return _("This name is reserved. Choose another.")
    return _("Use the letters a to z, digits and underscores only.")


def _taken(error: UsernameTaken) -> str:
    if not error.free:
        return _("@%(name)s is taken.", name=error.username)
    free = ", ".join(f"@{name}" for name in error.free)
    return _("@%(name)s is taken. Still free: %(free)s.", name=error.username, free=free)


def _too_often(error: RenamedTooOften) -> str:
    date = times.day(error.again_at.astimezone(get_timezone()), str(get_locale()))
    return _(
        "You have changed your name several times lately. You can change it again on %(date)s.",
        date=date,
    )


def _weak(error: PasswordWeak) -> str:
    if error.reason == Weakness.TOO_SHORT:
        return ngettext(
            "This has %(num)s character; a password needs at least %(min)s.",
            "This has %(num)s characters; a password needs at least %(min)s.",
            error.length,
            min=passwords.MIN_LENGTH,
        )
    if error.reason == Weakness.TOO_LONG:
        return _("At most %(max)s characters.", max=passwords.MAX_LENGTH)
    return _("This password is easy to guess. Try a short sentence of your own.")
