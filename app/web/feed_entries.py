"""An entry of a feed: a post, or the repost of one.

Programs are told what `sharing` tells other sites: of a post with a content warning the warning,
and where to read it; of pictures that are folded away nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import settings
from app.models.ids import EPOCH, time_of
from app.services import avatars, rendering
from app.services.pictures import PictureRow
from app.services.timelines import PostRow
from app.web.sharing import absolute, shorten, title_of

MAX_TITLE = 80
# Mentions and hashtags, exactly as `rendering` writes them.
_OWN_LINK = re.compile(r'(<a class="(?:mention|hashtag)" href=")(?=/)')
_PICTURE = Markup('<p><img src="{}" width="{}" height="{}" alt="{}"></p>')
_LINK = Markup('<p><a href="{}">{}</a></p>')


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    url: str
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A post, or the repost of one; then the author is who wrote it, and the moment the repost's.

    :ivar title: is never empty
    :ivar has_title: whether the title says something that the content does not
    :ivar warning: the content warning, in place of the content
    """

    uri: str
    url: str
    title: str
    has_title: bool
    warning: str
    html: str
    language: str | None
    author: Author
    published_at: datetime
    updated_at: datetime
    tags: Sequence[str]
    enclosures: Sequence[Enclosure]


def entry(row: PostRow, uri: str, tags: Sequence[str]) -> Entry:
    author_path = f"/@{row.username}"
    url = absolute(f"{author_path}/{row.id}")
    name = row.display_name or row.username
    shown = [] if row.spoiler_text or row.sensitive else row.pictures
    is_repost = row.reposter_username is not None
    return Entry(
        uri=uri,
        url=url,
        title=_title(row),
        has_title=bool(row.spoiler_text) or is_repost,
        warning=row.spoiler_text,
        html=_html(row, url, shown),
        language=row.language,
        author=Author(
            name, absolute(author_path), absolute(avatars.path(row.author_id, row.avatar_key))
        ),
        published_at=_published_at(row),
        updated_at=updated_at_of(row),
        # They are words of the text, too.
        tags=() if row.spoiler_text else tags,
        enclosures=[Enclosure(_address(picture), picture.alt) for picture in shown],
    )


def _title(row: PostRow) -> str:
    if row.spoiler_text:
        return row.spoiler_text
    if row.reposter_username:
        return _("Reposted from @%(name)s", name=row.username)
    words = rendering.plain_text(row.html)
    return shorten(words, MAX_TITLE) or title_of(row.display_name or row.username, row.username)


def _html(row: PostRow, url: str, shown: Sequence[PictureRow]) -> str:
    """Return the content, its links absolute."""
    if row.spoiler_text:
        return _LINK.format(url, _("Read the post"))
    parts = [_OWN_LINK.sub(rf"\g<1>{settings.base_url}", row.html)]
    if row.reposter_username:
        source = _("Reposted from @%(name)s", name=row.username)
        parts.insert(0, _LINK.format(absolute(f"/@{row.username}"), source))
    parts += [
        _PICTURE.format(_address(picture), picture.width, picture.height, picture.alt)
        for picture in shown
    ]
    if row.pictures and not shown:
        parts.append(_LINK.format(url, _("See the pictures")))
    return "".join(parts)


def _address(picture: PictureRow) -> str:
    return absolute(f"/media/{picture.key}/large.webp")


def _published_at(row: PostRow) -> datetime:
    return row.created_at if row.key == row.id else time_of(row.key)


def updated_at_of(row: PostRow) -> datetime:
    return max(row.edited_at or EPOCH, _published_at(row))
