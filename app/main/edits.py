"""Editing a post, and reading what it said before."""

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import begin_reading, commit
from app.extensions import db, settings
from app.main import bp, permalinks
from app.main.asides import aside
from app.main.edit_form import EditForm
from app.services import edits, form_keys, timelines
from app.services.contents import MAX_WARNING
from app.services.edits import Version
from app.services.errors import (
    NotAllowed,
    NotConfirmed,
    NotFound,
    PicturesGone,
    StaleVersion,
    TextMissing,
    TextTooLong,
    WarningTooLong,
)
from app.services.pagination import parse_cursor
from app.services.text import InvalidText
from app.web import limits
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.post_cards import post_card
from app.web.post_refusals import reason
from app.web.redirects import here
from app.web.version_cards import current_card, history_card
from app.web.viewer import member, nothing_changed, viewer


@bp.get("/posts/<id:post_id>/edit")
@policy(Access.MEMBER, cache=Cache.NEVER)
def edit_post(post_id: int) -> ResponseReturnValue:
    post = edits.current(member(), post_id)
    return _page(post, EditForm.of(post))


def recover() -> ResponseReturnValue | None:
    """Save what was typed when session or token are over, if the form was one of ours.

    Nothing is changed: the author has to press Save again, signed in.
    """
    form = EditForm()
    owner_id = form_keys.owner_of(form.key.data or "")
    if owner_id is None:
        return None
    begin_reading(db)
    user = viewer()
    if user is None or user.id != owner_id:
        return _kept(form)
    form.notice = _("Your sign-in was renewed meanwhile. Press Save once more.")
    try:
        return _refused(form, (request.view_args or {})["post_id"])
    except NotAllowed:
        return None


@bp.post("/posts/<id:post_id>/edit")
@policy(Access.MEMBER, limits.WRITE, cache=Cache.NEVER, recover=recover)
def save_post(post_id: int) -> ResponseReturnValue:
    form = EditForm()
    if form_keys.owner_of(form.key.data or "") not in {None, member().id}:
        return _kept(form)
    path = f"/@{member().username}/{post_id}"
    try:
        is_changed = _save(form, post_id) if form.validate_on_submit() else None
    except StaleVersion:
        return _refused(form, post_id)
    except NotFound:
        return _gone(form)
    if is_changed is None:
        return _refused(form, post_id)
    commit(db)
    if is_changed:
        flash(_("Your changes are saved."), "success")
    return redirect(path, code=303)


@bp.get("/@<username>/<id:post_id>/history")
@policy(Access.ANYBODY)
def history(username: str, post_id: int) -> ResponseReturnValue:
    reader = viewer()
    row = timelines.one(reader, post_id)
    if away := permalinks.moved_from(username, row):
        return away
    card = post_card(row, reader)
    page = edits.former_versions(reader, post_id, parse_cursor(request.args.get("before")))
    shows_former = edits.shows_former_versions(reader, row.author_id, row.visibility)
    return render_template(
        "main/history.html",
        post=card,
        page=history_card(row, page, f"{card.path}/history"),
        is_withheld=not shows_former,
        aside=aside(besides=row.author_id),
    )


def _save(form: EditForm, post_id: int) -> bool | None:
    """Save what was typed; return whether it changes anything, or None and say what is wrong."""
    try:
        return edits.edit(member(), post_id, form.number, form.content())
    except WarningTooLong as problem:
        refuse(form.warning, reason(problem))
    except (NotConfirmed, PicturesGone, TextMissing, TextTooLong, InvalidText) as problem:
        refuse(form.body, reason(problem))
    return None


def _refused(form: EditForm, post_id: int) -> ResponseReturnValue:
    """Show the form again, with what was typed; if the post has changed, beside how it stands."""
    nothing_changed()
    try:
        post = edits.current(member(), post_id)
    except NotFound:
        return _gone(form)
    if post.number == form.number:
        return make_response(_page(post, form), 422)
    return make_response(_page(post, EditForm.of(post, form), is_stale=True), 409)


def _kept(form: EditForm) -> ResponseReturnValue:
    """Keep what somebody typed who is signed out meanwhile, or signed in as somebody else."""
    nothing_changed()
    return make_response(render_template("main/edit_kept.html", form=form, path=here()), 403)


def _gone(form: EditForm) -> ResponseReturnValue:
    """Give the author back what they typed about a post that is there no more."""
    nothing_changed()
    return make_response(render_template("main/edit_gone.html", form=form), 404)


def _page(post: Version, form: EditForm, *, is_stale: bool = False) -> str:
    if not form.key.data:
        form.key.data = form_keys.make(member().id)
    return render_template(
        "main/edit_post.html",
        form=form,
        path=f"/@{member().username}/{post.post_id}",
        post=post,
        pictures=form.fields_of(post.pictures),
        standing=current_card(post) if is_stale else None,
        max_length=settings.MAX_POST_LENGTH,
        max_warning=MAX_WARNING,
    )
