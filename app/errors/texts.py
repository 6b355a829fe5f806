"""What the error pages say, in whatever language is at hand when they are made."""

from math import ceil
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext
from flask_babel.speaklater import LazyString

from config import MEGABYTE


class ErrorText(NamedTuple):
    title: LazyString
    text: LazyString


CSRF_TEXT = ErrorText(
    _l("This form has grown old"),
    _l(
        "It was opened before you signed in or out, or your browser keeps no cookies. "
        "Go back, reload the page and send it again; copy what you wrote first."
    ),
)

GUEST_UPLOAD_TEXT = ErrorText(
    _l("Sign in to send pictures"),
    _l(
        "This browser is signed out, so the site takes no large files from it. Sign in in another "
        "tab, go back and send it again: your text should still be there."
    ),
)

HOST_TEXT = ErrorText(
    _l("This site has another name"),
    _l(
        "It does not answer to the host name in this address. If the site is yours, "
        "set BASE_URL to its address or add the name to TRUSTED_HOSTS."
    ),
)

# Signed in, they may still come upon a post for others, or upon somebody who blocks them.
MEMBERS_404_TEXT = ErrorText(
    _l("Nothing is written here"),
    _l("The address may be misspelt, the post may be deleted, or it is not for you to see."),
)

NOT_CONFIRMED_TEXT = ErrorText(
    _l("Confirm your e-mail address first"),
    _l(
        "Open the link in the mail that we sent you; then you can post and follow people. "
        "On Home you can have the mail sent again."
    ),
)

OWNER_TEXT = ErrorText(
    _l("This site needs its owner"),
    _l("You can leave as soon as it is somebody else's. Those who run it can hand it over."),
)

TEXTS = {
    400: ErrorText(
        _l("That request makes no sense"),
        _l("The address or the form holds something that no page of ours sends."),
    ),
    403: ErrorText(
        _l("This is not yours to do"),
        _l("You can see it, but only somebody else may do this."),
    ),
    404: ErrorText(
        _l("Nothing is written here"),
        _l(
            "The address may be misspelt, the post may be deleted, or it is not for everybody: "
            "if you have an account, sign in and try again."
        ),
    ),
    405: ErrorText(
        _l("Not this way"),
        _l("This address exists, but it cannot be opened like this."),
    ),
    413: ErrorText(
        _l("That is too much at once"),
        _l("What you sent is larger than this site takes. Go back and make it smaller."),
    ),
    415: ErrorText(
        _l("We cannot read this"),
        _l("It was sent in a format that this address does not take."),
    ),
    422: ErrorText(
        _l("This picture cannot be taken"),
        _l("It may be too large, or no picture. Go back and choose another one."),
    ),
    429: ErrorText(
        _l("Slow down a little"),
        _l(
            "You did this many times in a short while. Wait a moment and try again. "
            "If you were writing, use the back button: your text should still be there."
        ),
    ),
    500: ErrorText(
        _l("Something broke on our side"),
        _l(
            "It is not your fault, and it is in our log. Please try again in a moment. "
            "If you were writing, use the back button: your text should still be there."
        ),
    ),
    501: ErrorText(
        _l("Not in this format"),
        _l("This site cannot say it in the format that was asked for. It can in JSON."),
    ),
    503: ErrorText(
        _l("Back in a moment"),
        _l(
            "The site is busy or being looked after. Please try again shortly. "
            "If you were writing, use the back button: your text should still be there."
        ),
    ),
}


def limit_text(seconds: int) -> ErrorText:
    """Return what somebody is told who has to wait so long."""
    return ErrorText(
        _l("Slow down a little"),
        lazy_ngettext(
            "You did this many times in a short while. Try again in %(num)s minute.",
            "You did this many times in a short while. Try again in %(num)s minutes.",
            ceil(seconds / 60),
        ),
    )


def size_text(bytes_: int) -> ErrorText:
    """Return what somebody is told who sent a form of more than so many bytes."""
    return ErrorText(
        TEXTS[413].title,
        _l(
            "A form may have %(num)s kB at most. Go back, make it smaller and send it again: "
            "your text should still be there.",
            num=bytes_ // 1024,
        ),
    )


def upload_text(picture: int, together: int, text: int) -> ErrorText:
    """Return what somebody is told who sent too much with pictures.

    :param picture: how many megabytes one of them may have; the others are bytes
    """
    return ErrorText(
        TEXTS[413].title,
        _l(
            "A picture may have %(num)s MB at most, all that is sent at once %(together)s MB, and "
            "its text %(text)s kB. Go back, make it smaller and send it again: your text should "
            "still be there.",
            num=picture,
            together=together // MEGABYTE,
            text=text // 1024,
        ),
    )


def text_of(status: int) -> ErrorText:
    """Return title and explanation of an HTTP status."""
    return TEXTS.get(status) or TEXTS[500 if status >= 500 else 400]
