"""What templates show of people and posts.

Paths are put together by hand: `url_for` for each row of a feed costs as much as rendering the row.
"""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.models import User
from app.permissions import can_delete_post, is_confirmed
from app.services import avatars, rendering
from app.services.pagination import Page
from app.services.timelines import PostRow
from app.services.users import PersonRow, ProfileRow
from app.web.viewer import viewer


@dataclass(frozen=True, slots=True)
class PostCard:
    id: int
    path: str
    author_path: str
    username: str
    name: str
    avatar_url: str
    html: Markup
    language: str | None
    created_at: datetime
    can_delete: bool
    delete_path: str

    @property
    def title(self) -> str:
        """The post as one line of text."""
        return rendering.plain_text(self.html)


@dataclass(frozen=True, slots=True)
class PersonCard:
    id: int
    username: str
    name: str
    path: str
    avatar_url: str
    bio: str
    is_followed: bool
    is_self: bool

    @property
    def follow_path(self) -> str:
        return f"{self.path}/follow"

    @property
    def unfollow_path(self) -> str:
        return f"{self.path}/unfollow"

    @property
    def followers_path(self) -> str:
        return f"{self.path}/followers"

    @property
    def following_path(self) -> str:
        return f"{self.path}/following"


@dataclass(frozen=True, slots=True)
class ProfileCard(PersonCard):
    bio_html: Markup
    joined_at: datetime
    posts_count: int
    following_count: int
    followers_count: int
    follows_viewer: bool


@dataclass(frozen=True, slots=True)
class ViewerCard:
    id: int
    username: str
    name: str
    path: str
    avatar_url: str
    # The address that has to be confirmed before its owner may take part; "" for none.
    unconfirmed_email: str


@dataclass(frozen=True, slots=True)
class PageCard:
    """A page of a list, with the addresses of the next older one and of the newest."""

    items: list[PostCard] | list[PersonCard]
    older: int | None
    is_first: bool
    newest_url: str

    @property
    def older_url(self) -> str:
        return f"{self.newest_url}?before={self.older}"


def post_card(row: PostRow, actor: User | None) -> PostCard:
    author_path = f"/@{row.username}"
    return PostCard(
        id=row.id,
        path=f"{author_path}/{row.id}",
        author_path=author_path,
        username=row.username,
        name=row.display_name or row.username,
        avatar_url=avatars.path(row.author_id),
        # Rendered and sanitised once, when it was written: see services.rendering.
        html=Markup(row.html),  # noqa: S704
        language=row.language,
        created_at=row.created_at,
        can_delete=actor is not None and can_delete_post(actor, row.author_id),
        delete_path=f"/posts/{row.id}/delete",
    )


def person_card(row: PersonRow, actor: User | None) -> PersonCard:
    return PersonCard(
        id=row.id,
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id),
        bio=row.bio,
        is_followed=bool(row.is_followed),
        is_self=actor is not None and actor.id == row.id,
    )


def profile_card(row: ProfileRow, actor: User | None) -> ProfileCard:
    return ProfileCard(
        id=row.id,
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id),
        bio=row.bio,
        is_followed=bool(row.is_followed),
        is_self=actor is not None and actor.id == row.id,
        bio_html=Markup(row.bio_html),  # noqa: S704 - sanitised when it was written
        joined_at=row.created_at,
        posts_count=row.posts_count,
        following_count=row.following_count,
        followers_count=row.followers_count,
        follows_viewer=bool(row.follows_viewer),
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
        avatar_url=avatars.path(user.id),
        unconfirmed_email="" if is_confirmed(user) else user.credential.email,
    )


def post_page(page: Page[PostRow], path: str) -> PageCard:
    actor = viewer()
    return PageCard([post_card(row, actor) for row in page.items], page.older, page.is_first, path)


def people_page(page: Page[PersonRow], path: str) -> PageCard:
    actor = viewer()
    cards = [person_card(row, actor) for row in page.items]
    return PageCard(cards, page.older, page.is_first, path)
