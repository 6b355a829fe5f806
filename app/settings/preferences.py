"""How the site looks and speaks to a member."""

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.models import Theme
from app.models.base import utc_now
from app.services import accounts
from app.settings import bp
from app.settings.forms import PreferencesForm
from app.web import i18n, limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member, nothing_changed


@bp.get("/preferences")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_preferences() -> ResponseReturnValue:
    credential = member().credential
    form = PreferencesForm(
        locale=credential.locale or "",
        time_zone=i18n.chosen_time_zone() or "",
        theme=credential.theme.value,
        shortcuts=credential.shortcuts,
    )
    return _page(form)


@bp.post("/preferences")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_preferences() -> ResponseReturnValue:
    form = PreferencesForm()
    if not form.validate_on_submit():
        nothing_changed()
        return _page(form), 422
    locale = form.locale.data or None
    theme = Theme(form.theme.data)
    # Not `or None`: to follow the browser is a choice too, which no guess replaces.
    preferences = accounts.Preferences(
        locale, form.time_zone.data, theme, shortcuts=form.shortcuts.data
    )
    accounts.update_preferences(member(), preferences)
    commit(db)
    # The answer already speaks the language that was chosen.
    with force_locale(locale or i18n.best_language()):
        flash(_("Your preferences are saved."), "success")
    response = make_response(redirect("/settings/preferences", code=303))
    i18n.remember_language(response, locale)
    i18n.remember_theme(response, theme)
    return response


def _page(form: PreferencesForm) -> str:
    return render_template("settings/preferences.html", form=form, now=utc_now())
