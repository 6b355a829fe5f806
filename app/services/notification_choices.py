"""Where each kind of notification reaches a member."""

from collections.abc import Mapping

from app.extensions import db
from app.models import NotificationChoice, NotificationKind, User
from app.models.base import utc_now

# Of whoever has chosen nothing.
DEFAULT = NotificationChoice.PAGE


def choice_of(choices: Mapping[str, str] | None, kind: NotificationKind) -> NotificationChoice:
    """Return what a member chose for a kind.

    :param choices: as `credentials.notification_choices` holds them
    """
    return NotificationChoice((choices or {}).get(kind.value, DEFAULT))


def chosen(user: User) -> dict[NotificationKind, NotificationChoice]:
    """Return what a member chose for each kind."""
    choices = user.credential.notification_choices
    return {kind: choice_of(choices, kind) for kind in NotificationKind}


def choose(user: User, choices: Mapping[NotificationKind, NotificationChoice]) -> None:
    """Let kinds of notification reach a member so; those not named, as anybody."""
    credential = user.credential
    credential.notification_choices = {
        kind.value: choice.value for kind, choice in choices.items() if choice is not DEFAULT
    } or None
    if NotificationChoice.DIGEST in choices.values() and credential.digested_at is None:
        # So that the first comes after a day, too, and not with the first thing to tell.
        credential.digested_at = utc_now()
    db.session.flush()
