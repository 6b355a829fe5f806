"""Showing a post in the language of its reader."""

from dataclasses import dataclass

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.database import commit
from app.extensions import db, language_at_hand
from app.main import bp
from app.services import languages, timelines, translations
from app.services.errors import NotAllowed, TranslationFailed
from app.services.translations import Translatable, TranslationRow
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.post_cards import post_card
from app.web.redirects import is_htmx
from app.web.viewer import member
from app.web.writing import before_writing_as_member


@dataclass(frozen=True, slots=True)
class Offer:
    """What `translation_form` shows."""

    id: int
    language_name: str


@dataclass(frozen=True, slots=True)
class TranslationCard:
    """What `_translation.html` shows; `language_name` is that of the original."""

    post_id: int
    html: Markup
    warning: str
    language: str
    language_name: str
    provider: str


@bp.post("/posts/<id:post_id>/translate")
@policy(Access.MEMBER, limits.TRANSLATE, cache=Cache.NEVER)
def translate(post_id: int) -> ResponseReturnValue:
    post = translations.find(member(), post_id, language_at_hand())
    try:
        translation = post.kept or _new(post)
    except TranslationFailed as failed:
        return _refused(post, _message(failed))
    commit(db)
    if not is_htmx():
        return redirect(f"/posts/{post_id}/translation", code=303)
    return render_template("main/_translation.html", translation=_card(post, translation))


@bp.get("/posts/<id:post_id>/translation")
@policy(Access.MEMBER)
def translation(post_id: int) -> ResponseReturnValue:
    card = post_card(timelines.one(member(), post_id), member())
    try:
        post = translations.find(member(), post_id, language_at_hand())
    except NotAllowed:
        # The reader has chosen the language of the post meanwhile.
        return redirect(card.path)
    return render_template(
        "main/translation.html",
        post=card,
        offer=_offer(post),
        translation=_card(post, post.kept) if post.kept else None,
    )


def _new(post: Translatable) -> TranslationRow:
    with before_writing_as_member():
        translation = translations.ask(post)
    translations.keep(member(), post, translation)
    return translation


def _refused(post: Translatable, message: str) -> ResponseReturnValue:
    """Say what went wrong, and leave the button to try again."""
    if not is_htmx():
        flash(message, "danger")
        return redirect(f"/posts/{post.post_id}/translation", code=303)
    page = render_template("main/_not_translated.html", post=_offer(post), problem=message)
    # Of all that is no success, htmx shows this.
    return page, 422


def _offer(post: Translatable) -> Offer:
    return Offer(post.post_id, languages.name_in_text(post.source, language_at_hand()))


def _card(post: Translatable, translation: TranslationRow) -> TranslationCard:
    return TranslationCard(
        post_id=post.post_id,
        html=Markup(translation.html),  # noqa: S704 - sanitised like a post: see services.rendering
        warning=translation.spoiler_text,
        language=translation.language,
        language_name=languages.name_in_text(post.source, language_at_hand()),
        provider=translation.provider,
    )


def _message(failed: TranslationFailed) -> str:
    return {
        "unavailable": _("The translation service does not answer. Try again in a moment."),
        "timeout": _("The translation took too long. Try again in a moment."),
        "quota": _("This site has translated as much as it may for now. Try again later."),
        "unsupported": _("The translation service does not know this pair of languages."),
        "misconfigured": _(
            "Translation is not set up properly here. Those who run this site can mend it."
        ),
    }[failed.code]
