"""What templates show of lists: pages of posts, people, hashtags, pictures, versions.

What a post is to a template stands in `post_cards`, what a person is, in `people_cards`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from app.services.pagination import Page
from app.services.timelines import GalleryRow
from app.services.users import PersonRow
from app.web.people_cards import PersonCard, person_card
from app.web.viewer import viewer


class TagCard(NamedTuple):
    """A hashtag, and how many posts of the day carry it; 0 for not so many."""

    name: str
    path: str
    posts_count: int


class FeedPost(NamedTuple):
    """A post in a list, ready to be shown.

    :ivar key: of its entry in the list, which is that of a repost if one brought it
    """

    key: int
    id: int
    html: Markup


@dataclass(frozen=True, slots=True)
class GalleryCard:
    """A picture in the gallery of a profile; one that is folded shows only when its post opens."""

    path: str
    url: str
    width: int
    height: int
    placeholder: str
    alt: str
    is_folded: bool


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version of a post.

    :ivar number: from 0, which is the post as it was published
    :ivar alts: what each of its pictures is described with; "" for one that is not
    """

    number: int
    html: Markup
    warning: str
    language: str | None
    alts: Sequence[str]
    written_at: datetime


@dataclass(frozen=True, slots=True)
class PageCard:
    """A page of a list, with the addresses of the next older one and of the newest."""

    items: list[FeedPost] | list[TagCard] | list[PersonCard] | list[GalleryCard] | list[VersionCard]
    older: int | None
    is_first: bool
    newest_url: str

    @property
    def older_url(self) -> str:
        separator = "&" if "?" in self.newest_url else "?"
        return f"{self.newest_url}{separator}before={self.older}"


def people_page(page: Page[PersonRow], path: str) -> PageCard:
    actor = viewer()
    cards = [person_card(row, actor) for row in page.items]
    return PageCard(cards, page.older, page.is_first, path)


def gallery_page(page: Page[GalleryRow], username: str, path: str) -> PageCard:
    cards = [
        GalleryCard(
            path=f"/@{username}/{row.post_id}",
            url=f"/media/{row.key}/small.webp",
            width=row.small_width,
            height=row.small_height,
            placeholder=row.placeholder,
            alt=row.alt,
            is_folded=bool(row.is_folded),
        )
        for row in page.items
    ]
    return PageCard(cards, page.older, page.is_first, path)
