"""What a member takes along: all that is kept about them, and no secrets.

What they wrote and did stands in `personal_posts` and `personal_reactions`. Long lists come in
batches.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import settings
from app.models import Follow, FollowState, User
from app.services import batches, notification_choices, outbox, sessions, tag_follows
from app.services.pagination import Rows
from app.services.users import is_follow_of

# Where pictures of the member lie in an export.
AVATAR_FILE = "media/avatar.webp"
HEADER_FILE = "media/header.webp"

# A link to a page of this site. Only in a tag, never in what somebody wrote: there, < is escaped.
_LOCAL_LINK = re.compile(r'(<a [^<>]*?href=")(?=/)')


class PersonRecord(NamedTuple):
    """Somebody who follows or is followed, and since when; `id` is the key of the list."""

    id: int
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
        "avatar": AVATAR_FILE if user.avatar_key else None,
        "header": HEADER_FILE if user.header_key else None,
        "uri": user.uri,
        "role": user.role.value,
        "created_at": iso(user.created_at),
        "email": credential.email,
        "email_confirmed_at": iso(credential.email_confirmed_at),
        "password_changed_at": iso(credential.password_changed_at),
        "two_factor_since": iso(credential.totp_enabled_at),
        "last_sign_in_at": iso(credential.last_sign_in_at),
        "last_digest_at": iso(credential.digested_at),
        "posts": user.posts_count,
        "following": user.following_count,
        "followers": user.followers_count,
        "approves_followers": user.locked,
        "preferences": {
            "language": credential.locale,
            "time_zone": credential.time_zone,
            "theme": credential.theme.value,
            "keyboard_shortcuts": credential.shortcuts,
            "unwanted_mails": credential.unwanted_mails,
            "messages_from": credential.messages_from.value,
            "notifications": _chosen(user),
        },
        "home_read": {
            "up_to": _text(credential.home_seen_id),
            "then_from": _text(credential.home_top_id),
            "down_to": _text(credential.home_bottom_id),
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


def following(user: User) -> Iterator[list[PersonRecord]]:
    """Yield whom a member follows, the newest first."""
    return _people(user.id, Follow.follower_id, Follow.followed_id)


def followed_tags(user: User) -> list[dict[str, Any]]:
    """Return which hashtags the member follows, as JSON holds it."""
    return [{"name": row.name, "since": iso(row.since)} for row in tag_follows.listed(user)]


def followers(user: User) -> Iterator[list[PersonRecord]]:
    """Yield who follows a member, the newest first."""
    return _people(user.id, Follow.followed_id, Follow.follower_id)


def requests_sent(user: User) -> Iterator[list[PersonRecord]]:
    """Yield whom a member wants to follow, the newest first."""
    return _people(user.id, Follow.follower_id, Follow.followed_id, FollowState.REQUESTED)


def requests_received(user: User) -> Iterator[list[PersonRecord]]:
    """Yield who wants to follow a member, the newest first."""
    return _people(user.id, Follow.followed_id, Follow.follower_id, FollowState.REQUESTED)


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


def _chosen(user: User) -> dict[str, str]:
    chosen = notification_choices.chosen(user)
    return {kind.value: choice.value for kind, choice in chosen.items()}


def _text(id_: int | None) -> str | None:
    """Return an id as JSON holds it: with all its digits, which its numbers do not have."""
    return None if id_ is None else str(id_)


def _people(
    user_id: int,
    fixed: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    state: FollowState = FollowState.ACCEPTED,
) -> Iterator[list[PersonRecord]]:
    query: Rows = (
        select(Follow.id, User.username, User.display_name, User.uri, Follow.created_at)
        .join(User, User.id == other)
        .where(is_follow_of(fixed, user_id, state))
    )
    return batches.of(query, PersonRecord, Follow.id)
