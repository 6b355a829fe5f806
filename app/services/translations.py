"""Posts in the language of who reads them.

It takes three steps, since the middle one takes long and must not be within a transaction: `find`
the post, and perhaps a translation that is kept; `ask` for a new one; `keep` it.
"""

from typing import Any, NamedTuple

from sqlalchemy import and_, select

from app.database import insert
from app.extensions import db, settings
from app.models import Post, Translation, User, Visibility
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import mentions, rendering, translators
from app.services import text as texts
from app.services.errors import NotAllowed, NotFound, TranslationFailed
from app.services.visibility import visible_to

# What its author shared with chosen people only goes to no service.
TRANSLATABLE = frozenset({Visibility.PUBLIC, Visibility.UNLISTED, Visibility.MEMBERS})
# A translation may be longer than the post, but not any length.
GROWTH = 4


class TranslationRow(NamedTuple):
    """A post in another language.

    :ivar html: sanitised, as that of the post itself
    :ivar language: which it is in
    :ivar provider: the name of who translated it
    """

    html: str
    spoiler_text: str
    language: str
    provider: str


class Translatable(NamedTuple):
    """A version of a post, what is sent of it, and the translation of it that is kept, if any."""

    post_id: int
    version: int
    text: str
    spoiler_text: str
    source: str
    target: str
    kept: TranslationRow | None


def is_on() -> bool:
    """Say whether there is somebody to translate."""
    return settings.translation_server is not None


def wants(language: str | None, reader_language: str, visibility: Visibility) -> bool:
    """Say whether a reader is offered a translation of a post that is in a language."""
    return language not in {None, reader_language} and visibility in TRANSLATABLE and is_on()


def find(viewer: User, post_id: int, target: str) -> Translatable:
    """Return a post to be translated into a language.

    :raises NotFound: also if the viewer may not see it
    :raises NotAllowed: if it is not offered to be translated
    """
    is_of_target = and_(Translation.post_id == Post.id, Translation.language == target)
    found = db.session.execute(
        select(
            Post.id,
            Post.edits_count,
            Post.text,
            Post.spoiler_text,
            Post.language,
            Post.visibility,
            Translation.version,
            Translation.html,
            Translation.spoiler_text.label("kept_spoiler_text"),
            Translation.provider,
        )
        .outerjoin(Translation, is_of_target)
        .where(Post.id == post_id, visible_to(viewer))
    ).first()
    if found is None:
        raise NotFound
    if not wants(found.language, target, found.visibility):
        raise NotAllowed
    return Translatable(
        post_id=found.id,
        version=found.edits_count,
        text=found.text,
        spoiler_text=found.spoiler_text,
        source=found.language,
        target=target,
        kept=_kept(found, target),
    )


def ask(post: Translatable) -> TranslationRow:
    """Return a new translation; takes up to 5 seconds, and only reads from the database.

    Sent are the words of the post and of its warning, and nothing else.

    :raises TranslationFailed: if there is none to be had now
    """
    server = settings.translation_server
    if server is None:
        raise TranslationFailed("misconfigured")
    sent = [part for part in (post.text, post.spoiler_text) if part]
    received = iter(translators.translate(server, sent, post.source, post.target))
    text = _cleaned(next(received), multiline=True) if post.text else ""
    spoiler_text = _cleaned(next(received), multiline=False) if post.spoiler_text else ""
    return TranslationRow(
        html=rendering.render(text, mentions.resolve).html,
        spoiler_text=spoiler_text,
        language=post.target,
        provider=translators.name_of(server),
    )


def keep(viewer: User, post: Translatable, translation: TranslationRow) -> None:
    """Keep a translation for the next reader, unless the post has been changed meanwhile."""
    is_current = (
        select(Post.id)
        .where(Post.id == post.post_id, Post.edits_count == post.version, visible_to(viewer))
        # Held, so that none is kept of a post that is being deleted.
        .with_for_update(read=True, of=Post)
    )
    if db.session.scalar(is_current) is None:
        return
    values = {
        "version": post.version,
        "html": translation.html,
        "spoiler_text": translation.spoiler_text,
        "provider": translation.provider,
        "created_at": utc_now(),
    }
    row = {"id": new_id(), "post_id": post.post_id, "language": translation.language}
    db.session.execute(
        insert(db, Translation)
        .values(**row, **values)
        .on_conflict_do_update(index_elements=["post_id", "language"], set_=values)
    )


def _kept(found: Any, target: str) -> TranslationRow | None:
    if found.version != found.edits_count:
        return None
    return TranslationRow(found.html, found.kept_spoiler_text, target, found.provider)


def _cleaned(text: str, *, multiline: bool) -> str:
    """Return what a provider wrote, made fit to be shown like what a member wrote."""
    if not multiline:
        text = " ".join(text.split())
    try:
        text = texts.clean_text(text, multiline=multiline)
    except texts.InvalidText:
        raise TranslationFailed("unavailable") from None
    if not text or not texts.is_bounded(text, GROWTH * settings.MAX_POST_LENGTH):
        raise TranslationFailed("unavailable")
    return text
