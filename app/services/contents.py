"""What a post says: checked, rendered, and linked to the people and hashtags it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlalchemy import insert as insert_rows

from app.extensions import db, settings
from app.models import Mention, PostTag
from app.services import languages, mentions, rendering, tags
from app.services import text as texts
from app.services.errors import TextMissing, TextTooLong, WarningTooLong
from app.services.rendering import Rendered

MAX_WARNING = 120
# Of the column.
MAX_WARNING_CODE_POINTS = 255


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody typed and chose.

    :ivar warning: the line that the post is to be folded under; "" for none
    :ivar sensitive: whether its pictures are to be shown only when asked for
    :ivar language: a code of `languages.CODES`; None to have it detected
    :ivar pictures: the ids of uploaded pictures in their order, with what is on them
    """

    text: str
    warning: str = ""
    sensitive: bool = False
    language: str | None = None
    pictures: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A content that may be published.

    :ivar columns: of `posts`
    """

    columns: dict[str, Any]
    rendered: Rendered


class MentionChange(NamedTuple):
    """The ids of the people whom a post named before it was edited, and whom it names now."""

    before: set[int]
    now: set[int]


def write(content: Content) -> Written:
    """Check a content and render it.

    :raises text.InvalidText: if text or warning hold control characters or the like
    :raises TextMissing: if there is neither anything to read nor a picture
    :raises TextTooLong: if it has more than MAX_POST_LENGTH characters
    :raises WarningTooLong: if the warning has more than MAX_WARNING characters
    """
    source = _checked(content)
    warning = _checked_warning(content.warning)
    rendered = rendering.render(source, mentions.resolve)
    columns = {
        "text": source,
        "html": rendered.html,
        "renderer_version": rendering.RENDERER_VERSION,
        "spoiler_text": warning,
        "sensitive": content.sensitive and bool(content.pictures),
        "language": _language(content, source),
    }
    return Written(columns, rendered)


def link(post_id: int, rendered: Rendered) -> Sequence[int]:
    """Note whom and what a post names; return the ids of the people."""
    named = _link_mentions(post_id, rendered.mentions)
    _link_tags(post_id, rendered.tags)
    return named


def relink(post_id: int, rendered: Rendered) -> MentionChange:
    """Note whom and what a post names now, and forget the rest."""
    before = _unlink_mentions([post_id])
    former = _unlink_tags([post_id])
    now = link(post_id, rendered)
    tags.give_up(former)
    return MentionChange(before, set(now))


def unlink(post_ids: Sequence[int]) -> None:
    """Forget whom and what posts name; hashtags that nobody else uses go with them."""
    _unlink_mentions(post_ids)
    tags.give_up(_unlink_tags(post_ids))


def _unlink_mentions(post_ids: Sequence[int]) -> set[int]:
    """Return the ids of the people whom the posts named."""
    links = delete(Mention).where(Mention.post_id.in_(post_ids)).returning(Mention.user_id)
    removed = db.session.execute(links.execution_options(synchronize_session=False))
    return set(removed.scalars())


def _unlink_tags(post_ids: Sequence[int]) -> set[int]:
    """Return the ids of the hashtags that the posts carried."""
    links = delete(PostTag).where(PostTag.post_id.in_(post_ids)).returning(PostTag.tag_id)
    removed = db.session.execute(links.execution_options(synchronize_session=False))
    return set(removed.scalars())


def _checked(content: Content) -> str:
    limit = settings.MAX_POST_LENGTH
    source = texts.clean_text(content.text, multiline=True)
    if not source and not content.pictures:
        raise TextMissing
    if not texts.is_bounded(source, limit):
        raise TextTooLong(texts.length(source), limit)
    return source


def _checked_warning(given: str) -> str:
    warning = texts.clean_text(given, multiline=False)
    if not texts.is_bounded(warning, MAX_WARNING) or len(warning) > MAX_WARNING_CODE_POINTS:
        raise WarningTooLong(texts.length(warning), MAX_WARNING)
    return warning


def _language(content: Content, source: str) -> str | None:
    if content.language and languages.is_known(content.language):
        return content.language
    return languages.detect(source)


def _link_mentions(post_id: int, usernames: Sequence[str]) -> Sequence[int]:
    user_ids = mentions.ids(usernames)
    if user_ids:
        rows = [{"post_id": post_id, "user_id": user_id} for user_id in user_ids]
        db.session.execute(insert_rows(Mention), rows)
    return user_ids


def _link_tags(post_id: int, names: Sequence[str]) -> None:
    if not names:
        return
    rows = [{"tag_id": tag_id, "post_id": post_id} for tag_id in tags.take_up(names)]
    db.session.execute(insert_rows(PostTag), rows)
