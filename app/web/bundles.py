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
    for name in ("times", "menus", "errors", "counter", "compose", "requests", "keys")
)
SPRITE = "img/icons.svg"
SITE_STYLE, SITE_SCRIPT, SITE_SPRITE = "made/site.css", "made/site.js", "made/icons.svg"


def init_app(app: Flask) -> None:
    sources = sources_of_all()
    has_style, has_script, has_sprite = (
        is_current(name, sources[name]) for name in (SITE_STYLE, SITE_SCRIPT, SITE_SPRITE)
    )
    app.jinja_env.globals.update(
        site_styles=[SITE_STYLE] if has_style else STYLES,
        site_libraries=[SITE_SCRIPT] if has_script else LIBRARIES,
        site_scripts=[] if has_script else SCRIPTS,
        site_sprite=SITE_SPRITE if has_sprite else SPRITE,
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
    return {
        SITE_STYLE: [*parts(STYLES), *named_in],
        SITE_SCRIPT: parts(LIBRARIES + SCRIPTS),
        SITE_SPRITE: [*parts((SPRITE,)), *named_in],
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
