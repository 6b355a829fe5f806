"""Files that belong together are served as one: fewer requests, and fewer bytes.

`flask serve` writes them (app/cli/bundles.py). Where one is missing or older than what it is made
of, as while somebody works on the program, pages ask for its parts instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import flask_moment
from flask import Flask

APP = Path(__file__).resolve().parent.parent
STATIC = APP / "static"
# What the page needs, in order; each own script stands by itself, as a module.
STYLES = ("vendor/bootstrap/bootstrap.min.css", "css/theme.css")
LIBRARIES = ("vendor/moment/moment.min.js", "vendor/htmx/htmx.min.js")
SCRIPTS = tuple(
    f"js/{name}.js"
    for name in ("times", "menus", "errors", "counter", "compose", "requests", "keys", "people")
)
SPRITE = "img/icons.svg"
# What lists of posts, where most visits begin, have no use for: it comes with the other pages.
RARE_STYLES = ("css/pages.css",)
RARE_ICONS = frozenset(
    {
        *("bell-fill", "box-arrow-down", "calendar3", "chat-fill", "download", "envelope-fill"),
        *("gear-fill", "globe2", "key", "laptop", "moon", "person-plus-fill", "phone", "send"),
        *("shield-lock", "sun", "tablet"),
    }
)
SITE_STYLE, SITE_SCRIPT, SITE_SPRITE = "made/site.css", "made/site.js", "made/icons.svg"
RARE_STYLE, RARE_SPRITE = "made/pages.css", "made/rare-icons.svg"


def init_app(app: Flask) -> None:
    made = {name for name, sources in sources_of_all().items() if is_current(name, sources)}
    app.jinja_env.globals.update(
        # One is made with regard to the other.
        site_styles=(SITE_STYLE,) if {SITE_STYLE, RARE_STYLE} <= made else STYLES,
        rare_styles=(RARE_STYLE,) if {SITE_STYLE, RARE_STYLE} <= made else RARE_STYLES,
        site_libraries=[SITE_SCRIPT] if SITE_SCRIPT in made else LIBRARIES,
        site_scripts=[] if SITE_SCRIPT in made else SCRIPTS,
        site_sprite=SITE_SPRITE if SITE_SPRITE in made else SPRITE,
        rare_sprite=RARE_SPRITE if RARE_SPRITE in made else SPRITE,
        rare_icons=RARE_ICONS,
    )


def flask_moment_script() -> str:
    """Return the script that Flask-Moment would put into the page, which our CSP forbids."""
    return re.sub(r"</?script[^>]*>", "", str(flask_moment.moment.flask_moment_js())) + "\n"


def is_current(name: str, sources: list[Path]) -> bool:
    made = STATIC / name
    return made.exists() and made.stat().st_mtime_ns == newest(sources)


def newest(sources: list[Path]) -> int:
    """Return the time of the newest one, which is given to what is made of them."""
    return max(path.stat().st_mtime_ns for path in sources)


def sources_of_all() -> dict[str, list[Path]]:
    """Return of what files each of ours is made."""
    named_in = naming()
    styles = [*parts(STYLES + RARE_STYLES), *named_in]
    icons = [*parts((SPRITE,)), *named_in]
    return {
        SITE_STYLE: styles,
        RARE_STYLE: styles,
        SITE_SCRIPT: parts(LIBRARIES + SCRIPTS),
        SITE_SPRITE: icons,
        RARE_SPRITE: icons,
    }


def parts(names: tuple[str, ...]) -> list[Path]:
    return [STATIC / name for name in names]


def naming() -> list[Path]:
    """Return all files that may name a class of a style sheet or a symbol of the sprite."""
    return sorted(_naming())


def _naming() -> Iterator[Path]:
    yield from (APP / "templates").rglob("*.html")
    yield from (STATIC / "js").glob("*.js")
    yield from (path for path in APP.rglob("*.py") if "tests" not in path.parts)
