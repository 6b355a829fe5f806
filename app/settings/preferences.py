"""How the site looks and speaks to a member."""

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.models import Theme
from app.services import accounts
from app.settings import bp
from app.settings.forms import PreferencesForm
from app.web import i18n, limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member


@bp.get("/preferences")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_preferences() -> ResponseReturnValue:
    credential = member().credential
    form = PreferencesForm(
        locale=credential.locale or "",
        time_zone=i18n.chosen_time_zone() or "",
        theme=credential.theme.value,
    )
    return render_template("settings/preferences.html", form=form)


@bp.post("/preferences")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_preferences() -> ResponseReturnValue:
    form = PreferencesForm()
    if not form.validate_on_submit():
        return render_template("settings/preferences.html", form=form), 422
    locale = form.locale.data or None
    time_zone = form.time_zone.data or None
    preferences = accounts.Preferences(locale, time_zone, Theme(form.theme.data))
    accounts.update_preferences(member(), preferences)
    commit(db)
    # The answer already speaks the language that was chosen.
    with force_locale(locale or i18n.best_language()):
        flash(_("Your preferences are saved."), "success")
    response = make_response(redirect("/settings/preferences", code=303))
    i18n.remember_language(response, locale)
    return response
