"""A letter: what any mail of ours is made of, and how it becomes text and HTML."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import regex
from babel import Locale
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.extensions import settings

LINE_LENGTH = 72
# Line ends and other controls, halves of characters, and marks that turn the direction of the text.
_UNFIT = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]")


@dataclass(frozen=True, slots=True)
class Action:
    """What the reader is asked to do: a button, and its address for who cannot press it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in the reader's language.

    :ivar reason: to which address it was sent, and why
    :ivar notes: in small letters below the button
    """

    subject: str
    heading: str
    paragraphs: Sequence[Markup]
    reason: Markup
    action: Action | None = None
    notes: Sequence[Markup] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter as it goes out."""

    subject: str
    text: str
    html: str


def render(letter: Letter, name: str = "") -> Rendered:
    """Return a letter as text and HTML, in the language at hand.

    :param name: of the reader, for the greeting
    """
    locale = get_locale() or Locale.parse(settings.DEFAULT_LOCALE)
    context = {
        "letter": letter,
        "greeting": _greeting(name),
        "site_name": settings.SITE_NAME,
        "language": str(locale).replace("_", "-"),
        "direction": locale.text_direction,
        "plain": plain,
    }
    # Not render_template: what pages have in their context would ask who is looking.
    text, html = (
        current_app.jinja_env.get_template(f"emails/letter.{kind}").render(context)
        for kind in ("txt", "html")
    )
    return Rendered(one_line(letter.subject), text, html)


def _greeting(name: str) -> Markup:
    if not name:
        return escape(_("Hello,"))
    return filled(_("Hello %(name)s,"), name=isolated(name))


def filled(sentence: str, **values: object) -> Markup:
    """Return a translated sentence with values in its placeholders; what is no Markup, escaped."""
    return escape(sentence) % values


def isolated(value: str) -> Markup:
    """Return what somebody typed so that it turns the direction of nothing around it."""
    return Markup("<bdi>{}</bdi>").format(one_line(value))


def strong(value: str) -> Markup:
    return Markup("<b>{}</b>").format(isolated(value))


def joined(*sentences: Markup) -> Markup:
    return Markup(" ").join(sentences)


def plain(words: Markup) -> str:
    """Return a paragraph without its tags, in lines that every program shows whole."""
    return textwrap.fill(
        words.striptags(), LINE_LENGTH, break_long_words=False, break_on_hyphens=False
    )


def one_line(value: str) -> str:
    """Return what somebody typed as one line that changes nothing around it."""
    return " ".join(_UNFIT.sub(" ", value).split())
