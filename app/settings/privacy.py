"""Who may follow a member at once, and who may write to them."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.models import MessagesFrom
from app.services import privacy
from app.settings import bp
from app.settings.forms import PrivacyForm
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member, nothing_changed


@bp.get("/privacy")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_privacy() -> ResponseReturnValue:
    user = member()
    return _page(
        PrivacyForm(
            approves_followers=user.locked, messages_from=user.credential.messages_from.value
        )
    )


@bp.post("/privacy")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_privacy() -> ResponseReturnValue:
    form = PrivacyForm()
    if not form.validate_on_submit():
        nothing_changed()
        return _page(form), 422
    privacy.choose(
        member(),
        approves_followers=form.approves_followers.data,
        messages_from=MessagesFrom(form.messages_from.data),
    )
    commit(db)
    flash(_("Your privacy settings are saved."), "success")
    return redirect("/settings/privacy", code=303)


def _page(form: PrivacyForm) -> str:
    return render_template("settings/privacy.html", form=form)
