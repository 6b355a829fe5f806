"""The parts of a page that are the same on all pages of a member, kept.

Navigation, menus and the like take longer to render than the posts between them, whose HTML is kept
too (`post_html`). A part gets what is named here and nothing else, and all of that is its key: so
what one member is shown is never shown to another one.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

# Of about 5 kB each; a member has half a dozen for each entry of the navigation.
KEPT = 1_000
_NAME = "parts"
_GIVEN = ("site_name", "viewer", "locale", "theme", "nav", "feeds_at", "aside", "is_quiet")
_VIEWER = _GIVEN.index("viewer")
# Those that show how much is unread. The others would be kept once for each count.
COUNTING = {"_side.html", "_tabbar.html"}


def init_app(app: Flask) -> None:
    app.extensions[_NAME] = lru_cache(KEPT)(_render)
    app.add_template_global(part)


@pass_context
def part(context: Context, name: str) -> Markup:
    """Return a template rendered for the page at hand; for members, from what is kept."""
    given = [context.get(each, "") for each in _GIVEN]
    if context["viewer"] is None:
        # Their pages are kept as a whole. What leads back to the page is for them only.
        return _render(name, given, context["here"])
    if name not in COUNTING:
        given[_VIEWER] = context["viewer"].without_counts()
    return cast("Markup", current_app.extensions[_NAME](name, tuple(given)))


def _render(name: str, given: Sequence[Any], here: str = "") -> Markup:
    values = dict(zip(_GIVEN, given, strict=True))
    if here:
        values["here"] = here
    # Jinja has escaped what had to be.
    return Markup(current_app.jinja_env.get_template(name).render(values))  # noqa: S704
