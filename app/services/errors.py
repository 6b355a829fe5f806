"""What can go wrong, in the words of the domain.

Forms tell it beside the field it is about; what no form expects, `app.errors` maps to an answer.

Two more stand where their rules are: `names.InvalidName` and `text.InvalidText`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal


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


class AlreadyPublished(DomainError):
    """The form was sent before, and made a post."""


class NobodyMentioned(DomainError):
    """The post is for the people it mentions, and it mentions nobody."""


class FormUsed(DomainError):
    """The form made a post before, and says something else now, or that post is deleted."""


class NotKept(DomainError):
    """What was typed cannot be kept: its form is too old, or too much of its author's is kept."""


class PicturesGone(DomainError):
    """Some of the pictures that were chosen for a post are no longer there."""


class StaleVersion(DomainError):
    """Somebody has changed the thing since it was read."""


class PinsFull(DomainError):
    """As many posts as fit, `limit`, stand at the top of the profile already."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class TagFollowsFull(DomainError):
    """The member follows as many hashtags, `limit`, as one can."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class LinkInvalid(DomainError):
    """The link of a mail is used, too old, or none of ours."""


class NothingToSay(DomainError):
    """What a mail was to tell is so no longer, or is known by now."""


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


class WarningTooLong(TextTooLong):
    """A content warning has more than `limit` characters, as a reader counts them."""


class NobodyNamed(DomainError):
    """It is not said whom a message is for."""


class OnlyOneself(NobodyNamed):
    """A message is for who writes it, and for nobody else."""


class UnknownPeople(DomainError):
    """There is nobody to write to by these names, as far as the viewer may know."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


class TooManyPeople(DomainError):
    """A conversation has at most `limit` members besides the viewer."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class ImageInvalid(DomainError):
    """A picture is refused.

    :ivar code: `type` (none of the five kinds), `bytes` (the file is too large), `pixels`, `frames`
        (too many), or `broken`
    """

    def __init__(self, code: Literal["type", "bytes", "pixels", "frames", "broken"]) -> None:
        super().__init__(code)
        self.code = code


class QuotaExceeded(DomainError):
    """The pictures of a member would take more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class StorageUnavailable(DomainError):
    """Where files are kept cannot be reached, or is full."""


class ImageBusy(DomainError):
    """Other pictures are being made anew, and it takes too long to wait for them."""


class TranslationFailed(DomainError):
    """A post cannot be translated now.

    :ivar code: `unavailable` (down, or what it says makes no sense), `timeout`, `quota` (asked too
        often, or too much), `unsupported` (not from or into this language), `misconfigured` (the
        key or the address in TRANSLATE_URL is refused)
    """

    def __init__(
        self, code: Literal["unavailable", "timeout", "quota", "unsupported", "misconfigured"]
    ) -> None:
        super().__init__(code)
        self.code = code


class SearchUnavailable(DomainError):
    """There is no answer.

    :ivar code: `slow` (it would have taken too long) or `broken` (the index is not what it should
        be; `flask search rebuild` makes it anew)
    """

    def __init__(self, code: Literal["slow", "broken"]) -> None:
        super().__init__(code)
        self.code = code
