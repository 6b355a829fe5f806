"""How a member appears to others."""

from dataclasses import dataclass, field

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import TooManyRequests

from app.database import begin_writing, commit
from app.extensions import db, settings
from app.models import User
from app.services import accounts, avatars, pictures, portraits
from app.services.errors import ImageBusy, SignedOut, StorageUnavailable, TextTooLong
from app.services.portraits import Kind
from app.services.text import InvalidText
from app.settings import bp
from app.settings.forms import ProfileForm
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.post_refusals import PICTURE_REFUSALS, picture_reason
from app.web.viewer import member, nothing_changed
from app.web.writing import begin_as_member

# As much of it as messages repeat.
MAX_FILE_NAME = 60
# What a file is refused with that may well be taken another time; all else is 422.
_STATUSES = {ImageBusy: 503, StorageUnavailable: 503, TooManyRequests: 429}


@dataclass
class _Made:
    """What became of the files of this request."""

    keys: dict[Kind, str] = field(default_factory=dict)
    problems: dict[Kind, str] = field(default_factory=dict)
    status: int = 422


@bp.get("/profile")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_profile() -> ResponseReturnValue:
    return page(ProfileForm.of(member()))


@bp.post("/profile")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER, uploads=dict.fromkeys(portraits.KINDS, 1))
def save_profile() -> ResponseReturnValue:
    form = ProfileForm()
    made = _take(form) if form.validate_on_submit() else _Made()
    if form.errors or not _update_profile(form):
        nothing_changed()
        _ask_again(form, made)
        return page(form), made.status
    _change_pictures(form, made.keys)
    commit(db)
    flash(_("Your profile is saved."), "success")
    return redirect("/settings/profile", code=303)


def page(form: ProfileForm, template: str = "settings/profile.html") -> str:
    user = member()
    return render_template(
        template,
        form=form,
        max_bio=User.MAX_BIO,
        max_megabytes=settings.MAX_PICTURE_MB,
        has_avatar=bool(user.avatar_key),
        header_url=avatars.header_path(user.header_key),
    )


def _take(form: ProfileForm) -> _Made:
    """Make the pictures that were chosen; say beside the fields why not."""
    if not any(form[kind].data for kind in portraits.KINDS):
        return _Made()
    if "made" not in g:
        # Nobody who wants to write may wait for this.
        commit(db)
        g.made = _prepare(form)
    # Else the database asked the view to run again: the same files are not made twice.
    made: _Made = g.made
    for kind, problem in made.problems.items():
        refuse(form[kind], problem)
    try:
        begin_as_member()
    except SignedOut:
        _forget(made)
        raise
    return made


def _prepare(form: ProfileForm) -> _Made:
    made = _Made()
    for kind in portraits.KINDS:
        file = form[kind].data
        if not file:
            continue
        try:
            limits.hit(limits.UPLOAD)
            made.keys[kind] = portraits.prepare(member().id, kind, file.stream)
        except PICTURE_REFUSALS as error:
            made.problems[kind] = picture_reason(error, file.filename[:MAX_FILE_NAME])
            made.status = _STATUSES.get(type(error), made.status)
    return made


def _ask_again(form: ProfileForm, made: _Made) -> None:
    """Say of a picture that was fine that it has to be chosen again: browsers forget it."""
    if made.keys:
        begin_writing(db)
        _forget(made)
    for kind in made.keys:
        refuse(form[kind], _("Choose this picture once more."))


def _forget(made: _Made) -> None:
    """Have the files removed at once: they do not count for anybody, but they take room."""
    pictures.forget([*made.keys.values()])
    commit(db)


def _change_pictures(form: ProfileForm, made: dict[Kind, str]) -> None:
    for kind in portraits.KINDS:
        if kind in made or form[f"remove_{kind}"].data:
            portraits.put(member(), kind, made.get(kind))


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
