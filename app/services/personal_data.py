"""What a member takes along: all that is kept about them and by them, and no secrets.

Long lists come in batches, so that they never stand in memory as a whole.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db, settings
from app.models import Follow, FollowState, Mention, Post, PostTag, Tag, User, Visibility
from app.services import outbox, sessions
from app.services.pagination import Rows, below
from app.services.users import is_active, is_follow_of
from app.services.visibility import visible_to

BATCH = 500

# A link to a page of this site. Only in a tag, never in what somebody wrote: there, < is escaped.
_LOCAL_LINK = re.compile(r'(<a [^<>]*?href=")(?=/)')


class PostRecord(NamedTuple):
    """A post, and the user names and hashtags it names."""

    id: int
    uri: str
    created_at: datetime
    edited_at: datetime | None
    visibility: Visibility
    language: str | None
    spoiler_text: str
    text: str
    html: str
    in_reply_to_id: int | None
    repost_of_id: int | None
    mentions: Sequence[str]
    tags: Sequence[str]


class PersonRecord(NamedTuple):
    """Somebody who follows or is followed, and since when."""

    username: str
    display_name: str
    uri: str
    since: datetime


def account(user: User) -> dict[str, Any]:
    """Return what is kept about the member, as JSON holds it."""
    credential = user.credential
    return {
        "id": str(user.id),
        "user_name": user.username,
        "display_name": user.display_name,
        "bio": user.bio,
        "uri": user.uri,
        "role": user.role.value,
        "created_at": iso(user.created_at),
        "email": credential.email,
        "email_confirmed_at": iso(credential.email_confirmed_at),
        "password_changed_at": iso(credential.password_changed_at),
        "two_factor_since": iso(credential.totp_enabled_at),
        "last_sign_in_at": iso(credential.last_sign_in_at),
        "posts": user.posts_count,
        "following": user.following_count,
        "followers": user.followers_count,
        "preferences": {
            "language": credential.locale,
            "time_zone": credential.time_zone,
            "theme": credential.theme.value,
            "unwanted_mails": credential.unwanted_mails,
        },
    }


def signed_in(user: User) -> list[dict[str, Any]]:
    """Return where the member is signed in, as JSON holds it."""
    return [
        {
            "device": session.user_agent,
            "ip": session.ip,
            "remembered": session.remembered,
            "signed_in_at": iso(session.created_at),
            "last_seen_at": iso(session.last_seen_at),
            "expires_at": iso(session.expires_at),
        }
        for session in sessions.listed(user)
    ]


def mails(user: User) -> list[dict[str, Any]]:
    """Return what mails the member was written, as JSON holds it; old ones are forgotten."""
    return [
        {
            "kind": mail.kind,
            "to": mail.recipient,
            "state": mail.state.value,
            "written_at": iso(mail.created_at),
            "sent_at": iso(mail.sent_at),
        }
        for mail in outbox.written_to(user.id)
    ]


def posts(user: User, before: int) -> Iterator[list[PostRecord]]:
    """Yield all posts of a member below an id, whoever may see them, the newest first."""
    while True:
        query: Rows = (
            select(
                Post.id,
                Post.uri,
                Post.created_at,
                Post.edited_at,
                Post.visibility,
                Post.language,
                Post.spoiler_text,
                Post.text,
                Post.html,
                Post.in_reply_to_id,
                Post.repost_of_id,
            )
            .where(Post.author_id == user.id, visible_to(user), below(Post.id, before))
            .order_by(Post.id.desc())
            .limit(BATCH)
        )
        rows = db.session.execute(query).all()
        if not rows:
            return
        named, tagged = _mentions([row.id for row in rows]), _tags([row.id for row in rows])
        yield [PostRecord._make((*row, named[row.id], tagged[row.id])) for row in rows]
        before = rows[-1].id


def following(user: User) -> Iterator[list[PersonRecord]]:
    """Yield whom a member follows, the newest first."""
    return _people(user.id, Follow.follower_id, Follow.followed_id)


def followers(user: User) -> Iterator[list[PersonRecord]]:
    """Yield who follows a member, the newest first."""
    return _people(user.id, Follow.followed_id, Follow.follower_id)


def requests_sent(user: User) -> Iterator[list[PersonRecord]]:
    """Yield whom a member wants to follow, the newest first."""
    return _people(user.id, Follow.follower_id, Follow.followed_id, FollowState.REQUESTED)


def requests_received(user: User) -> Iterator[list[PersonRecord]]:
    """Yield who wants to follow a member, the newest first."""
    return _people(user.id, Follow.followed_id, Follow.follower_id, FollowState.REQUESTED)


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
        "text": post.text,
        "html": with_whole_links(post.html),
        "in_reply_to_id": str(post.in_reply_to_id) if post.in_reply_to_id else None,
        "repost_of_id": str(post.repost_of_id) if post.repost_of_id else None,
        "mentions": post.mentions,
        "tags": post.tags,
    }


def person_json(person: PersonRecord) -> dict[str, Any]:
    return {
        "user_name": person.username,
        "display_name": person.display_name,
        "uri": person.uri,
        "since": iso(person.since),
    }


def with_whole_links(html: str) -> str:
    """Return rendered HTML with links that lead to this site from anywhere."""
    return _LOCAL_LINK.sub(lambda match: f"{match[1]}{settings.base_url}", html)


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _people(
    user_id: int,
    fixed: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    state: FollowState = FollowState.ACCEPTED,
) -> Iterator[list[PersonRecord]]:
    before = None
    while True:
        query: Rows = (
            select(Follow.id, User.username, User.display_name, User.uri, Follow.created_at)
            .join(User, User.id == other)
            .where(is_follow_of(fixed, user_id, state), below(Follow.id, before))
            .order_by(Follow.id.desc())
            .limit(BATCH)
        )
        rows = db.session.execute(query).all()
        if not rows:
            return
        yield [PersonRecord(*row[1:]) for row in rows]
        before = rows[-1].id


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
