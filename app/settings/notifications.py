"""What reaches a member, and where: notifications, and mails that they can do without."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.database import commit
from app.extensions import db
from app.models import NotificationChoice, NotificationKind
from app.services import mail_choices, notification_choices
from app.settings import bp
from app.settings.forms import NotificationsForm
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member, nothing_changed

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
    kinds = {kind.value: choice for kind, choice in notification_choices.chosen(member()).items()}
    mails = dict.fromkeys(mail_choices.wanted(member()), True)
    return _page(NotificationsForm(data=kinds | mails))


@bp.post("/notifications")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_notifications() -> ResponseReturnValue:
    form = NotificationsForm()
    if not form.validate_on_submit():
        nothing_changed()
        return _page(form), 422
    kinds = {NotificationKind(field.name): NotificationChoice(field.data) for field in form.kinds()}
    notification_choices.choose(member(), kinds)
    mail_choices.choose(member(), [field.name for field in form.mails() if field.data])
    commit(db)
    flash(_("Your notification settings are saved."), "success")
    return redirect("/settings/notifications", code=303)


def _page(form: NotificationsForm) -> str:
    always = [*ALWAYS.values()]
    return render_template("settings/notifications.html", form=form, always=always)
