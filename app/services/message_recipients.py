"""Whom somebody writes to: people by the names that are typed."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.extensions import db
from app.models import Conversation, User
from app.services.errors import NobodyNamed, OnlyOneself, TooManyPeople, UnknownPeople
from app.services.users import is_active
from app.services.visibility import is_shown_to

# Besides the one who begins.
MAX_OTHERS = Conversation.MAX_PARTICIPANTS - 1
_SEPARATORS = re.compile(r"[\s,;]+")


class Recipient(NamedTuple):
    id: int
    username: str
    display_name: str


def recipients(viewer: User, names: str) -> Sequence[Recipient]:
    """Return the people whom somebody names, to write to them.

    :param names: user names between commas or spaces, with @ or without; one's own says nothing
    :raises NobodyNamed: if there is no name
    :raises TooManyPeople: if there are more than a conversation may have
    :raises UnknownPeople: if some do not exist, as far as the viewer may know
    """
    wanted = names_in(viewer, names)
    found = db.session.execute(named(wanted).where(is_shown_to(viewer))).all()
    return _all_of(wanted, [Recipient(*row) for row in found])


def names_in(viewer: User, names: str) -> Mapping[str, str]:
    """Return names as they were typed, by how they are looked up."""
    typed = [name.removeprefix("@") for name in _SEPARATORS.split(names)]
    wanted = {name.lower(): name for name in typed if name}
    own = wanted.pop(viewer.username.lower(), None)
    if not wanted:
        raise NobodyNamed if own is None else OnlyOneself
    if len(wanted) > MAX_OTHERS:
        raise TooManyPeople(MAX_OTHERS)
    return wanted


def named(wanted: Collection[str]) -> Any:
    return select(User.id, User.username, User.display_name).where(
        func.lower(User.username).in_(wanted), User.domain == "", is_active()
    )


def _all_of(wanted: Mapping[str, str], found: Sequence[Recipient]) -> Sequence[Recipient]:
    known = {person.username.lower(): person for person in found}
    if missing := [typed for name, typed in wanted.items() if name not in known]:
        raise UnknownPeople(missing)
    return [known[name] for name in wanted]
