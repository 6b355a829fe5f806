"""Settings: one's profile, and how the site looks and speaks."""

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.forms import PreferencesForm, ProfileForm
from app.models import Theme, User
from app.services import accounts
from app.services.errors import TextTooLong
from app.services.text import InvalidText
from app.web import i18n, limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.viewer import member


@bp.get("/settings")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def settings_index() -> ResponseReturnValue:
    return redirect("/settings/profile", code=301)


@bp.get("/settings/profile")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_profile() -> ResponseReturnValue:
    user = member()
    form = ProfileForm(display_name=user.display_name, bio=user.bio)
    return render_template("settings/profile.html", form=form, max_bio=User.MAX_BIO)


@bp.post("/settings/profile")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_profile() -> ResponseReturnValue:
    form = ProfileForm()
    if not form.validate_on_submit() or not _update_profile(form):
        return render_template("settings/profile.html", form=form, max_bio=User.MAX_BIO), 422
    commit(db)
    flash(_("Your profile is saved."), "success")
    return redirect("/settings/profile", code=303)


@bp.get("/settings/preferences")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_preferences() -> ResponseReturnValue:
    credential = member().credential
    form = PreferencesForm(
        locale=credential.locale or "",
        time_zone=i18n.chosen_time_zone() or "",
        theme=credential.theme.value,
    )
    return render_template("settings/preferences.html", form=form)


@bp.post("/settings/preferences")
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


def _update_profile(form: ProfileForm) -> bool:
    """Change the profile, or say beside the fields why not."""
    try:
        accounts.update_profile(member(), form.display_name.data or "", form.bio.data or "")
    except accounts.ProfileInvalid as error:
        for field, cause in error.causes.items():
            refuse(form[field], _profile_message(cause))
    return not form.errors


def _profile_message(cause: Exception) -> str:
    if isinstance(cause, TextTooLong):
        return ngettext(
            "%(num)s character; at most %(limit)s fit.",
            "%(num)s characters; at most %(limit)s fit.",
            cause.length,
            limit=cause.limit,
        )
    if isinstance(cause, InvalidText) and cause.code == "invisible":
        return _("A name needs at least one character that can be seen.")
    return _("The text holds characters that cannot be shown.")
