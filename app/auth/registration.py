"""Signing up."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.auth import bp
from app.auth.forms import RegistrationForm
from app.auth.session_start import begin_session
from app.database import before_writing
from app.extensions import db
from app.models import User
from app.services import accounts
from app.services.accounts import AccountInvalid
from app.services.errors import EmailInvalid, PasswordWeak, UsernameTaken
from app.web import limits
from app.web.forms import refuse
from app.web.i18n import chosen_language
from app.web.policy import Access, Cache, policy
from app.web.refusals import reason
from app.web.viewer import nothing_changed


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
        password_hash = _hash_of(form)
    user = None if form.errors else _register(form, password_hash)
    if user is None:
        nothing_changed()
        return render_template("auth/register.html", form=form), 422
    return begin_session(user, remembered=False)


def _hash_of(form: RegistrationForm) -> str:
    """Return the hash of the password, or say beside the fields all that speaks against it all."""
    values = (form.username.data or "", form.email.data or "", form.password.data or "")
    try:
        return accounts.hash_new(*values)
    except AccountInvalid as error:
        for problem in error.causes:
            _refuse(form, problem)
    return ""


def _register(form: RegistrationForm, password_hash: str) -> User | None:
    """Make the account, or say why not: somebody may have been quicker."""
    preferences = accounts.Preferences(locale=chosen_language())
    try:
        return accounts.sign_up(form.username.data, form.email.data, password_hash, preferences)
    except UsernameTaken as error:
        _refuse(form, error)
        return None


def _refuse(form: RegistrationForm, problem: Exception) -> None:
    field = form.username
    if isinstance(problem, EmailInvalid):
        field = form.email
    elif isinstance(problem, PasswordWeak):
        field = form.password
    # That something is missing is said already.
    if not field.errors:
        refuse(field, reason(problem))
