"""What templates may use besides their own context."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from flask_babel import (
    format_decimal,
    format_percent,
    get_locale,
    get_timezone,
    get_translations,
)
from jinja2 import StrictUndefined

from app.extensions import settings
from app.web import i18n, sharing, times
from app.web.people_cards import viewer_card
from app.web.redirects import here

_catalogs: dict[Any, Any] = {}


def init_app(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(page_context)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    for function in (time_iso, time_short, time_full, day, month_year, number, percent):
        app.add_template_global(function)
    app.add_template_global(sharing.about_post)
    app.add_template_global(sharing.about_profile)
    app.jinja_env.globals["locales"] = [*i18n.LANGUAGES.items()]


def _gettext(text: str) -> str:
    return str(_catalog().ugettext(text))


def _ngettext(singular: str, plural: str, number: int) -> str:
    return str(_catalog().ungettext(singular, plural, number))


def _catalog() -> Any:
    """Return the translations of the language at hand.

    Flask-Babel would find them anew for each word, of which a page has a hundred, in four times the
    time.
    """
    locale = get_locale()
    kept = _catalogs.get(locale)
    if kept is None:
        kept = _catalogs[locale] = get_translations()
    return kept


def page_context() -> dict[str, Any]:
    """Return what every page with a frame shows."""
    return {
        "site_name": settings.SITE_NAME,
        "viewer": viewer_card(),
        "locale": str(get_locale()),
        "theme": i18n.choose_theme(),
        # For the script that shows times; without a choice it takes the browser's zone.
        "time_zone": i18n.chosen_time_zone(),
        "here": here() if request else "/",
    }


def time_iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_short(moment: datetime) -> str:
    """Return a readable moment in the reader's zone, such as "12 Mar 2026, 18:22"."""
    return times.short(moment, str(get_locale()), str(get_timezone()))


def time_full(moment: datetime) -> str:
    """Return a full moment with its zone, such as "12 March 2026, 18:22 UTC"."""
    return times.full(moment, str(get_locale()), str(get_timezone()))


def day(moment: datetime) -> str:
    """Return the day of a moment in the reader's zone, such as "12 March 2026"."""
    return times.day(moment.astimezone(get_timezone()), str(get_locale()))


def month_year(moment: datetime) -> str:
    return times.month(moment, str(get_locale()), str(get_timezone()))


def number(value: int) -> str:
    return str(format_decimal(value))


def percent(value: int) -> str:
    return str(format_percent(value / 100))
