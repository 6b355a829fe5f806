"""Pictures of posts: uploaded one by one, chosen for a post, and gone with it.

A picture comes in two steps, since the first takes long and must hold up no other writer: `prepare`
checks it, makes it anew and stores its files; `add` makes it a row, in the member's transaction.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update

from app.database import is_one_of, read_rows
from app.extensions import db, settings
from app.models import Credential, Picture, Post, User
from app.models.base import utc_now
from app.services import images, jobs, media_files
from app.services import text as texts
from app.services.errors import ImageInvalid, NotFound, QuotaExceeded, TextTooLong
from app.services.pagination import Rows
from app.services.visibility import OPEN, visible_to

# How long a picture waits for its post: as long as `drafts.KEPT_FOR`, which may name it.
DRAFT_LIFE = timedelta(days=7)
# And a file for its row.
FILE_LIFE = timedelta(days=1)
BATCH = 500


class PictureRow(NamedTuple):
    """What a page shows of a picture."""

    id: int
    post_id: int | None
    position: int
    key: str
    width: int
    height: int
    small_width: int
    small_height: int
    placeholder: str
    alt: str


class Prepared(NamedTuple):
    """A picture whose files are stored, to become a row.

    :ivar size: of all its files, in bytes
    """

    key: str
    width: int
    height: int
    small_width: int
    small_height: int
    placeholder: str
    size: int


_COLUMNS = tuple(getattr(Picture, name) for name in PictureRow._fields)


def of_posts(post_ids: Collection[int]) -> Mapping[int, tuple[PictureRow, ...]]:
    """Return the pictures of these posts, which the viewer may see, in their order.

    Posts without pictures are not in it. One query; none for no posts.
    """
    found: dict[int, tuple[PictureRow, ...]] = {}
    if not post_ids:
        return found
    statement = _of_posts(db.engine.dialect.name)
    values = {"post_ids": list(post_ids)}
    rows = read_rows(db, statement, values)
    for post_id, group in groupby(rows, lambda row: row.post_id):
        found[post_id] = tuple(PictureRow(*row) for row in group)
    return found


# Made once: putting it together takes longer than running it.
@cache
def _of_posts(_dialect: str) -> Rows:
    wanted = is_one_of(db, Picture.post_id, "post_ids")
    return select(*_COLUMNS).where(wanted).order_by(Picture.post_id, Picture.position)


def is_open(viewer: User | None, key: str) -> bool:
    """Say of a picture that the viewer may see whether everybody may.

    :raises NotFound: if the viewer may not, or there is none
    """
    is_seen = and_(Picture.post_id == Post.id, visible_to(viewer))
    is_own_draft = and_(
        Picture.post_id.is_(None), Picture.owner_id == viewer.id if viewer else false()
    )
    query = (
        select(Post.visibility)
        .select_from(Picture)
        .outerjoin(Post, is_seen)
        .where(Picture.key == key, or_(Post.id.is_not(None), is_own_draft))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row.visibility in OPEN


def prepare(data: bytes | BinaryIO) -> Prepared:
    """Check a picture, make it anew in two sizes, and store them. Slow: not while writing.

    :param data: a file of up to MAX_PICTURE_MB, or what it holds
    :raises ImageInvalid: if it is no picture that we take
    :raises ImageBusy: if other pictures take too long
    :raises StorageUnavailable: if it cannot be stored
    """
    made = images.renditions(read(data))
    key = secrets.token_hex(16)
    media_files.put(media_files.name_of(key, "large"), made.large.data)
    media_files.put(media_files.name_of(key, "small"), made.small.data)
    return Prepared(
        key=key,
        width=made.large.width,
        height=made.large.height,
        small_width=made.small.width,
        small_height=made.small.height,
        placeholder=made.placeholder,
        size=len(made.large.data) + len(made.small.data),
    )


def read(data: bytes | BinaryIO) -> bytes:
    """Return the bytes of a picture, unless there are too many.

    :raises ImageInvalid: `bytes`
    """
    limit = settings.max_picture_bytes
    if not isinstance(data, bytes):
        # Where the database asks a request to run again, the file was read before.
        data.seek(0)
        data = data.read(limit + 1)
    if len(data) > limit:
        raise ImageInvalid("bytes")
    return data


def check_quota(owner: User) -> None:
    """Say no to somebody who has no room left, before a picture is made for them.

    :raises QuotaExceeded: if so
    """
    if _used(owner) >= settings.media_quota_bytes:
        raise QuotaExceeded(settings.media_quota_bytes)


def add(owner: User, prepared: Prepared, alt: str = "") -> Picture:
    """Make a prepared picture a draft of its owner's. Of what is refused, `forget` the files.

    :raises QuotaExceeded: if there is no room for it
    :raises TextTooLong: if the alt text has more than `Picture.MAX_ALT` characters
    :raises text.InvalidText: if it holds control characters or the like
    """
    alt = clean_alt(alt)
    # Held until the end of the transaction, so that two uploads cannot both take the last room.
    db.session.execute(
        select(Credential.user_id).where(Credential.user_id == owner.id).with_for_update()
    ).all()
    if _used(owner) + prepared.size > settings.media_quota_bytes:
        raise QuotaExceeded(settings.media_quota_bytes)
    picture = Picture(
        owner_id=owner.id,
        key=prepared.key,
        width=prepared.width,
        height=prepared.height,
        small_width=prepared.small_width,
        small_height=prepared.small_height,
        placeholder=prepared.placeholder,
        size=prepared.size,
        alt=alt,
    )
    db.session.add(picture)
    db.session.flush()
    return picture


def forget(keys: Collection[str]) -> None:
    """Have files removed that nobody has any more, as soon as this is committed."""
    if keys:
        jobs.enqueue("remove_media", priority=jobs.IDLE, keys=list(keys))


def clean_alt(alt: str) -> str:
    """Return an alt text as it is kept.

    :raises TextTooLong: if it has more than `Picture.MAX_ALT` characters
    :raises text.InvalidText: if it holds control characters or the like
    """
    alt = texts.clean_text(alt, multiline=True)
    if not texts.is_bounded(alt, Picture.MAX_ALT):
        raise TextTooLong(texts.length(alt), Picture.MAX_ALT)
    return alt


def drafts(owner: User, ids: Sequence[int]) -> list[PictureRow]:
    """Return those of the pictures that are the owner's and of no post yet, in the given order."""
    if not ids:
        return []
    query = select(*_COLUMNS).where(Picture.id.in_(ids), *_is_draft_of(owner))
    found = {row.id: PictureRow(*row) for row in db.session.execute(query)}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


