"""How a member appears to others."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.database import commit
from app.extensions import db
from app.models import User
from app.services import accounts
from app.services.errors import TextTooLong
from app.services.text import InvalidText
from app.settings import bp
from app.settings.forms import ProfileForm
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.viewer import member, nothing_changed


@bp.get("/profile")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_profile() -> ResponseReturnValue:
    form = ProfileForm.of(member())
    return render_template("settings/profile.html", form=form, max_bio=User.MAX_BIO)


@bp.post("/profile")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER)
def save_profile() -> ResponseReturnValue:
    form = ProfileForm()
    if not form.validate_on_submit() or not _update_profile(form):
        nothing_changed()
        return render_template("settings/profile.html", form=form, max_bio=User.MAX_BIO), 422
    commit(db)
    flash(_("Your profile is saved."), "success")
    return redirect("/settings/profile", code=303)


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
