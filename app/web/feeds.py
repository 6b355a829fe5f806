"""Feeds: lists of posts for programs. What they say is the same for everybody, whoever asks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from app.extensions import settings
from app.models.ids import EPOCH
from app.services import avatars, feeds, rendering
from app.services.pagination import Page
from app.services.profiles import ProfileRow
from app.services.timelines import PostRow
from app.web.feed_entries import Author, Entry, entry, updated_at_of
from app.web.sharing import absolute, title_of


@dataclass(frozen=True, slots=True)
class Source:
    """The list of posts that a feed is made of.

    :ivar id: stays the same when its address changes
    :ivar path: of the page that shows the same
    :ivar begun_at: when it changed last, if there is nothing in it
    """

    id: str
    path: str
    title: str
    description: str
    author: Author
    begun_at: datetime = EPOCH

    @property
    def page_url(self) -> str:
        return absolute(self.path)

    def url(self, kind: str, before: int | None = None) -> str:
        """Return the address of the feed, or of its part below a cursor."""
        part = f"?before={before}" if before else ""
        return f"{self.page_url}/feed.{kind}{part}"


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a source, newest first.

    :ivar before: the cursor of this page, and
    :ivar older: of the next; None for none
    """

    source: Source
    entries: Sequence[Entry]
    updated_at: datetime
    before: int | None
    older: int | None
    icon_url: str


def of_person(row: ProfileRow) -> Source:
    name = row.display_name or row.username
    path = f"/@{row.username}"
    return Source(
        id=absolute(f"/users/{row.id}/feed"),
        path=path,
        title=title_of(name, row.username),
        description=" ".join(row.bio.split()) or _("Posts by %(name)s", name=name),
        author=Author(name, absolute(path), absolute(avatars.path(row.id, row.avatar_key))),
        begun_at=row.created_at,
    )


def of_tag(name: str) -> Source:
    path = rendering.tag_path(name)
    description = _("Posts with #%(tag)s", tag=name)
    return Source(absolute(path), path, f"#{name} · {settings.SITE_NAME}", description, _the_site())


def of_everybody() -> Source:
    path = "/explore"
    return Source(absolute(path), path, settings.SITE_NAME, _("Posts by everyone"), _the_site())


def mark(source: Source, page: Page[PostRow], kind: str) -> str:
    """Return what is another one when the feed says something else (ETag)."""
    said = [_said(row) for row in page.items]
    about = (kind, source, settings.SITE_NAME, icon_url(), page.older, said)
    return hashlib.blake2b(repr(about).encode(), digest_size=12).hexdigest()


def updated_at(source: Source, page: Page[PostRow]) -> datetime:
    """Return when the newest thing on the page happened."""
    return max((updated_at_of(row) for row in page.items), default=source.begun_at)


def feed(source: Source, page: Page[PostRow], before: int | None) -> Feed:
    """Return what a feed says; two queries."""
    # What is pinned stands where it belongs: readers sort by time.
    rows = sorted(page.items, key=lambda row: row.key, reverse=True)
    uris = feeds.uris([row.key for row in rows])
    tags = feeds.tags([row.id for row in rows])
    # One that was deleted since the list was read has none.
    entries = [entry(row, uris[row.key], tags.get(row.id, ())) for row in rows if row.key in uris]
    return Feed(source, entries, updated_at(source, page), before, page.older, icon_url())


def icon_url() -> str:
    return absolute(current_app.extensions["assets"]["img/icon-192.png"])


def _said(row: PostRow) -> tuple[object, ...]:
    """Return what an entry is made of; counts are not."""
    return (
        row.key,
        row.id,
        row.username,
        row.display_name,
        row.avatar_key,
        row.edits_count,
        row.html,
        row.spoiler_text,
        row.sensitive,
        row.language,
        row.reposter_username,
        [(picture.key, picture.alt) for picture in row.pictures],
    )


def _the_site() -> Author:
    return Author(settings.SITE_NAME, settings.base_url)
