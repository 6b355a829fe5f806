"""User name, e-mail address and password."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from app.database import commit
from app.extensions import db
from app.models import User
from app.services import addresses, confirmations, password_changes, sessions, usernames
from app.services.errors import (
    EmailInvalid,
    PasswordWeak,
    RenamedTooOften,
    UsernameTaken,
)
from app.services.names import InvalidName
from app.settings import bp
from app.settings.forms import AccountForm, PasswordForm
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.refusals import check_password, reason
from app.web.viewer import member, nothing_changed
from app.web.writing import before_writing_as_member

NAME_REFUSED = (InvalidName, UsernameTaken, RenamedTooOften)


@bp.get("/account")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_account() -> ResponseReturnValue:
    return _page()


@bp.post("/account")
@policy(Access.MEMBER, limits.VERIFY, cache=Cache.NEVER)
def save_account() -> ResponseReturnValue:
    form = AccountForm()
    if form.validate_on_submit():
        with before_writing_as_member():
            _check_account(form)
    if form.errors or not _save_account(form):
        nothing_changed()
        return _page(account=form), 422
    limits.forgive(limits.VERIFY)
    return _done()


@bp.post("/account/password")
@policy(Access.MEMBER, limits.VERIFY, cache=Cache.NEVER)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    user = member()
    password_hash = ""
    if form.validate_on_submit():
        with before_writing_as_member():
            password_hash = _hash_new(form, user)
    if form.errors:
        nothing_changed()
        return _page(password=form), 422
    password_changes.put(user, password_hash, keep_session=user.session_id)
    sessions.renew(user)
    commit(db)
    login_user(user)
    limits.forgive(limits.VERIFY)
    flash(_("Your password is changed. All other devices are signed out."), "success")
    return _done()


@bp.get("/account/password")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_password() -> ResponseReturnValue:
    """Answer those who come back to the address of a form that was refused."""
    return _done()


@bp.post("/account/email/cancel")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def cancel_email_change() -> ResponseReturnValue:
    confirmations.cancel_change(member())
    commit(db)
    flash(_("Your e-mail address stays as it is."), "success")
    return _done()


def _done() -> ResponseReturnValue:
    return redirect("/settings/account", code=303)


def _page(*, account: AccountForm | None = None, password: PasswordForm | None = None) -> str:
    """Return the page: with a form that was refused, the other one fresh."""
    credential = member().credential
    account = account or AccountForm(
        formdata=None, username=member().username, email=credential.email
    )
    return render_template(
        "settings/account.html",
        account=account,
        password=password or PasswordForm(formdata=None),
        email=credential.email,
        is_confirmed=credential.email_confirmed_at is not None,
        pending=confirmations.pending_change(member()),
    )


def _check_account(form: AccountForm) -> None:
    """Say beside the fields all that speaks against the change, before anything is written."""
    user = member()
    check_password(form.password, user)
    new_email = ""
    try:
        new_email = _new_email(form, user)
    except EmailInvalid as error:
        refuse(form.email, reason(error))
    try:
        usernames.check(user, form.username.data)
    except NAME_REFUSED as error:
        refuse(form.username, reason(error))
    if new_email and not form.errors:
        limits.hit(limits.MAIL)


def _save_account(form: AccountForm) -> bool:
    """Change name and address, or say why not: somebody may have been quicker."""
    user = member()
    former = user.username
    try:
        usernames.rename(user, form.username.data)
    except NAME_REFUSED as error:
        refuse(form.username, reason(error))
        return False
    new_email = _new_email(form, user)
    if new_email:
        confirmations.request_change(user, new_email)
    commit(db)
    _tell(user, is_renamed=user.username != former, new_email=new_email)
    return True


def _new_email(form: AccountForm, user: User) -> str:
    """Return the address to move to; "" for none."""
    email = addresses.normal(form.email.data)
    return "" if email == user.credential.email else email


def _tell(user: User, *, is_renamed: bool, new_email: str) -> None:
    if is_renamed:
        name = user.username
        flash(_("You are @%(name)s now. Links to your old name lead to you.", name=name), "success")
    if new_email:
        flash(_("We wrote to %(email)s. Open the link in that mail.", email=new_email), "success")
    if not is_renamed and not new_email:
        flash(_("Nothing was different, so nothing was changed."), "info")


def _hash_new(form: PasswordForm, user: User) -> str:
    """Return the hash of the new password, or say beside the fields why not."""
    check_password(form.current, user)
    try:
        return password_changes.hash_new(user, form.new.data)
    except PasswordWeak as error:
        refuse(form.new, reason(error))
    return ""
