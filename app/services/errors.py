"""What can go wrong, in the words of the domain.

Forms tell it beside the field it is about; what no form expects, `app.errors` maps to an answer.

Two more stand where their rules are: `names.InvalidName` and `text.InvalidText`.
"""

from collections.abc import Sequence
from datetime import datetime


class DomainError(Exception):
    """The base of all: expected, harmless, told to the person."""


class NotFound(DomainError):
    """There is no such thing, or this viewer may not see it."""


class NotAllowed(DomainError):
    """The viewer may see the thing but not do this with it."""


class NotConfirmed(NotAllowed):
    """The viewer has to confirm an e-mail address first."""


class OwnerMustStay(NotAllowed):
    """The owner cannot leave or lose the role before somebody else has it."""


class Suspended(DomainError):
    """The account is suspended. To be told to its owner only."""


class SignedOut(DomainError):
    """The session has ended since the request came in."""


class Renamed(NotFound):
    """Somebody had this user name and has another one now; `username` is that."""

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


class AlreadyQueued(DomainError):
    """The same job is waiting already."""


class LinkInvalid(DomainError):
    """The link of a mail is used, too old, or none of ours."""


class PasswordWrong(DomainError):
    """This is not the member's password."""


class CodeWrong(DomainError):
    """This is not the code of the second factor, or it was used already."""


class InvalidCursor(DomainError):
    """The place in a list that an address names cannot exist."""


class UsernameTaken(DomainError):
    """Somebody has the user name; `free` are some like it that nobody has."""

    def __init__(self, username: str, free: Sequence[str] = ()) -> None:
        super().__init__(username)
        self.username = username
        self.free = tuple(free)


class RenamedTooOften(DomainError):
    """The member took many new user names lately; the next is to be had at `again_at`."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(str(again_at))
        self.again_at = again_at


class EmailInvalid(DomainError):
    """This is no e-mail address."""


class EmailTaken(DomainError):
    """The address has an account. To be told to the address, never to who typed it."""


class PasswordWeak(DomainError):
    """The password is too easy to guess; `reason` is a `passwords.Weakness`."""

    def __init__(self, reason: str, length: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.length = length


class TextMissing(DomainError):
    """Nothing is left of a text that must say something."""


class TextTooLong(DomainError):
    """A text has more than `limit` characters, as a reader counts them."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} > {limit}")
        self.length = length
        self.limit = limit
