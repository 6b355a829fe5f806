"""Writing, reading and deleting one post."""

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.database import commit
from app.extensions import db, settings
from app.main import bp
from app.main.forms import PostForm
from app.main.timelines import suggestions
from app.models import Post
from app.services import posts, timelines, users
from app.services.errors import NotAllowed, NotConfirmed, TextMissing, TextTooLong
from app.services.text import InvalidText
from app.web import limits
from app.web.cards import person_card, post_card
from app.web.forms import refuse
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, is_htmx
from app.web.viewer import member, nothing_changed, viewer


@bp.post("/posts")
@policy(Access.MEMBER, limits.WRITE, cache=Cache.NEVER)
def create_post() -> ResponseReturnValue:
    form = PostForm()
    post = _publish(form) if form.validate_on_submit() else None
    if post is None:
        return _refused(form)
    commit(db)
    if not is_htmx():
        return back()
    card = post_card(timelines.one(member(), post.id), member())
    fresh = PostForm(formdata=None)
    return render_template(
        "main/_posted.html", post=card, form=fresh, max_length=settings.MAX_POST_LENGTH
    )


@bp.get("/@<username>/<id:post_id>")
@policy(Access.ANYBODY)
def post(username: str, post_id: int) -> ResponseReturnValue:
    reader = viewer()
    row = timelines.one(reader, post_id)
    if row.username.lower() != username.lower():
        # Perhaps the author was called so once.
        raise users.not_found(username)
    card = post_card(row, reader)
    if row.username != username:
        return redirect(card.path, code=301)
    return render_template(
        "main/post.html",
        post=card,
        author=person_card(users.person(reader, row.author_id), reader),
        suggestions=suggestions(besides=row.author_id),
    )


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
    return redirect("/", code=303)


def _publish(form: PostForm) -> Post | None:
    """Write the post, or say beside the field why not."""
    try:
        return posts.publish(member(), form.body.data)
    except NotConfirmed:
        refuse(form.body, _("Confirm your e-mail address first. Your text stays here meanwhile."))
    except TextMissing:
        refuse(form.body, _("Write something first."))
    except TextTooLong as error:
        refuse(form.body, _too_long_message(error))
    except InvalidText:
        refuse(form.body, _("The text holds characters that cannot be shown."))
    return None


def _too_long_message(error: TextTooLong) -> str:
    return ngettext(
        "%(num)s character too many; a post has at most %(limit)s.",
        "%(num)s characters too many; a post has at most %(limit)s.",
        max(1, error.length - error.limit),
        limit=error.limit,
    )


def _refused(form: PostForm) -> ResponseReturnValue:
    """Show the composer again, with the text as it was and what is wrong with it."""
    nothing_changed()
    template = "main/_composer.html" if is_htmx() else "main/compose.html"
    page = render_template(template, form=form, max_length=settings.MAX_POST_LENGTH)
    headers = {"HX-Retarget": "#compose", "HX-Reswap": "outerHTML"} if is_htmx() else {}
    return make_response(page, 422, headers)
