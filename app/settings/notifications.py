"""Which mails a member wants."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.database import commit
from app.extensions import db
from app.services import mail_choices
from app.settings import bp
from app.settings.forms import NotificationsForm
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member

# What is mailed in any case, kind by kind, in words.
ALWAYS = {
    ("confirm_email", "email_changed"): _l(
        "Your e-mail address: to confirm it, and when it changes"
    ),
    ("reset_password", "password_changed"): _l("Your password: to reset it, and when it changes"),
    ("username_changed",): _l("Your user name, when it changes"),
    ("two_factor_on", "two_factor_off"): _l("Two-factor sign-in, when it is turned on or off"),
    ("deletion_scheduled",): _l("Your account, when it is to be deleted"),
    ("address_has_account",): _l("A sign-up with your address by somebody else"),
}


@bp.get("/notifications")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_notifications() -> ResponseReturnValue:
    form = NotificationsForm(data=dict.fromkeys(mail_choices.wanted(member()), True))
    always = [*ALWAYS.values()]
    return render_template("settings/notifications.html", form=form, always=always)


@bp.post("/notifications")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_notifications() -> ResponseReturnValue:
    form = NotificationsForm()
    mail_choices.choose(member(), [field.name for field in form.kinds() if field.data])
    commit(db)
    flash(_("Your notification settings are saved."), "success")
    return redirect("/settings/notifications", code=303)
