"""Signing up."""

import structlog
from email_validator import EmailNotValidError, validate_email
from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from wtforms import Field

from app.auth import bp
from app.auth.forms import RegistrationForm
from app.database import begin_reading, begin_writing
from app.extensions import db
from app.services import accounts, passwords
from app.services.errors import EmailTaken, PasswordWeak, UsernameTaken
from app.services.names import InvalidName
from app.services.passwords import Weakness
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy

log = structlog.get_logger("app")


@bp.get("/register")
@policy(Access.GUEST, cache=Cache.NEVER)
def register() -> ResponseReturnValue:
    return render_template("auth/register.html", form=RegistrationForm())


@bp.post("/register")
@policy(Access.GUEST, limits.SIGN_UP, cache=Cache.NEVER)
def create_account() -> ResponseReturnValue:
    form = RegistrationForm()
    form.validate_on_submit()
    email = _checked_email(form.email)
    begin_reading(db)
    _check_account(form)
    begin_writing(db)
    if form.errors or email is None or not _register(form, email):
        return render_template("auth/register.html", form=form), 422
    flash(_("Your account is ready. Sign in to begin."), "success")
    return redirect(url_for("auth.login", username=form.username.data), code=303)


def _check_account(form: RegistrationForm) -> None:
    """Say beside the fields all that speaks against the account."""
    # What is missing is said already.
    username, password = form.username.data or "", form.password.data or ""
    for problem in accounts.problems(username, form.email.data or "", password):
        _refuse(form, problem)


def _register(form: RegistrationForm, email: str) -> bool:
    """Make the account, or say why not: somebody may have been quicker."""
    preferences = accounts.Preferences(locale=str(get_locale()))
    try:
        accounts.register(form.username.data, email, form.password.data, preferences)
        db.session.commit()
    except UsernameTaken as error:
        _refuse(form, error)
    except EmailTaken:
        # The same page as for a new address: who has an account here is nobody else's business.
        log.info("registration for an address that has an account")
        db.session.rollback()
    return not form.errors


def _refuse(form: RegistrationForm, problem: Exception) -> None:
    field = form.password if isinstance(problem, PasswordWeak) else form.username
    if field.errors:
        return
    match problem:
        case InvalidName():
            refuse(field, _name_message(problem.code))
        case UsernameTaken():
            refuse(field, _taken_message(problem))
        case PasswordWeak():
            refuse(field, _password_message(problem))


def _checked_email(field: Field) -> str | None:
    """Return the address in its normal form, or say beside the field what is wrong."""
    if not field.data or field.errors:
        return None
    try:
        return validate_email(
            field.data,
            check_deliverability=False,
            test_environment=current_app.testing,
        ).normalized
    except EmailNotValidError:
        refuse(field, _("This is not an e-mail address. It looks like name@example.org."))
        return None


def _name_message(code: str) -> str:
    if code == "length":
        return _("A user name has 2 to 30 characters.")
    if code == "reserved":
        return _("This name is kept back. Choose another.")
    return _("Use the letters a to z, digits and underscores only.")


def _taken_message(error: UsernameTaken) -> str:
    if not error.free:
        return _("@%(name)s is taken.", name=error.username)
    free = ", ".join(f"@{name}" for name in error.free)
    return _("@%(name)s is taken. Still free: %(free)s.", name=error.username, free=free)


def _password_message(error: PasswordWeak) -> str:
    if error.reason == Weakness.TOO_SHORT:
        return ngettext(
            "%(num)s character; at least %(min)s are needed.",
            "%(num)s characters; at least %(min)s are needed.",
            error.length,
            min=passwords.MIN_LENGTH,
        )
    if error.reason == Weakness.TOO_LONG:
        return _("At most %(max)s characters.", max=passwords.MAX_LENGTH)
    return _("This password is easy to guess. Try a short sentence of your own.")
