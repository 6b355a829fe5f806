"""What templates show of a post.

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
)
from app.services import avatars, languages, rendering, translations
from app.services import text as texts
from app.services.pictures import PictureRow
from app.services.timelines import PostRow


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
    is_thread_muted: bool
    is_author: bool
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
    def mute_path(self) -> str:
        return f"{self.author_path}/mute"

    @property
    def block_path(self) -> str:
        return f"{self.author_path}/block"

    @property
    def delete_path(self) -> str:
        return f"{self.action_path}/delete"

    @property
    def edit_path(self) -> str:
        return f"{self.action_path}/edit"


class Rights(NamedTuple):
    """What a reader may do with a post. Of who reads it, its card depends on nothing else."""

    is_member: bool
    is_author: bool = False
    can_edit: bool = False
    can_delete: bool = False
    can_pin: bool = False


def rights_over(row: PostRow, actor: User | None) -> Rights:
    if actor is None:
        return Rights(is_member=False)
    return Rights(
        is_member=True,
        is_author=actor.id == row.author_id,
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
        is_thread_muted=bool(row.is_thread_muted),
        is_author=rights.is_author,
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
    excerpt = texts.excerpt(row.parent_spoiler or row.parent_text)
    path = f"/@{row.parent_username}/{row.in_reply_to_id}"
    return ParentCard(path, row.parent_username, excerpt)


def _language_name(row: PostRow, rights: Rights) -> str:
    """Return the language of a post as the reader calls it, if they may want it in theirs."""
    if not rights.is_member or not row.html or not row.language:
        return ""
    reading = language_at_hand()
    wanted = translations.wants(row.language, reading, row.visibility)
    return languages.name_in_text(row.language, reading) if wanted else ""
