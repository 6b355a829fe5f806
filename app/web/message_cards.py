"""What templates show of the messages of a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _
from markupsafe import Markup

from app.models import ParticipantState, User
from app.models.base import utc_now
from app.services.conversation_rows import ConversationRow
from app.services.message_rows import MessagePage, MessageRow
from app.web import times

# Messages of one sender of which the last alone says when.
TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class BubbleCard:
    """A message.

    :ivar goes_on: whether the one above it leaves it to this one to say when
    :ivar day: before the first of a day, that day as readers call it; else ""
    :ivar time: when it was said; "" where a later one says so
    :ivar delete_path: "" for that of others
    """

    id: int
    name: str
    path: str
    html: Markup
    is_mine: bool
    is_deleted: bool
    is_read: bool
    goes_on: bool
    shows_name: bool
    day: str
    iso_day: str
    time: str
    said_at: datetime
    delete_path: str


@dataclass(frozen=True, slots=True)
class BubblePage:
    """A stretch of a conversation; the paths of those before and after it are "" if there are none.

    :ivar newest_id: the last message on the page; 0 for none
    """

    bubbles: Sequence[BubbleCard]
    earlier_url: str
    later_url: str
    newest_id: int


def bubble_page(page: MessagePage, row: ConversationRow, actor: User) -> BubblePage:
    path = f"/messages/{row.id}"
    read_id = row.other_read_id or 0 if row.other_state is ParticipantState.ACCEPTED else 0
    has_later = page.later is not None and page.later < row.last_message_id
    return BubblePage(
        bubbles=bubbles(page.items, row.id, actor, is_group=row.other_id is None, read_id=read_id),
        earlier_url=f"{path}?before={page.earlier}" if page.earlier else "",
        later_url=f"{path}?after={page.later}" if has_later else "",
        newest_id=page.items[-1].id if page.items else 0,
    )


def bubbles(  # noqa: PLR0913 - all but what is shown by name
    rows: Sequence[MessageRow],
    conversation_id: int,
    actor: User,
    *,
    is_group: bool,
    read_id: int = 0,
    above: MessageRow | None = None,
) -> Sequence[BubbleCard]:
    """Return messages as they stand one below the other.

    :param read_id: how far the other one of a pair has read
    :param above: the message that stands above them already
    """
    read = [row.id for row in rows if row.sender_id == actor.id and row.id <= read_id]
    days = [_day_of(row.created_at) for row in rows]
    days_above = [_day_of(above.created_at) if above else None, *days]
    rows_above = [above, *rows]
    below = [*rows[1:], None]
    return [
        BubbleCard(
            id=row.id,
            name=_("You") if row.sender_id == actor.id else _name(row),
            path="" if row.erased_at else f"/@{row.username}",
            # Rendered and sanitised once, when it was written.
            html=Markup(row.html),  # noqa: S704
            is_mine=row.sender_id == actor.id,
            is_deleted=row.deleted_at is not None,
            is_read=bool(read) and row.id == read[-1],
            goes_on=_goes_on(rows_above[place], row),
            shows_name=is_group
            and row.sender_id != actor.id
            and not _goes_on(rows_above[place], row),
            day=_day_name(days[place]) if days[place] != days_above[place] else "",
            iso_day=days[place].isoformat(),
            time="" if _goes_on(row, below[place]) else _clock(row.created_at),
            said_at=row.created_at,
            delete_path=_delete_path(row, conversation_id, actor),
        )
        for place, row in enumerate(rows)
    ]


def _name(row: MessageRow) -> str:
    return _("Deleted account") if row.erased_at else row.display_name or row.username


def _goes_on(one: MessageRow | None, next_: MessageRow | None) -> bool:
    """Whether a message follows another one of the same sender at once, on the same day."""
    if one is None or next_ is None or one.sender_id != next_.sender_id:
        return False
    is_soon = next_.created_at - one.created_at < TOGETHER
    return is_soon and _day_of(one.created_at) == _day_of(next_.created_at)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(get_timezone()).date()


def _clock(moment: datetime) -> str:
    return times.clock(moment, str(get_locale()), str(get_timezone()))


def _day_name(day: date) -> str:
    today = _day_of(utc_now())
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return times.day(day, str(get_locale()))


def _delete_path(row: MessageRow, conversation_id: int, actor: User) -> str:
    if row.sender_id != actor.id or row.deleted_at is not None:
        return ""
    return f"/messages/{conversation_id}/delete/{row.id}"
