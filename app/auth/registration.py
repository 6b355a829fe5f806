"""Signing up."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.auth import bp
from app.auth.forms import RegistrationForm
from app.auth.session_start import begin_session
from app.database import before_writing
from app.extensions import db
from app.models import User
from app.services import accounts, passwords
from app.services.errors import EmailInvalid, PasswordWeak, UsernameTaken
from app.services.names import InvalidName
from app.services.passwords import Weakness
from app.web import limits
from app.web.forms import refuse
from app.web.i18n import chosen_language
from app.web.policy import Access, Cache, policy


@bp.get("/register")
@policy(Access.GUEST, cache=Cache.NEVER)
def register() -> ResponseReturnValue:
    return render_template("auth/register.html", form=RegistrationForm())


@bp.post("/register")
@policy(Access.GUEST, limits.SIGN_UP, cache=Cache.NEVER)
def create_account() -> ResponseReturnValue:
    form = RegistrationForm()
    form.validate_on_submit()
    with before_writing(db):
        _check_account(form)
    user = None if form.errors else _register(form)
    if user is None:
        return render_template("auth/register.html", form=form), 422
    return begin_session(user, remembered=False)


def _check_account(form: RegistrationForm) -> None:
    """Say beside the fields all that speaks against the account."""
    values = (form.username.data or "", form.email.data or "", form.password.data or "")
    for problem in accounts.problems(*values):
        _refuse(form, problem)


def _register(form: RegistrationForm) -> User | None:
    """Make the account, or say why not: somebody may have been quicker."""
    preferences = accounts.Preferences(locale=chosen_language())
    try:
        return accounts.sign_up(
            form.username.data, form.email.data, form.password.data, preferences
        )
    except UsernameTaken as error:
        _refuse(form, error)
        return None


def _refuse(form: RegistrationForm, problem: Exception) -> None:
    match problem:
        case InvalidName():
            field, message = form.username, _name_message(problem.code)
        case UsernameTaken():
            field, message = form.username, _taken_message(problem)
        case EmailInvalid():
            field, message = form.email, _email_message()
        case PasswordWeak():
            field, message = form.password, _password_message(problem)
        case _:
            raise problem
    # That something is missing is said already.
    if not field.errors:
        refuse(field, message)


def _email_message() -> str:
    return _("This is not an e-mail address. It looks like name@example.org.")


def _name_message(code: str) -> str:
    if code == "length":
        return _("Use 2 to 30 characters.")
    if code == "reserved":
        return _("This name is reserved. Choose another.")
    return _("Use the letters a to z, digits and underscores only.")


def _taken_message(error: UsernameTaken) -> str:
    if not error.free:
        return _("@%(name)s is taken.", name=error.username)
    free = ", ".join(f"@{name}" for name in error.free)
    return _("@%(name)s is taken. Still free: %(free)s.", name=error.username, free=free)


def _password_message(error: PasswordWeak) -> str:
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
