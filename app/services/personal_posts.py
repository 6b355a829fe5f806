"""What a member wrote, to be taken along: posts with their former versions, pictures, drafts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import (
    Draft,
    Mention,
    Picture,
    Pin,
    Post,
    PostEdit,
    PostTag,
    Tag,
    User,
    Visibility,
)
from app.services import batches, pictures
from app.services.pagination import Rows, below
from app.services.personal_data import iso, with_whole_links
from app.services.pictures import PictureRow
from app.services.users import is_active
from app.services.visibility import is_no_repost, visible_to

_Parent = aliased(Post, name="parent")
_ParentAuthor = aliased(User, name="parent_author")


class VersionRecord(NamedTuple):
    """What a post said before; `alts` describe its pictures."""

    post_id: int
    version: int
    written_at: datetime
    text: str
    html: str
    spoiler_text: str
    language: str | None
    alts: Sequence[str]


class PostRecord(NamedTuple):
    """A post, with all that belongs to it.

    :ivar reply_to: the user name of whom it replies to, if the author may see that post
    :ivar pinned: where it stands at the top of the profile, from 1
    """

    id: int
    uri: str
    created_at: datetime
    edited_at: datetime | None
    visibility: Visibility
    language: str | None
    spoiler_text: str
    sensitive: bool
    text: str
    html: str
    in_reply_to_id: int | None
    reply_to: str | None
    pinned: int | None
    likes: int
    reposts: int
    replies: int
    mentions: Sequence[str] = ()
    tags: Sequence[str] = ()
    pictures: Sequence[PictureRow] = ()


def posts(user: User, before: int) -> Iterator[list[PostRecord]]:
    """Yield all posts of a member below an id, whoever may see them, the newest first."""
    query: Rows = (
        select(
            Post.id,
            Post.uri,
            Post.created_at,
            Post.edited_at,
            Post.visibility,
            Post.language,
            Post.spoiler_text,
            Post.sensitive,
            Post.text,
            Post.html,
            Post.in_reply_to_id,
            _ParentAuthor.username,
            Pin.position,
            Post.likes_count,
            Post.reposts_count,
            Post.replies_count,
        )
        .select_from(Post)
        .outerjoin(_Parent, and_(_Parent.id == Post.in_reply_to_id, visible_to(user, _Parent)))
        .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
        .outerjoin(Pin, Pin.post_id == Post.id)
        .where(Post.author_id == user.id, is_no_repost(), visible_to(user))
        .where(below(Post.id, before))
    )
    return map(_with_belongings, batches.of(query, PostRecord, Post.id))


def versions(user: User) -> Iterator[list[VersionRecord]]:
    """Yield what the posts of a member said before: the newest post first, its latest first."""
    query: Rows = (
        select(
            Post.id,
            PostEdit.version,
            PostEdit.created_at,
            PostEdit.text,
            PostEdit.html,
            PostEdit.spoiler_text,
            PostEdit.language,
            PostEdit.alts,
        )
        .join(PostEdit, PostEdit.post_id == Post.id)
        .where(Post.author_id == user.id, Post.edits_count > 0, visible_to(user))
    )
    return batches.of(query, VersionRecord, Post.id, PostEdit.version)


def pictures_of(user: User) -> Iterator[list[PictureRow]]:
    """Yield all pictures of a member, also those that wait for a post, the newest first."""
    query: Rows = select(*(getattr(Picture, name) for name in PictureRow._fields)).where(
        Picture.owner_id == user.id
    )
    return batches.of(query, PictureRow, Picture.id)


def drafts(user: User) -> list[dict[str, Any]]:
    """Return what the member wrote and has not published yet, as JSON holds it; they are few."""
    query = select(Draft.created_at, Draft.fields).where(Draft.user_id == user.id)
    rows = db.session.execute(query.order_by(Draft.id.desc()))
    return [{"written_at": iso(row.created_at), "fields": row.fields} for row in rows]


def post_json(post: PostRecord) -> dict[str, Any]:
    """Return a post as JSON holds it: ids as text, which no reader rounds."""
    return {
        "id": str(post.id),
        "uri": post.uri,
        "created_at": iso(post.created_at),
        "edited_at": iso(post.edited_at),
        "visibility": post.visibility.value,
        "language": post.language,
        "warning": post.spoiler_text,
        "sensitive": post.sensitive,
        "text": post.text,
        "html": with_whole_links(post.html),
        "in_reply_to_id": str(post.in_reply_to_id) if post.in_reply_to_id else None,
        "in_reply_to_user_name": post.reply_to,
        "pinned": post.pinned,
        "likes": post.likes,
        "reposts": post.reposts,
        "replies": post.replies,
        "mentions": post.mentions,
        "tags": post.tags,
        "pictures": [{"file": file_of(each), "alt": each.alt} for each in post.pictures],
    }


def version_json(version: VersionRecord) -> dict[str, Any]:
    return {
        "post_id": str(version.post_id),
        "version": version.version,
        "written_at": iso(version.written_at),
        "warning": version.spoiler_text,
        "language": version.language,
        "text": version.text,
        "html": with_whole_links(version.html),
        "alts": version.alts,
    }


def picture_json(picture: PictureRow) -> dict[str, Any]:
    return {
        "file": file_of(picture),
        "post_id": str(picture.post_id) if picture.post_id else None,
        "alt": picture.alt,
        "width": picture.width,
        "height": picture.height,
    }


def file_of(picture: PictureRow) -> str:
    """Return where a picture lies in an export."""
    if picture.post_id is None:
        return f"media/waiting-{picture.id}.webp"
    return f"media/{picture.post_id}-{picture.position + 1}.webp"


def _with_belongings(records: Sequence[PostRecord]) -> list[PostRecord]:
    ids = [record.id for record in records]
    named, tagged = _mentions(ids), _tags(ids)
    shown = pictures.of_posts(ids)
    return [
        record._replace(
            mentions=named[record.id],
            tags=tagged[record.id],
            pictures=shown.get(record.id, ()),
        )
        for record in records
    ]


def _mentions(post_ids: Sequence[int]) -> Mapping[int, list[str]]:
    query: Rows = (
        select(Mention.post_id, User.username)
        .join(User, User.id == Mention.user_id)
        .where(Mention.post_id.in_(post_ids), is_active())
        .order_by(User.username)
    )
    return _grouped(query)


def _tags(post_ids: Sequence[int]) -> Mapping[int, list[str]]:
    query: Rows = (
        select(PostTag.post_id, Tag.name)
        .join(Tag, Tag.id == PostTag.tag_id)
        .where(PostTag.post_id.in_(post_ids))
        .order_by(Tag.name)
    )
    return _grouped(query)


def _grouped(query: Rows) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for key, name in db.session.execute(query):
        found[key].append(name)
    return found
