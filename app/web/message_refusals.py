"""Why a private message is refused: the same words wherever that turns out."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.services.errors import (
    FormUsed,
    NobodyNamed,
    NotAllowed,
    NotConfirmed,
    NotFound,
    OnlyOneself,
    TextMissing,
    TextTooLong,
    TooManyPeople,
    UnknownPeople,
)
from app.services.text import InvalidText

# What is wrong with those it is for.
OF_PEOPLE = (NobodyNamed, TooManyPeople, UnknownPeople)
# What `services.messages` and `services.conversations` say no with.
REFUSALS = (
    *OF_PEOPLE,
    FormUsed,
    InvalidText,
    NotAllowed,
    NotConfirmed,
    NotFound,
    TextMissing,
    TextTooLong,
)


def reason(problem: Exception) -> str:
    """Return what to say about a message that is refused. Anything else is raised again."""
    match problem:
        case NobodyNamed() | TooManyPeople() | UnknownPeople():
            return _of_people(problem)
        case TextMissing() | TextTooLong() | InvalidText():
            return _of_text(problem)
        case NotConfirmed():
            return _("Confirm your e-mail address first. Your text stays here meanwhile.")
        case FormUsed():
            return _("This form was sent already. Send it again to send this as a new message.")
        case NotAllowed() | NotFound():
            return _("Nobody can be written to here any more. Your text is not sent.")
    raise problem


def _of_text(problem: Exception) -> str:
    if isinstance(problem, TextMissing):
        return _("Write something first.")
    if isinstance(problem, TextTooLong):
        return ngettext(
            "%(num)s character too many; a message has at most %(limit)s.",
            "%(num)s characters too many; a message has at most %(limit)s.",
            max(1, problem.length - problem.limit),
            limit=problem.limit,
        )
    return _("The text holds characters that cannot be shown.")


def _of_people(problem: Exception) -> str:
    if isinstance(problem, TooManyPeople):
        return ngettext(
            "You can write to %(num)s person at once.",
            "You can write to %(num)s people at once.",
            problem.limit,
        )
    if isinstance(problem, UnknownPeople):
        names = ", ".join(f"@{name}" for name in problem.names)
        return ngettext(
            "There is nobody called %(names)s.",
            "There is nobody called any of these: %(names)s.",
            len(problem.names),
            names=names,
        )
    if isinstance(problem, OnlyOneself):
        return _("You cannot write to yourself.")
    return _("Say whom you write to, such as @name.")
