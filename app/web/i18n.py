"""Which language, time zone and theme a reader gets."""

from functools import cache
from zoneinfo import available_timezones

from flask import has_request_context, request
from werkzeug.wrappers import Response

from app.extensions import settings
from app.models import Theme
from app.web import cookies
from app.web.viewer import viewer

# The cookies of what was chosen in this browser.
LANGUAGE, THEME = "language", "theme"
LANGUAGES = {"en": "English", "es": "Español", "ko": "한국어"}


def choose_locale() -> str:
    """Return the language of the account, else of the footer's cookie, else of the browser."""
    if not has_request_context():
        return settings.DEFAULT_LOCALE
    member = viewer()
    if member is not None and member.credential.locale in LANGUAGES:
        return str(member.credential.locale)
    return locale_of_browser()


def locale_of_browser() -> str:
    """Return the language as far as the request alone tells it, without the database."""
    return chosen_language() or best_language()


def chosen_language() -> str | None:
    """Return the language chosen in the footer of this browser."""
    chosen = cookies.read(LANGUAGE)
    return chosen if chosen in LANGUAGES else None


def best_language() -> str:
    """Return the language of ours that the browser likes best."""
    return request.accept_languages.best_match(LANGUAGES) or settings.DEFAULT_LOCALE


def choose_time_zone() -> str:
    if not has_request_context():
        return settings.DEFAULT_TIME_ZONE
    return chosen_time_zone() or settings.DEFAULT_TIME_ZONE


def chosen_time_zone() -> str | None:
    """Return the time zone of the account, if somebody chose one."""
    member = viewer()
    zone = member.credential.time_zone if member else None
    return zone if zone in time_zones() else None


def guessed_time_zone() -> str | None:
    """Return the time zone of the browser, as a script wrote it into the form of this request."""
    zone = request.form.get("time_zone")
    return zone if zone in time_zones() else None


def choose_theme() -> str:
    member = viewer()
    return member.credential.theme.value if member else theme_of_browser()


def theme_of_browser() -> str:
    """Return the theme that somebody chose in this browser, without the database."""
    theme = cookies.read(THEME) if has_request_context() else ""
    return theme if theme in {*Theme} else Theme.AUTO.value


@cache
def time_zones() -> dict[str, None]:
    """Return the names of all zones, sorted, without those that only stand for an offset."""
    plain = {zone for zone in available_timezones() if "/" in zone}
    return dict.fromkeys(["UTC", *sorted(zone for zone in plain if not zone.startswith("Etc/"))])


def remember_language(response: Response, language: str | None) -> None:
    """Keep a language in the browser, where pages without an account find it; None forgets it."""
    cookies.keep(response, LANGUAGE, language)


def remember_theme(response: Response, theme: Theme) -> None:
    """Keep a theme in the browser, where pages without an account find it."""
    cookies.keep(response, THEME, None if theme is Theme.AUTO else theme.value)
