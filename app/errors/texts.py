"""What the error pages say."""

from typing import NamedTuple

from flask_babel import gettext as _


class ErrorText(NamedTuple):
    title: str
    text: str


def text_of(status: int) -> ErrorText:
    """Return title and explanation of an HTTP status, in the language at hand."""
    found = _texts().get(status)
    return found or _texts()[500 if status >= 500 else 400]


def csrf_text() -> ErrorText:
    return ErrorText(
        _("This form has grown old"),
        _(
            "It was opened before you signed in or out, or your browser keeps no cookies. "
            "Go back, reload the page and send it again; copy what you wrote first."
        ),
    )


def host_text() -> ErrorText:
    return ErrorText(
        _("This site has another name"),
        _(
            "It does not answer to the host name in this address. If the site is yours, "
            "set BASE_URL to its address or add the name to TRUSTED_HOSTS."
        ),
    )


def _texts() -> dict[int, ErrorText]:
    return {
        400: ErrorText(
            _("That request makes no sense"),
            _("The address or the form holds something that no page of ours sends."),
        ),
        403: ErrorText(
            _("This is not yours to do"),
            _("You can see it, but only somebody else may do this."),
        ),
        404: ErrorText(
            _("Nothing is written here"),
            _(
                "The address may be misspelt, or the post was deleted by its author. "
                "Links to other people’s posts can also end here when they are for followers only."
            ),
        ),
        405: ErrorText(
            _("Not this way"),
            _("This address exists, but it cannot be opened like this."),
        ),
        413: ErrorText(
            _("That is too much at once"),
            _("What you sent is larger than this site takes. Go back and make it smaller."),
        ),
        415: ErrorText(
            _("We cannot read this"),
            _("It was sent in a format that this address does not take."),
        ),
        429: ErrorText(
            _("Slow down a little"),
            _(
                "You did this many times in a short while. Wait a moment and try again. "
                "If you were writing, use the back button: your text should still be there."
            ),
        ),
        500: ErrorText(
            _("Something broke on our side"),
            _(
                "It is not your fault, and it is in our log. Please try again in a moment. "
                "If you were writing, use the back button: your text should still be there."
            ),
        ),
        503: ErrorText(
            _("Back in a moment"),
            _(
                "The site is busy or being looked after. Please try again shortly. "
                "If you were writing, use the back button: your text should still be there."
            ),
        ),
    }
