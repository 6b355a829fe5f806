"""What other sites are told about a page: search engines, and those that show what a link leads to.

Only of what everybody can see; and of a folded post no more than the line it is folded under.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import regex
from babel.core import get_global

from app.extensions import language_at_hand, settings
from app.models import Visibility
from app.services.visibility import OPEN
from app.web.people_cards import ProfileCard
from app.web.post_cards import PictureCard, PostCard

MAX_DESCRIPTION = 200
# Pictures that were uploaded; a drawn one is SVG, which hardly any site shows.
_UPLOADED = "/media/"
_CHARACTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the page; its size is 0 where it is not known.

    :ivar is_wide: whether it is what the page is about, rather than the portrait of somebody
    """

    url: str
    alt: str
    width: int = 0
    height: int = 0
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """A page, as other sites show it. Nothing in it is escaped.

    :ivar published_at: "" unless it is a post; so are the others that only posts have
    :ivar data: the post as schema.org describes it
    """

    url: str
    title: str
    description: str
    locale: str
    image: Image | None
    username: str
    is_listed: bool = True
    published_at: str = ""
    modified_at: str = ""
    oembed_url: str = ""
    data: Mapping[str, Any] | None = None


def about_post(post: PostCard) -> Shared | None:
    """Return what others are told about a post; None if not everybody can see it."""
    if post.visibility not in OPEN:
        return None
    url = absolute(post.path)
    return Shared(
        url=url,
        title=title_of(post.name, post.username),
        description=shorten(_words(post)),
        locale=_locale(post.language or language_at_hand()),
        image=_picture(post) or _portrait(post.avatar_url),
        username=post.username,
        is_listed=post.visibility == Visibility.PUBLIC,
        published_at=_iso(post.created_at),
        modified_at=_iso(post.edited_at) if post.edited_at else "",
        oembed_url=absolute(f"/oembed?url={quote(url, safe='')}&format=json"),
        data=_schema(post, url),
    )


def about_profile(profile: ProfileCard) -> Shared:
    return Shared(
        url=absolute(profile.path),
        title=title_of(profile.name, profile.username),
        description=shorten(" ".join(profile.bio.split())),
        locale=_locale(language_at_hand()),
        image=_portrait(profile.avatar_url),
        username=profile.username,
    )


def absolute(path: str) -> str:
    return f"{settings.base_url}{path}"


def title_of(name: str, username: str) -> str:
    return f"{name} (@{username})"


def shorten(text: str, length: int = MAX_DESCRIPTION) -> str:
    """Return a text of at most so many characters, as a reader counts them."""
    characters = [found[0] for found in islice(_CHARACTER.finditer(text), length + 1)]
    if len(characters) <= length:
        return text
    return "".join(characters[: length - 1]).rstrip() + "…"


def _words(post: PostCard) -> str:
    """Return what a post says; where it says nothing, what is to be seen in it."""
    shown = _shown_pictures(post)
    return post.title or (shown[0].alt if shown else "")


def _shown_pictures(post: PostCard) -> list[PictureCard]:
    """Return the pictures that are not folded away."""
    return [] if post.warning or post.sensitive else [*post.pictures]


def _picture(post: PostCard) -> Image | None:
    return next(
        (
            Image(absolute(shown.large_url), shown.alt, shown.width, shown.height, is_wide=True)
            for shown in _shown_pictures(post)
        ),
        None,
    )


def _portrait(avatar_url: str) -> Image | None:
    return Image(absolute(avatar_url), "") if avatar_url.startswith(_UPLOADED) else None


def _locale(language: str) -> str:
    """Return a language with the country where most speak it, as `ko_KR`; "" if unknown."""
    likely: str = get_global("likely_subtags").get(language.replace("-", "_"), "")
    first, _, rest = likely.partition("_")
    last = rest.rpartition("_")[2]
    # Of a language of nowhere in particular it is the number of the world.
    return f"{first}_{last}" if last.isupper() else ""


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _schema(post: PostCard, url: str) -> dict[str, Any]:
    """Return a post as https://schema.org/SocialMediaPosting."""
    portrait = _portrait(post.avatar_url)
    author = {
        "@type": "Person",
        "name": post.name,
        "alternateName": f"@{post.username}",
        "url": absolute(post.author_path),
        "image": portrait.url if portrait else None,
    }
    posting = {
        "@context": "https://schema.org",
        "@type": "SocialMediaPosting",
        "url": url,
        "author": _given(author),
        "datePublished": _iso(post.created_at),
        "dateModified": _iso(post.edited_at) if post.edited_at else None,
        "inLanguage": post.language,
        "text": post.title,
        "image": [absolute(shown.large_url) for shown in _shown_pictures(post)],
        "interactionStatistic": [
            _counter("LikeAction", post.likes_count),
            _counter("ShareAction", post.reposts_count),
            _counter("CommentAction", post.replies_count),
        ],
    }
    return _given(posting)


def _counter(action: str, count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{action}",
        "userInteractionCount": count,
    }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is known."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
