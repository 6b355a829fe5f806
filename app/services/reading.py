"""How far members have read their home.

Home is read from the newest entry downwards, often not to where it was read before. So three ids
are kept: all entries up to `seen_id` have been read, and so have those from `top_id` down to
`bottom_id`, a run that broke off. See docs/adr/0019-catching-up.md.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, update

from app.extensions import db
from app.models import Credential, User
from app.models.base import utc_now
from app.models.ids import MAX_ID, id_at
from app.services.errors import InvalidCursor
from app.services.pagination import Page, parse_cursor
from app.services.timelines import PostRow


class Position(NamedTuple):
    """How far somebody has read.

    :ivar seen_id: this entry and all older ones have been read; 0 for none
    :ivar top_id: the newest entry of the run; None for no run
    :ivar bottom_id: what is to be read next is the newest entry below this
    """

    seen_id: int
    top_id: int | None = None
    bottom_id: int | None = None


class Stretch(NamedTuple):
    """Entries that were read one after the other, from `hi` down to `lo`.

    :ivar lo: the next one is below it; 0 if there is none
    :ivar is_from_newest: whether nothing was above it when it was shown
    """

    hi: int
    lo: int
    is_from_newest: bool


class Marks(NamedTuple):
    """What a page of home says about reading.

    :ivar divider_at: before which of its posts there is a line that says: you know the rest
    :ivar is_caught_up: whether that is all the rest; else only that down to `resume`
    :ivar resume: the cursor of the page where reading goes on, if not at the top of this one
    :ivar stretch: what will have been read with this page; None if that is known
    :ivar floor: what is read is worth telling once it is down to here
    :ivar is_news: whether the page as a whole is
    """

    divider_at: int | None
    is_caught_up: bool
    resume: int | None
    stretch: Stretch | None
    floor: int
    is_news: bool


def position_of(user: User) -> Position:
    """Return how far somebody has read, as far as it was known when the request began."""
    row = user.credential
    return Position(row.home_seen_id or 0, row.home_top_id, row.home_bottom_id)


def parse_stretch(hi: str, lo: str, newest: str) -> Stretch:
    """Return what a form says was read.

    :raises InvalidCursor: if that cannot be
    """
    top = parse_cursor(hi) or 0
    bottom = 0 if lo == "0" else parse_cursor(lo) or 0
    # Nothing later than now has been read. Clocks differ a little, so this is no reason to refuse.
    top = min(top, id_at(utc_now()))
    if bottom > top or newest not in {"", "1"}:
        raise InvalidCursor(lo)
    return Stretch(top, bottom, newest == "1")


def advance(position: Position, stretch: Stretch) -> Position:
    """Return how far somebody has read who now has read this stretch, too."""
    seen, top, bottom = position
    hi, lo, is_from_newest = stretch
    if top is None or bottom is None:
        if lo <= seen + 1:
            return Position(max(seen, hi))
        return Position(seen, hi, lo) if is_from_newest else position
    reaches_run = hi + 1 >= bottom
    if lo <= seen + 1:
        return Position(max(seen, hi, top)) if reaches_run else Position(max(seen, hi), top, bottom)
    if reaches_run and lo <= top + 1:
        return Position(seen, max(hi, top), min(lo, bottom))
    # The newer run counts: reading begins there the next time.
    return Position(seen, hi, lo) if is_from_newest and lo > top else position


def note(user: User, stretch: Stretch) -> bool:
    """Note what somebody has read; return whether nothing older is left to read."""
    columns = (Credential.home_seen_id, Credential.home_top_id, Credential.home_bottom_id)
    is_own = Credential.user_id == user.id
    # Locked, and not as the request has loaded it: two windows may tell at once.
    row = db.session.execute(select(*columns).where(is_own).with_for_update()).one()
    before = Position(row[0] or 0, row[1], row[2])
    after = advance(before, stretch)
    if after != before:
        values = dict(zip(columns, after, strict=True))
        statement = update(Credential).where(is_own).values(values)
        db.session.execute(statement.execution_options(synchronize_session=False))
    return after.seen_id >= stretch.hi


def marks_on(page: Page[PostRow], before: int | None, user: User) -> Marks:
    """Return what a page of somebody's home says about reading.

    :param before: the cursor of the page
    """
    position = position_of(user)
    rows = page.items
    if not rows:
        return Marks(None, False, None, None, 0, False)
    # It may end on this page, or further down.
    is_in_run = position.bottom_id is not None and rows[0].key >= position.bottom_id
    resume = position.bottom_id if is_in_run else None
    run_at = _first_read(rows, before, position.top_id or 0, user) if is_in_run else None
    rest_at = _first_read(rows, before, position.seen_id, user) if run_at is None else None
    hi = rows[0].key if before is None else before - 1
    stretch = Stretch(hi, page.older or 0, before is None)
    return Marks(
        rest_at if run_at is None else run_at,
        rest_at is not None,
        resume,
        stretch if hi > position.seen_id else None,
        _floor(position, stretch),
        advance(position, stretch) != position and _has_others(rows, position, user),
    )


def _has_others(rows: Sequence[PostRow], position: Position, user: User) -> bool:
    """Whether somebody else wrote one of the new rows: one's own posts need not be read."""
    return any(row.author_id != user.id for row in rows if row.key > position.seen_id)


def _first_read(
    rows: Sequence[PostRow], before: int | None, boundary: int, user: User
) -> int | None:
    """Return the place of the first row at or below a boundary, if there is something above it."""
    place = next((at for at, row in enumerate(rows) if row.key <= boundary), None)
    if place is None:
        return None
    if before is not None:
        return place if place or before > boundary + 1 else None
    # What one has written oneself is nothing new.
    return place if any(not _is_by(row, user) for row in rows[:place]) else None


def _is_by(row: PostRow, user: User) -> bool:
    if row.reposter_username is not None:
        return row.reposter_username == user.username
    return row.author_id == user.id


def _floor(position: Position, stretch: Stretch) -> int:
    """Return how far down a stretch that begins like this one has to go to be worth telling."""
    seen, top, bottom = position
    hi, lo, is_from_newest = stretch
    if top is None or bottom is None:
        return MAX_ID if is_from_newest else seen + 1
    if hi + 1 < bottom:
        return seen + 1
    if hi <= top:
        return bottom - 1
    # A few posts at the top must not replace a longer run that may be about to be reached.
    return max(top + 1, lo) if is_from_newest else top + 1
