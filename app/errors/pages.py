"""Error pages. They need no database, no session and no viewer; 500 and 503 are made at start."""

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.errors.texts import ErrorText, text_of
from app.extensions import settings
from app.models import Theme
from app.web.i18n import LANGUAGES

STATIC = (500, 503)
ID_PLACE = "@request-id@"


def init_app(app: Flask) -> None:
    """Make the pages that must not fail when everything else does."""
    with app.app_context():
        app.extensions["static_errors"] = {
            (status, locale, theme): error_page(status, text_of(status), locale, theme, ID_PLACE)
            for status in STATIC
            for locale in LANGUAGES
            for theme in Theme
        }


def error_page(status: int, text: ErrorText, locale: str, theme: str, request_id: str) -> str:
    """Return a page of the site's look about an error."""
    template = current_app.jinja_env.get_template("errors/error.html")
    with force_locale(locale):
        return template.render(
            # Not through `render_template`: its context asks for the viewer.
            site_name=settings.SITE_NAME,
            viewer=None,
            locale=locale,
            theme=theme,
            here="/",
            status=status,
            title=text.title,
            text=text.text,
            request_id=request_id,
            actions=[(_("Go to Home"), "/"), (_("Explore"), "/explore")],
        )


def static_page(status: int, locale: str, theme: str, request_id: str) -> str:
    """Return the page made at start, with the id of this request."""
    pages: dict[tuple[int, str, str], str] = current_app.extensions["static_errors"]
    return pages[status, locale, theme].replace(ID_PLACE, request_id)
