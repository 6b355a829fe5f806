"""Mail at once about what a member is notified of.

One mail tells of a group (see `notification_groups`), and no other comes about it while it is
unread: a hundred likes of a post are one mail until its author looks. Somebody who likes and takes
it back by turns makes a new group each time; so there is a limit for each who causes them, and one
for all. What goes beyond it is on the page as ever.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import (
    Credential,
    Email,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
    Participant,
    User,
)
from app.models.base import utc_now
from app.models.ids import id_at
from app.permissions import is_hidden
from app.services import notification_rows, outbox
from app.services.errors import NothingToSay
from app.services.notification_choices import choice_of
from app.services.notification_rows import NotificationRow

KIND = "notification"
# Mails to a member within the time, about: caused by one other member, and in all. Two who cause
# one in the same moment do not know of each other, and are not to wait for each other.
WITHIN = timedelta(hours=1)
MAX_BY_ONE = 5
MAX = 30


def write(kind: NotificationKind, actor: User, notified: Mapping[int, int]) -> None:
    """Write to members who want a mail about a kind of notification.

    :param notified: by member, the id of the group, in which nothing was unread before; of messages
        it may have been
    """
    if kind is NotificationKind.MESSAGE:
        notified = _first_unread(notified)
    if not notified:
        return
    written = _written_to(notified)
    letters: list[tuple[Credential, dict[str, int]]] = []
    for credential in _reachable(notified):
        by_actor = written[credential.user_id, actor.id]
        in_all = sum(n for (id_, _), n in written.items() if id_ == credential.user_id)
        if by_actor < MAX_BY_ONE and in_all < MAX:
            letters.append((credential, {"group_id": notified[credential.user_id]}))
    outbox.write_many(KIND, letters, about=actor.id)


def find(user: User, group_id: int) -> NotificationRow:
    """Return what a mail to a member tells of.

    :raises NothingToSay: if they have read it, may or want to hear of it no longer, or not by mail
    """
    rows = notification_rows.of_groups(user, [group_id], 1)
    if is_hidden(user) or not rows or not rows[0].is_unread:
        raise NothingToSay
    choices = user.credential.notification_choices
    if choice_of(choices, rows[0].kind) is not NotificationChoice.MAIL:
        raise NothingToSay
    return rows[0]


def _first_unread(notified: Mapping[int, int]) -> dict[int, int]:
    """Leave out whoever had unread messages in the conversation before this one."""
    if not notified:
        return {}
    query = (
        select(NotificationGroup.user_id)
        .join(Participant, Participant.conversation_id == NotificationGroup.target_id)
        .where(
            NotificationGroup.id.in_(sorted(notified.values())),
            Participant.user_id == NotificationGroup.user_id,
            Participant.unread_count == 1,
        )
    )
    return {user_id: notified[user_id] for user_id in db.session.scalars(query)}


def _written_to(notified: Mapping[int, int]) -> Counter[tuple[int, int | None]]:
    """Return how many mails were written lately, by member and who caused them."""
    query = select(Email.user_id, Email.about_id).where(
        Email.user_id.in_(sorted(notified)),
        Email.kind == KIND,
        Email.id > id_at(utc_now() - WITHIN),
    )
    return Counter((row.user_id, row.about_id) for row in db.session.execute(query))


def _reachable(notified: Mapping[int, int]) -> Sequence[Credential]:
    """Return the credentials of those of the members whose addresses are theirs."""
    query = select(Credential).where(
        Credential.user_id.in_(sorted(notified)), Credential.email_claimed
    )
    return db.session.scalars(query.order_by(Credential.user_id)).all()
