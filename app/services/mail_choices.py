"""Which mails a member wants. What is about the safety of the account comes in any case."""

from collections.abc import Collection

from app.models import User
from app.services.outbox import OPTIONAL_KINDS


def wanted(user: User) -> list[str]:
    """Return the kinds of mail that somebody gets although they could do without."""
    return [kind for kind in OPTIONAL_KINDS if kind not in user.credential.unwanted_mails]


def choose(user: User, kinds: Collection[str]) -> None:
    """Let somebody have these kinds of the mails they can do without, and no others."""
    user.credential.unwanted_mails = [kind for kind in OPTIONAL_KINDS if kind not in kinds]
