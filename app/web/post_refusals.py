"""Why a post or a picture of one is refused: the same words wherever that turns out."""

from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import TooManyRequests

from app.extensions import settings
from app.services.errors import (
    FormUsed,
    ImageBusy,
    ImageInvalid,
    NobodyMentioned,
    NotConfirmed,
    NotFound,
    PicturesGone,
    QuotaExceeded,
    StorageUnavailable,
    TextMissing,
    TextTooLong,
    WarningTooLong,
)
from app.services.text import InvalidText
from config import MEGABYTE

# What `services.sending` says no with.
REFUSALS = (
    FormUsed,
    NobodyMentioned,
    NotConfirmed,
    NotFound,
    PicturesGone,
    TextMissing,
    TextTooLong,
    InvalidText,
)
# What `services.pictures` says no to a file with, and the limit of uploads.
PICTURE_REFUSALS = (ImageInvalid, QuotaExceeded, ImageBusy, StorageUnavailable, TooManyRequests)


def reason(problem: Exception) -> str:
    """Return what to say about a post that is refused. Anything else is raised again."""
    match problem:
        case NotConfirmed():
            return _("Confirm your e-mail address first. Your text stays here meanwhile.")
        case NobodyMentioned():
            return _("Mention somebody with @, or choose who else can see this.")
        case TextMissing():
            return _("Write something first.")
        case TextTooLong():
            return _too_long(problem)
        case InvalidText():
            return _("The text holds characters that cannot be shown.")
        case NotFound() | FormUsed() | PicturesGone():
            return _overtaken(problem)
    raise problem


def picture_reason(problem: Exception, name: str) -> str:
    """Return what to say about a file that is refused. Anything else is raised again."""
    match problem:
        case ImageInvalid():
            return _of_image(problem.code, name)
        case QuotaExceeded():
            return _(
                "There is no room for “%(name)s”: your pictures take up to %(limit)s MB.",
                name=name,
                limit=problem.limit // MEGABYTE,
            )
        case StorageUnavailable():
            return _("Pictures cannot be stored right now. Please try again in a while.")
        case ImageBusy():
            return _("Many pictures are being prepared right now. Please try again in a moment.")
        case TooManyRequests(retry_after=int() as seconds):
            return ngettext(
                "You sent many pictures in a short while. Try again in %(num)s minute.",
                "You sent many pictures in a short while. Try again in %(num)s minutes.",
                ceil(seconds / 60),
            )
    raise problem


def _overtaken(problem: NotFound | FormUsed | PicturesGone) -> str:
    if isinstance(problem, FormUsed):
        return _("This form was sent already. Send it again to publish this as a new post.")
    if isinstance(problem, PicturesGone):
        return _("A picture that you added is no longer there. Please add it again.")
    return _(
        "The post you reply to is no longer there. "
        "Send this again to publish it as a post of its own."
    )


def _too_long(error: TextTooLong) -> str:
    excess = max(1, error.length - error.limit)
    if isinstance(error, WarningTooLong):
        return ngettext(
            "%(num)s character too many; there is room for %(limit)s.",
            "%(num)s characters too many; there is room for %(limit)s.",
            excess,
            limit=error.limit,
        )
    return ngettext(
        "%(num)s character too many; a post has at most %(limit)s.",
        "%(num)s characters too many; a post has at most %(limit)s.",
        excess,
        limit=error.limit,
    )


def _of_image(code: str, name: str) -> str:
    if code == "bytes":
        limit = settings.MAX_PICTURE_MB
        return _("“%(name)s” is larger than %(limit)s MB.", name=name, limit=limit)
    if code == "pixels":
        return _("“%(name)s” has too many pixels. Please make it smaller.", name=name)
    if code == "frames":
        return _("“%(name)s” moves for too long: it has too many frames.", name=name)
    if code == "broken":
        return _("“%(name)s” is damaged and cannot be shown.", name=name)
    return _("“%(name)s” is no JPEG, PNG, WebP, GIF or AVIF picture.", name=name)
