"""What templates show of people."""

from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from app.models import Mute, User
from app.permissions import (
    is_confirmed,
)
from app.services import avatars
from app.services.profiles import ProfileRow
from app.services.users import PersonRow
from app.web.viewer import viewer


@dataclass(frozen=True, slots=True)
class PersonCard:
    id: int
    username: str
    name: str
    path: str
    avatar_url: str
    bio: str
    is_followed: bool
    # Whether the viewer has asked to follow them, and they have not answered.
    is_requested: bool
    # Known on the page of a person or of a post of theirs only; lists do not show them.
    is_muted: bool
    is_self: bool

    @property
    def follow_path(self) -> str:
        return f"{self.path}/follow"

    @property
    def unfollow_path(self) -> str:
        return f"{self.path}/unfollow"

    @property
    def approve_path(self) -> str:
        return f"{self.path}/approve"

    @property
    def refuse_path(self) -> str:
        return f"{self.path}/refuse"

    @property
    def remove_path(self) -> str:
        return f"{self.path}/remove-follower"

    @property
    def mute_path(self) -> str:
        return f"{self.path}/mute"

    @property
    def unmute_path(self) -> str:
        return f"{self.path}/unmute"

    @property
    def block_path(self) -> str:
        return f"{self.path}/block"

    @property
    def unblock_path(self) -> str:
        return f"{self.path}/unblock"

    @property
    def followers_path(self) -> str:
        return f"{self.path}/followers"

    @property
    def following_path(self) -> str:
        return f"{self.path}/following"


@dataclass(frozen=True, slots=True)
class ProfileCard(PersonCard):
    bio_html: Markup
    header_url: str
    joined_at: datetime
    posts_count: int
    following_count: int
    followers_count: int
    is_locked: bool
    follows_viewer: bool
    is_blocked: bool
    # None also for ever.
    muted_until: datetime | None
    # Who has asked to follow, on the viewer's own.
    requests_count: int


@dataclass(frozen=True, slots=True)
class ViewerCard:
    id: int
    username: str
    name: str
    path: str
    avatar_url: str
    # The address that has to be confirmed before its owner may take part; "" for none.
    unconfirmed_email: str
    # Whether single keys do something.
    has_shortcuts: bool
    unread_notifications: int = 0
    unread_messages: int = 0

    @property
    def unread(self) -> int:
        return self.unread_notifications + self.unread_messages

    def without_counts(self) -> "ViewerCard":
        """Return the card as it is while nothing is unread."""
        return replace(self, unread_notifications=0, unread_messages=0) if self.unread else self


def person_card(row: PersonRow, actor: User | None) -> PersonCard:
    return PersonCard(
        id=row.id,
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
        bio=row.bio,
        is_followed=row.is_followed,
        is_requested=row.is_requested,
        is_muted=bool(row.is_muted),
        is_self=actor is not None and actor.id == row.id,
    )


def profile_card(row: ProfileRow, actor: User | None) -> ProfileCard:
    return ProfileCard(
        id=row.id,
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
        bio=row.bio,
        is_followed=row.is_followed,
        is_requested=row.is_requested,
        is_muted=row.muted_until is not None,
        is_self=actor is not None and actor.id == row.id,
        bio_html=Markup(row.bio_html),  # noqa: S704 - sanitised when it was written
        header_url=avatars.header_path(row.header_key),
        joined_at=row.created_at,
        posts_count=row.posts_count,
        following_count=row.following_count,
        followers_count=row.followers_count,
        is_locked=bool(row.locked),
        follows_viewer=bool(row.follows_viewer),
        is_blocked=bool(row.is_blocked),
        muted_until=until(row.muted_until),
        requests_count=row.requests_count,
    )


def viewer_card() -> ViewerCard | None:
    user = viewer()
    if user is None:
        return None
    return ViewerCard(
        id=user.id,
        username=user.username,
        name=user.name,
        path=f"/@{user.username}",
        avatar_url=avatars.path(user.id, user.avatar_key),
        unconfirmed_email="" if is_confirmed(user) else user.credential.email,
        has_shortcuts=user.credential.shortcuts,
        unread_notifications=user.credential.unread_notifications,
        unread_messages=user.credential.unread_messages,
    )


def until(moment: datetime | None) -> datetime | None:
    """Return when a mute is over; None if it is not to end."""
    return None if moment == Mute.FOREVER else moment
