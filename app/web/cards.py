"""What templates show of people and posts.

Paths are put together by hand: `url_for` for each row of a feed costs as much as rendering the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from app.extensions import language_at_hand
from app.models import User, Visibility
from app.permissions import (
    can_delete_post,
    can_edit_post,
    can_pin_post,
    can_repost,
    is_confirmed,
)
from app.services import avatars, languages, rendering, translations
from app.services.pagination import Page
from app.services.pictures import PictureRow
from app.services.timelines import GalleryRow, PostRow
from app.services.users import PersonRow, ProfileRow
from app.web.viewer import viewer


@dataclass(frozen=True, slots=True)
class PictureCard:
    """A picture of a post. Its full view is a page of its own."""

    path: str
    alt: str
    small_url: str
    large_url: str
    width: int
    height: int
    small_width: int
    small_height: int
    placeholder: str

    @property
    def srcset(self) -> str:
        if self.width == self.small_width:
            return ""
        return f"{self.small_url} {self.small_width}w, {self.large_url} {self.width}w"


@dataclass(frozen=True, slots=True)
class ParentCard:
    """What a post replies to, in a line."""

    path: str
    username: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post.

    :ivar key: of its entry in a list
    :ivar parent: what it replies to; None also if the viewer may not see that
    :ivar reposter: the name and path of who brought it here; "" for nobody
    :ivar is_on_top: whether it is here because its author pinned it
    :ivar language_name: of its language, if a translation can be asked for; else ""
    """

    key: int
    id: int
    path: str
    author_path: str
    username: str
    name: str
    avatar_url: str
    html: Markup
    warning: str
    sensitive: bool
    language: str | None
    visibility: Visibility
    created_at: datetime
    edited_at: datetime | None
    edits_count: int
    likes_count: int
    reposts_count: int
    replies_count: int
    pictures: Sequence[PictureCard]
    is_reply: bool
    parent: ParentCard | None
    reposter: str
    reposter_path: str
    is_on_top: bool
    is_liked: bool
    is_reposted: bool
    is_bookmarked: bool
    is_pinned: bool
    can_edit: bool
    can_delete: bool
    can_pin: bool
    can_repost: bool
    language_name: str

    @property
    def title(self) -> str:
        """The post as one line of text; of a folded one, what it is folded under."""
        return self.warning or rendering.plain_text(self.html)

    @property
    def action_path(self) -> str:
        """The beginning of the paths of what can be done with it."""
        return f"/posts/{self.id}"

    @property
    def delete_path(self) -> str:
        return f"{self.action_path}/delete"

    @property
    def edit_path(self) -> str:
        return f"{self.action_path}/edit"


class TagCard(NamedTuple):
    """A hashtag, and how many posts of the day carry it; 0 for not so many."""

    name: str
    path: str
    posts_count: int


class FeedPost(NamedTuple):
    """A post in a list, ready to be shown.

    :ivar key: of its entry in the list, which is that of a repost if one brought it
    """

    key: int
    id: int
    html: Markup


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
    header_url: str
    joined_at: datetime
    posts_count: int
    following_count: int
    followers_count: int
    follows_viewer: bool


