"""What a member did with posts, to be taken along: liked, kept and reposted them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.models import Bookmark, Like, Post, User
from app.services import batches
from app.services.pagination import Rows
from app.services.personal_data import iso
from app.services.visibility import visible_to

_Repost = aliased(Post, name="repost")


class ReactionRecord(NamedTuple):
    """A post that the member did something with, and when. What it says is its author's.

    :ivar id: the key of the list
    """

    id: int
    uri: str
    username: str
    since: datetime


def likes(user: User) -> Iterator[list[ReactionRecord]]:
    """Yield the posts that a member likes and may still see, the latest like first."""
    return _done(Like, Like.user_id, Like.post_id, user)


def bookmarks(user: User) -> Iterator[list[ReactionRecord]]:
    """Yield the posts that a member keeps and may still see, the latest first."""
    return _done(Bookmark, Bookmark.user_id, Bookmark.post_id, user)


def reposts(user: User) -> Iterator[list[ReactionRecord]]:
    """Yield the posts that a member reposted, the latest first."""
    return _done(_Repost, _Repost.author_id, _Repost.repost_of_id, user)


def reaction_json(record: ReactionRecord) -> dict[str, Any]:
    return {"uri": record.uri, "user_name": record.username, "since": iso(record.since)}


def _done(
    model: type[Like | Bookmark | Post],
    member_id: InstrumentedAttribute[int],
    post_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    user: User,
) -> Iterator[list[ReactionRecord]]:
    """Yield the posts that a member has a row of this kind for, as far as they may see them."""
    query: Rows = (
        select(model.id, Post.uri, User.username, model.created_at)
        .select_from(model)
        .join(Post, Post.id == post_id)
        .join(User, User.id == Post.author_id)
        .where(member_id == user.id, visible_to(user))
    )
    return batches.of(query, ReactionRecord, model.id)
