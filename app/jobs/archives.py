"""The ZIP of an export: JSON for programs, and pages that a browser opens offline."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from app.extensions import settings
from app.models import User, Visibility
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import avatars, media_files, personal_data, personal_posts, personal_reactions
from app.services.batches import BATCH
from app.services.errors import NotFound
from app.services.media_files import Size
from app.services.personal_data import AVATAR_FILE, HEADER_FILE
from app.services.personal_posts import PostRecord
from app.web import times
from app.web.i18n import LANGUAGES, time_zones

# Called with what is being written and how many posts that took so far.
Report = Callable[[str, int], None]
Batches = Iterable[Sequence[PostRecord]]


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom moments and words are written."""

    locale: str
    zone: str

    @classmethod
    def of(cls, user: User) -> "Reader":
        locale, zone = user.credential.locale, user.credential.time_zone
        return cls(
            locale if locale in LANGUAGES else settings.DEFAULT_LOCALE,
            zone if zone in time_zones() else settings.DEFAULT_TIME_ZONE,
        )

    def month_of(self, post: PostRecord) -> tuple[int, int]:
        local = post.created_at.astimezone(ZoneInfo(self.zone))
        return local.year, local.month


@dataclass(frozen=True, slots=True)
class PostsPage:
    """A page with posts of one month; a month of many posts has several."""

    name: str
    title: str
    number: int
    posts: Sequence[PostRecord]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the list of contents."""

    name: str
    title: str
    number: int
    count: int


def write(file: BinaryIO, user: User, report: Report) -> None:
    """Write all that a member wrote and did, batch by batch.

    :raises OSError: if the file cannot be written
    """
    # What is written meanwhile is in neither pass over the posts.
    before = new_id()
    reader = Reader.of(user)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, force_locale(reader.locale):
        _write_records(archive, user)
        _write_posts(archive, _noting(personal_posts.posts(user, before), "posts", report))
        batches = _noting(personal_posts.posts(user, before), "pages", report)
        contents = list(_write_pages(archive, user, batches, reader))
        _write_index(archive, user, contents, reader)
        _write_media(archive, user)


def _write_records(archive: ZipFile, user: User) -> None:
    archive.writestr("data/account.json", _json(personal_data.account(user), indent=2))
    archive.writestr("data/sessions.json", _json(personal_data.signed_in(user), indent=2))
    archive.writestr("data/mails.json", _json(personal_data.mails(user), indent=2))
    followed_tags = personal_data.followed_tags(user)
    archive.writestr("data/followed_tags.json", _json(followed_tags, indent=2))
    archive.writestr("data/drafts.json", _json(personal_posts.drafts(user), indent=2))
    for name, people in (
        ("following", personal_data.following(user)),
        ("followers", personal_data.followers(user)),
        ("requests_sent", personal_data.requests_sent(user)),
        ("requests_received", personal_data.requests_received(user)),
    ):
        records = map(personal_data.person_json, chain.from_iterable(people))
        _write_list(archive, f"data/{name}.json", records)
    for name, reactions in (
        ("likes", personal_reactions.likes(user)),
        ("bookmarks", personal_reactions.bookmarks(user)),
        ("reposts", personal_reactions.reposts(user)),
    ):
        found = map(personal_reactions.reaction_json, chain.from_iterable(reactions))
        _write_list(archive, f"data/{name}.json", found)
    former = map(personal_posts.version_json, chain.from_iterable(personal_posts.versions(user)))
    _write_list(archive, "data/former_versions.json", former)
    shown = map(personal_posts.picture_json, chain.from_iterable(personal_posts.pictures_of(user)))
    _write_list(archive, "data/pictures.json", shown)


def _write_media(archive: ZipFile, user: User) -> None:
    """Write the files of pictures, one by one."""
    for picture in chain.from_iterable(personal_posts.pictures_of(user)):
        _write_file(archive, personal_posts.file_of(picture), picture.key, "large")
    if user.avatar_key:
        _write_file(archive, AVATAR_FILE, user.avatar_key, "avatar")
    if user.header_key:
        _write_file(archive, HEADER_FILE, user.header_key, "header")


def _write_file(archive: ZipFile, name: str, key: str, size: Size) -> None:
    try:
        data = media_files.get(media_files.name_of(key, size))
    except NotFound:
        # Deleted since the list was read.
        return
    # It is as small as it gets.
    archive.writestr(name, data, ZIP_STORED)


def _write_posts(archive: ZipFile, batches: Batches) -> None:
    records = map(personal_posts.post_json, chain.from_iterable(batches))
    _write_list(archive, "data/posts.json", records)


def _write_list(archive: ZipFile, name: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON list, a record on each line."""
    with archive.open(name, "w", force_zip64=True) as file:
        start = "["
        for record in records:
            file.write(f"{start}\n{_json(record)}".encode())
            start = ","
        file.write(b"[]\n" if start == "[" else b"\n]\n")


def _write_pages(archive: ZipFile, user: User, batches: Batches, reader: Reader) -> Iterator[Entry]:
    """Write the pages with posts, each with links to its neighbours; yield their entries."""
    newer = None
    for page, older in _with_next(_pages(chain.from_iterable(batches), reader)):
        html = _render("posts.html", reader, user=user, page=page, newer=newer, older=older)
        archive.writestr(page.name, html)
        yield Entry(page.name, page.title, page.number, len(page.posts))
        newer = page


def _pages(posts: Iterable[PostRecord], reader: Reader) -> Iterator[PostsPage]:
    for (year, month), written in groupby(posts, key=reader.month_of):
        number = 1
        while some := list(islice(written, BATCH)):
            suffix = "" if number == 1 else f"-{number}"
            title = times.month(some[0].created_at, reader.locale, reader.zone)
            yield PostsPage(f"posts/{year}-{month:02}{suffix}.html", title, number, some)
            number += 1


def _with_next(pages: Iterator[PostsPage]) -> Iterator[tuple[PostsPage, PostsPage | None]]:
    page = next(pages, None)
    while page is not None:
        following = next(pages, None)
        yield page, following
        page = following


def _write_index(archive: ZipFile, user: User, contents: Sequence[Entry], reader: Reader) -> None:
    avatar = AVATAR_FILE if user.avatar_key else "avatar.svg"
    index = _render(
        "index.html", reader, user=user, avatar=avatar, contents=contents, made_at=utc_now()
    )
    archive.writestr("index.html", index)
    archive.writestr("style.css", _render("style.css", reader))
    if not user.avatar_key:
        archive.writestr("avatar.svg", avatars.draw(avatars.seed(user.id)))


def _render(name: str, reader: Reader, **values: Any) -> str:
    # Without what pages of the site get by themselves: that is about who is looking.
    template = current_app.jinja_env.get_template(f"exports/{name}")
    return template.render(
        site_name=settings.SITE_NAME,
        site_url=settings.base_url,
        locale=reader.locale,
        full=lambda moment: times.full(moment, reader.locale, reader.zone),
        month=lambda moment: times.month(moment, reader.locale, reader.zone),
        markup=_markup,
        file_of=personal_posts.file_of,
        public=Visibility.PUBLIC,
        **values,
    )


def _markup(html: str) -> Markup:
    # Rendered and sanitised once, when it was written: see services.rendering.
    return Markup(personal_data.with_whole_links(html))  # noqa: S704


def _noting(batches: Batches, what: str, report: Report) -> Iterator[Sequence[PostRecord]]:
    """Pass batches on and tell how far they got."""
    done = 0
    for batch in batches:
        report(what, done)
        yield batch
        done += len(batch)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