@dataclass(frozen=True, slots=True)
class GalleryCard:
    """A picture in the gallery of a profile; one that is folded shows only when its post opens."""

    path: str
    url: str
    width: int
    height: int
    placeholder: str
    alt: str
    is_folded: bool


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version of a post.

    :ivar number: from 0, which is the post as it was published
    :ivar alts: what each of its pictures is described with; "" for one that is not
    """

    number: int
    html: Markup
    warning: str
    language: str | None
    alts: Sequence[str]
    written_at: datetime


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


@dataclass(frozen=True, slots=True)
class PageCard:
    """A page of a list, with the addresses of the next older one and of the newest."""

    items: list[FeedPost] | list[TagCard] | list[PersonCard] | list[GalleryCard] | list[VersionCard]
    older: int | None
    is_first: bool
    newest_url: str

    @property
    def older_url(self) -> str:
        separator = "&" if "?" in self.newest_url else "?"
        return f"{self.newest_url}{separator}before={self.older}"


class Rights(NamedTuple):
    """What a reader may do with a post. Of who reads it, its card depends on nothing else."""

    is_member: bool
    can_edit: bool = False
    can_delete: bool = False
    can_pin: bool = False


def rights_over(row: PostRow, actor: User | None) -> Rights:
    if actor is None:
        return Rights(is_member=False)
    return Rights(
        is_member=True,
        can_edit=can_edit_post(actor, row.author_id),
        can_delete=can_delete_post(actor, row.author_id),
        can_pin=can_pin_post(actor, row.author_id, row.visibility),
    )


def post_card(row: PostRow, actor: User | None) -> PostCard:
    return card_with(row, rights_over(row, actor))


def card_with(row: PostRow, rights: Rights) -> PostCard:
    author_path = f"/@{row.username}"
    path = f"{author_path}/{row.id}"
    return PostCard(
        key=row.key,
        id=row.id,
        path=path,
        author_path=author_path,
        username=row.username,
        name=row.display_name or row.username,
        avatar_url=avatars.path(row.author_id, row.avatar_key),
        # Rendered and sanitised once, when it was written: see services.rendering.
        html=Markup(row.html),  # noqa: S704
        warning=row.spoiler_text,
        sensitive=row.sensitive,
        language=row.language,
        visibility=row.visibility,
        created_at=row.created_at,
        edited_at=row.edited_at,
        edits_count=row.edits_count,
        likes_count=row.likes_count,
        reposts_count=row.reposts_count,
        replies_count=row.replies_count,
        pictures=[picture_card(picture, path) for picture in row.pictures],
        is_reply=row.in_reply_to_id is not None,
        parent=_parent_card(row),
        reposter=row.reposter_name or row.reposter_username or "",
        reposter_path=f"/@{row.reposter_username}" if row.reposter_username else "",
        is_on_top=row.place is not None,
        is_liked=bool(row.is_liked),
        is_reposted=bool(row.is_reposted),
        is_bookmarked=bool(row.is_bookmarked),
        is_pinned=bool(row.is_pinned),
        can_edit=rights.can_edit,
        can_delete=rights.can_delete,
        can_pin=rights.can_pin,
        can_repost=can_repost(row.visibility),
        language_name=_language_name(row, rights),
    )


def picture_card(row: PictureRow, post_path: str) -> PictureCard:
    return PictureCard(
        path=f"{post_path}/pictures/{row.position + 1}",
        alt=row.alt,
        small_url=f"/media/{row.key}/small.webp",
        large_url=f"/media/{row.key}/large.webp",
        width=row.width,
        height=row.height,
        small_width=row.small_width,
        small_height=row.small_height,
        placeholder=row.placeholder,
    )


def _parent_card(row: PostRow) -> ParentCard | None:
    if row.parent_username is None:
        return None
    excerpt = " ".join((row.parent_spoiler or row.parent_text or "").split())
    path = f"/@{row.parent_username}/{row.in_reply_to_id}"
    return ParentCard(path, row.parent_username, excerpt)


def _language_name(row: PostRow, rights: Rights) -> str:
    """Return the language of a post as the reader calls it, if they may want it in theirs."""
    if not rights.is_member or not row.html or not row.language:
        return ""
    reading = language_at_hand()
    wanted = translations.wants(row.language, reading, row.visibility)
    return languages.name_in_text(row.language, reading) if wanted else ""


def person_card(row: PersonRow, actor: User | None) -> PersonCard:
    return PersonCard(
        id=row.id,
        username=row.username,
        name=row.display_name or row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
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
        avatar_url=avatars.path(row.id, row.avatar_key),
        bio=row.bio,
        is_followed=bool(row.is_followed),
        is_self=actor is not None and actor.id == row.id,
        bio_html=Markup(row.bio_html),  # noqa: S704 - sanitised when it was written
        header_url=avatars.header_path(row.header_key),
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
        avatar_url=avatars.path(user.id, user.avatar_key),
        unconfirmed_email="" if is_confirmed(user) else user.credential.email,
        has_shortcuts=user.credential.shortcuts,
    )


def people_page(page: Page[PersonRow], path: str) -> PageCard:
    actor = viewer()
    cards = [person_card(row, actor) for row in page.items]
    return PageCard(cards, page.older, page.is_first, path)


def gallery_page(page: Page[GalleryRow], username: str, path: str) -> PageCard:
    cards = [
        GalleryCard(
            path=f"/@{username}/{row.post_id}",
            url=f"/media/{row.key}/small.webp",
            width=row.small_width,
            height=row.small_height,
            placeholder=row.placeholder,
            alt=row.alt,
            is_folded=bool(row.is_folded),
        )
        for row in page.items
    ]
    return PageCard(cards, page.older, page.is_first, path)
