"""The ZIP of an export: JSON for programs, and pages that a browser opens offline."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from flask_babel import force_locale

from app.jobs import archive_pages
from app.jobs.archive_pages import Batches, Entry, Reader, Talk
from app.models import User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import (
    avatars,
    media_files,
    personal_blocks,
    personal_data,
    personal_messages,
    personal_notifications,
    personal_posts,
    personal_reactions,
)
from app.services.errors import NotFound
from app.services.media_files import Size
from app.services.personal_data import AVATAR_FILE, HEADER_FILE
from app.services.personal_posts import PostRecord

# Called with what is being written and how many posts that took so far.
Report = Callable[[str, int], None]
Records = Iterator[Mapping[str, Any]]


def write(file: BinaryIO, user: User, report: Report) -> None:
    """Write all that a member wrote and did, batch by batch.

    :raises OSError: if the file cannot be written
    """
    # What is written meanwhile is in neither pass over the posts and the messages.
    before = new_id()
    reader = Reader.of(user)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, force_locale(reader.locale):
        _write_records(archive, user, before)
        _write_posts(archive, _noting(personal_posts.posts(user, before), "posts", report))
        batches = _noting(personal_posts.posts(user, before), "pages", report)
        contents = list(archive_pages.write_posts(archive, user, batches, reader))
        talks = list(archive_pages.write_conversations(archive, user, before, reader))
        _write_index(archive, user, contents, talks, reader)
        _write_media(archive, user)


def _write_records(archive: ZipFile, user: User, before: int) -> None:
    for name, found in (
        ("account", personal_data.account(user)),
        ("sessions", personal_data.signed_in(user)),
        ("mails", personal_data.mails(user)),
        ("followed_tags", personal_data.followed_tags(user)),
        ("drafts", personal_posts.drafts(user)),
    ):
        archive.writestr(f"data/{name}.json", _json(found, indent=2))
    for name, records in chain(_people(user), _done(user), _talk(user, before)):
        _write_list(archive, f"data/{name}.json", records)


def _people(user: User) -> Iterator[tuple[str, Records]]:
    for name, people in (
        ("following", personal_data.following(user)),
        ("followers", personal_data.followers(user)),
        ("requests_sent", personal_data.requests_sent(user)),
        ("requests_received", personal_data.requests_received(user)),
        ("blocks", personal_blocks.blocks(user)),
    ):
        yield name, map(personal_data.person_json, chain.from_iterable(people))
    mutes = chain.from_iterable(personal_blocks.mutes(user))
    yield "mutes", map(personal_blocks.mute_json, mutes)
    muted = chain.from_iterable(personal_blocks.thread_mutes(user))
    yield "muted_conversations", map(personal_blocks.conversation_mute_json, muted)


def _done(user: User) -> Iterator[tuple[str, Records]]:
    for name, reactions in (
        ("likes", personal_reactions.likes(user)),
        ("bookmarks", personal_reactions.bookmarks(user)),
        ("reposts", personal_reactions.reposts(user)),
    ):
        yield name, map(personal_reactions.reaction_json, chain.from_iterable(reactions))
    former = chain.from_iterable(personal_posts.versions(user))
    yield "former_versions", map(personal_posts.version_json, former)
    shown = chain.from_iterable(personal_posts.pictures_of(user))
    yield "pictures", map(personal_posts.picture_json, shown)


def _talk(user: User, before: int) -> Iterator[tuple[str, Records]]:
    told = chain.from_iterable(personal_notifications.notifications(user))
    yield "notifications", map(personal_notifications.notification_json, told)
    conversations = chain.from_iterable(personal_messages.conversations(user, before))
    yield "conversations", map(personal_messages.conversation_json, conversations)
    messages = chain.from_iterable(
        chain.from_iterable(personal_messages.messages(user, conversation, before))
        for conversation in chain.from_iterable(personal_messages.conversations(user, before))
    )
    yield "messages", map(personal_messages.message_json, messages)


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


def _write_index(
    archive: ZipFile,
    user: User,
    contents: Sequence[Entry],
    talks: Sequence[Talk],
    reader: Reader,
) -> None:
    avatar = AVATAR_FILE if user.avatar_key else "avatar.svg"
    index = archive_pages.render(
        "index.html",
        reader,
        user=user,
        avatar=avatar,
        contents=contents,
        talks=talks,
        made_at=utc_now(),
    )
    archive.writestr("index.html", index)
    archive.writestr("style.css", archive_pages.render("style.css", reader))
    if not user.avatar_key:
        archive.writestr("avatar.svg", avatars.draw(avatars.seed(user.id)))


def _noting(batches: Batches, what: str, report: Report) -> Iterator[Sequence[PostRecord]]:
    """Pass batches on and tell how far they got."""
    done = 0
    for batch in batches:
        report(what, done)
        yield batch
        done += len(batch)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