def attach(owner: User, post_id: int, chosen: Sequence[tuple[int, str]]) -> int:
    """Make these the pictures of the owner's post, in this order; return how many it has now.

    What is neither a draft of the owner's nor of that post is passed over, and so is what would be
    too many. Those of the post that are not chosen any more are gone.

    :param chosen: ids of pictures, with their alt texts
    :raises TextTooLong, text.InvalidText: as `add`
    """
    is_theirs = (Picture.owner_id == owner.id, _is_free_for(post_id))
    wanted = {id_: clean_alt(alt) for id_, alt in chosen}
    query = select(Picture.id).where(Picture.id.in_(wanted), *is_theirs)
    found = set(db.session.scalars(query.order_by(Picture.id).with_for_update()))
    kept = [id_ for id_ in wanted if id_ in found][: Picture.MAX_PER_POST]
    _delete(Picture.post_id == post_id, Picture.id.not_in(kept))
    for position, id_ in enumerate(kept):
        values = {"post_id": post_id, "position": position, "alt": wanted[id_]}
        _execute(update(Picture).where(Picture.id == id_).values(values))
    return len(kept)


def discard(owner: User, picture_id: int) -> None:
    """Remove a draft of the owner's, if it is one."""
    _delete(Picture.id == picture_id, *_is_draft_of(owner))


def detach_all(post_ids: Collection[int]) -> None:
    """Remove the pictures of posts: from now on nobody sees them; a job removes their files."""
    if post_ids:
        _delete(Picture.post_id.in_(post_ids))


def discard_all(owner_id: int) -> None:
    """Remove what is left of a member's pictures, as an account is erased."""
    _delete(Picture.owner_id == owner_id)


def sweep_drafts() -> bool:
    """Remove some drafts that wait in vain; return whether there may be more."""
    oldest = utc_now() - DRAFT_LIFE
    some = (
        select(Picture.id)
        .where(Picture.post_id.is_(None), Picture.created_at < oldest)
        .limit(BATCH)
        .scalar_subquery()
    )
    # Asked again, since one may have found its post meanwhile.
    return _delete(Picture.id.in_(some), Picture.post_id.is_(None)) == BATCH


def unknown_keys(keys: Collection[str]) -> set[str]:
    """Return those of the keys that no picture has."""
    known = select(Picture.key).where(Picture.key.in_(keys))
    return set(keys) - set(db.session.scalars(known))


def _used(owner: User) -> int:
    """Return how many bytes the pictures of a member take."""
    query = select(func.coalesce(func.sum(Picture.size), 0)).where(Picture.owner_id == owner.id)
    return int(db.session.scalar(query) or 0)


def _is_draft_of(owner: User) -> tuple[ColumnElement[bool], ...]:
    return Picture.owner_id == owner.id, Picture.post_id.is_(None)


def _is_free_for(post_id: int) -> ColumnElement[bool]:
    return Picture.post_id.is_(None) | (Picture.post_id == post_id)


def _delete(*conditions: ColumnElement[bool]) -> int:
    """Delete pictures, and have their files removed; return how many."""
    keys = list(_execute(delete(Picture).where(*conditions).returning(Picture.key)).scalars())
    forget(keys)
    return len(keys)


def _execute(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session=False))
