"""Writing and deleting a post."""

from flask import flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from app.database import commit
from app.extensions import db, settings
from app.main import bp, composing, uploads
from app.main.forms import PostForm
from app.models import Picture
from app.services import drafts, form_keys, posts, sending, timelines
from app.services.errors import FormUsed, NotAllowed, NotFound, PicturesGone, WarningTooLong
from app.services.timelines import PostRow
from app.web import limits
from app.web.drafts import keep_until_sign_in
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.post_cards import post_card
from app.web.post_refusals import REFUSALS, reason
from app.web.redirects import back, is_htmx, lead_to, safe_redirect
from app.web.viewer import member, nothing_changed, viewer


@bp.get("/compose")
@policy(Access.MEMBER, cache=Cache.NEVER)
def compose() -> ResponseReturnValue:
    draft_id = request.args.get("draft")
    if draft_id is None:
        return _page(composing.new_form())
    draft = drafts.find(member(), drafts.parse_id(draft_id) or 0)
    return _page(composing.form_of_draft(draft))


def recover() -> ResponseReturnValue | None:
    """Save a post that comes with a session or a token that is over, if its form was one of ours.

    Nothing is published: signed out, its author has to sign in; else they have to press Post again.
    """
    form = PostForm()
    key = form.key.data or ""
    owner_id = form_keys.owner_of(key)
    if owner_id is None:
        return None
    user = viewer()
    if user is None:
        fields = composing.kept_of(form)
        return keep_until_sign_in(key, fields, with_files=bool(form.images.data))
    form.notice = _("Your sign-in was renewed meanwhile. Please send this once more.")
    if user.id != owner_id:
        form.key.data = form_keys.make(user.id)
        form.notice = _(
            "You are signed in as @%(name)s now. Send this once more to publish it from there.",
            name=user.username,
        )
    return _refused(form)


@bp.post("/posts")
@policy(
    Access.MEMBER,
    limits.WRITE,
    cache=Cache.NEVER,
    uploads={"images": Picture.MAX_PER_POST},
    recover=recover,
)
def create_post() -> ResponseReturnValue:
    form = PostForm()
    is_sound = form.validate_on_submit()
    uploads.take(form)
    if "discard" in request.form:
        composing.discard(form, request.form["discard"])
        commit(db)
        return _page(form)
    if request.form.get("do") == "attach":
        nothing_changed()
        return _page(form, 422 if form.images.errors else 200)
    if not is_sound or form.images.errors or composing.lacks_words(form):
        return _refused(form)
    post_id = _send(form)
    if post_id is None:
        return _refused(form)
    commit(db)
    return _sent(form, post_id)


@bp.get("/posts/<id:post_id>/delete")
@policy(Access.MEMBER, cache=Cache.NEVER)
def confirm_delete(post_id: int) -> ResponseReturnValue:
    card = post_card(timelines.one(member(), post_id), member())
    if not card.can_delete:
        raise NotAllowed
    return render_template("main/delete_post.html", post=card)


@bp.post("/posts/<id:post_id>/delete")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def delete_post(post_id: int) -> ResponseReturnValue:
    posts.delete(member(), post_id)
    commit(db)
    flash(_("Your post is deleted."), "success")
    return safe_redirect(request.form.get("next"))


def _send(form: PostForm) -> int | None:
    """Publish the post and return its id, or say beside the field why not."""
    writing = composing.writing_of(form)
    if writing.form_key and not form.again.data and sending.is_repeated(member(), writing):
        form.again.data = "1"
        form.notice = _("You published the same just now. Send this once more to publish it again.")
        return None
    try:
        return sending.send(member(), writing)
    except NotFound:
        # The form says so itself, as it comes back.
        return None
    except FormUsed as problem:
        # What it says stands in the form that comes back, as another post.
        drafts.forget(member(), writing.form_key or "")
        commit(db)
        form.key.data = form_keys.make(member().id)
        form.again.data = "1"
        form.notice = reason(problem)
        return None
    except REFUSALS as problem:
        refuse(_field_of(form, problem), reason(problem))
        return None


def _field_of(form: PostForm, problem: Exception) -> Field:
    if isinstance(problem, WarningTooLong):
        return form.warning
    return form.images if isinstance(problem, PicturesGone) else form.body


def _sent(form: PostForm, post_id: int) -> ResponseReturnValue:
    """Show the post where it belongs: in the list of the page, or under what it replies to."""
    parent = composing.parent_of(form)
    if form.alone.data or not is_htmx():
        return _lead_to(post_id, parent)
    return render_template(
        "main/_posted.html",
        post=post_card(timelines.one(member(), post_id), member()),
        form=composing.reply_form(parent) if parent else composing.new_form(),
        reply_to=post_card(parent, member()) if parent else None,
        max_length=settings.MAX_POST_LENGTH,
    )


def _lead_to(post_id: int, parent: PostRow | None) -> ResponseReturnValue:
    if parent is not None:
        # The newest is the last, and in a long conversation not on the first page.
        is_long = parent.replies_count > settings.PAGE_SIZE
        page = f"?after={post_id - 1}" if is_long else ""
        return lead_to(f"/@{parent.username}/{parent.id}{page}#p{post_id}")
    return lead_to("/") if is_htmx() else back()


def _page(form: PostForm, status: int = 200, *, reminds: bool = False) -> ResponseReturnValue:
    """Show the form with all that it holds: on a page of its own, or to htmx, which has a place."""
    if not is_htmx():
        form.alone.data = "1"
    parent = composing.parent_of(form)
    composing.show_pictures(form)
    if reminds:
        composing.remind(form)
    page = render_template(
        "main/_composer.html" if is_htmx() else "main/compose.html",
        form=form,
        reply_to=post_card(parent, member()) if parent else None,
        max_length=settings.MAX_POST_LENGTH,
    )
    headers = {"HX-Retarget": "#compose", "HX-Reswap": "outerHTML"} if is_htmx() else {}
    return make_response(page, status, headers)


def _refused(form: PostForm) -> ResponseReturnValue:
    """Show the form again, with what is wrong with it, and what it might want besides."""
    nothing_changed()
    return _page(form, 422, reminds=composing.lacks_words(form))
