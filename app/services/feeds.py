"""What feeds tell of posts besides what lists show: their lasting names, and their hashtags."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy import BindParameter, bindparam, select

from app.extensions import db
from app.models import Post, PostTag, Tag
from app.models.base import BigId
from app.services.pagination import Rows
from app.services.visibility import visible_to

_IDS: BindParameter[int] = bindparam("ids", type_=BigId, expanding=True)


def uris(entry_ids: Collection[int]) -> Mapping[int, str]:
    """Return the URIs of posts and reposts that everybody may see."""
    if not entry_ids:
        return {}
    rows = db.session.execute(_uris(), {"ids": [*entry_ids]})
    return {id_: uri for id_, uri in rows}  # noqa: C416 - typed, unlike dict() of rows


@cache
def _uris() -> Rows:
    return select(Post.id, Post.uri).where(Post.id.in_(_IDS), visible_to(None))


def tags(post_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Return the hashtags of posts, in alphabetical order."""
    found: dict[int, list[str]] = {}
    if post_ids:
        for post_id, name in db.session.execute(_tags(), {"ids": [*post_ids]}):
            found.setdefault(post_id, []).append(name)
    return found


@cache
def _tags() -> Rows:
    return (
        select(PostTag.post_id, Tag.name)
        .join(Tag, Tag.id == PostTag.tag_id)
        .where(PostTag.post_id.in_(_IDS))
        .order_by(Tag.name)
    )
