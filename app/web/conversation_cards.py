"""What templates show of conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from app.models import ParticipantState, User
from app.models.ids import time_of
from app.services import avatars
from app.services.conversation_rows import ConversationRow, MemberRow
from app.services.pagination import Page

# Of the members of a group, those whom its name names.
NAMED = 2


class FaceCard(NamedTuple):
    """Somebody in a conversation. Without a path they are gone for good."""

    name: str
    username: str
    path: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class ConversationCard:
    """A conversation, as its list and its page show it.

    :ivar name: of the other one, or of some in a group
    :ivar others: who else takes part in it
    :ivar can_write: whether anybody is left to read what is written
    :ivar said_by: who wrote the newest message; "" where that need not be said
    :ivar is_hidden: whether that is somebody whom the reader does not see
    """

    id: int
    path: str
    name: str
    avatar_url: str
    others: Sequence[FaceCard]
    is_group: bool
    is_request: bool
    is_unread: bool
    can_write: bool
    said_by: str
    text: str
    is_deleted: bool
    is_hidden: bool
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """A page of a list of conversations."""

    items: Sequence[ConversationCard]
    older: int | None
    is_first: bool
    path: str

    @property
    def older_url(self) -> str:
        return f"{self.path}?before={self.older}"

    @property
    def newest_url(self) -> str:
        return self.path


def conversation_card(
    row: ConversationRow, members: Mapping[int, Sequence[MemberRow]], actor: User
) -> ConversationCard:
    is_group = row.other_id is None
    others = [_member(each) for each in members.get(row.id, ())] if is_group else [_other(row)]
    return ConversationCard(
        id=row.id,
        path=f"/messages/{row.id}",
        name=_name_of(others, is_group=is_group),
        avatar_url=others[0].avatar_url if others else avatars.path(row.id, None),
        others=others,
        is_group=is_group,
        is_request=row.state is ParticipantState.REQUESTED,
        is_unread=row.unread_count > 0,
        can_write=is_group or row.other_state is not None,
        said_by=_said_by(row, actor),
        text=" ".join((row.text or "").split()),
        is_deleted=row.deleted_at is not None,
        is_hidden=row.key is not None and row.sender_id is None,
        said_at=time_of(row.key) if row.key else None,
    )


def conversation_page(
    page: Page[ConversationRow],
    members: Mapping[int, Sequence[MemberRow]],
    actor: User,
    path: str,
) -> ConversationPage:
    cards = [conversation_card(row, members, actor) for row in page.items]
    return ConversationPage(cards, page.older, page.is_first, path)


def _member(row: MemberRow) -> FaceCard:
    return FaceCard(
        name=row.display_name or row.username,
        username=row.username,
        path=f"/@{row.username}",
        avatar_url=avatars.path(row.id, row.avatar_key),
    )


def _other(row: ConversationRow) -> FaceCard:
    other_id, username = row.other_id or 0, row.username or ""
    if row.erased_at:
        return FaceCard(_("Deleted account"), "", "", avatars.path(other_id, None))
    name = row.display_name or username
    return FaceCard(name, username, f"/@{username}", avatars.path(other_id, row.avatar_key))


def _said_by(row: ConversationRow, actor: User) -> str:
    if row.sender_id == actor.id:
        return _("You")
    if row.other_id is not None or row.sender_id is None:
        return ""
    if row.sender_erased_at:
        return _("Deleted account")
    # Also if they have left.
    return row.sender_display_name or row.sender_username or ""


def _name_of(others: Sequence[FaceCard], *, is_group: bool) -> str:
    names = ", ".join(each.name for each in others[:NAMED])
    more = len(others) - NAMED
    if not names:
        return _("Nobody else")
    if is_group and len(others) == 1:
        # Else it would have the name of the conversation of the two.
        return _("%(name)s (group)", name=names)
    if more <= 0:
        return names
    return ngettext(
        "%(names)s and %(num)s other", "%(names)s and %(num)s others", more, names=names
    )
