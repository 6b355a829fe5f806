"""Writes the files that pages get in place of several: see app/web/bundles.py."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from app.cli import class_names, stylesheets
from app.web import bundles
from app.web.bundles import (
    LIBRARIES,
    RARE_ICONS,
    RARE_SPRITE,
    RARE_STYLE,
    RARE_STYLES,
    SCRIPTS,
    SITE_SCRIPT,
    SITE_SPRITE,
    SITE_STYLE,
    SPRITE,
    STATIC,
    STYLES,
)

# Each in a function of its own, as in a module; one that fails leaves the others alone.
OWN = '(()=>{{"use strict";try{{\n{}\n}}catch(error){{reportError(error)}}}})();\n'

_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>', re.DOTALL)
_FRACTION = re.compile(r"(?<=\.)\d{3,}")
_NAME = re.compile(r"[\"'#]([\w-]+)(?=[\"'])")


def build() -> None:
    """Make what is missing or out of date."""
    make = {
        SITE_STYLE: site_style,
        RARE_STYLE: rare_style,
        SITE_SCRIPT: site_script,
        SITE_SPRITE: site_sprite,
        RARE_SPRITE: rare_sprite,
    }
    for name, sources in bundles.sources_of_all().items():
        if not bundles.is_current(name, sources):
            _write(name, make[name](), sources)


def site_style() -> str:
    return _style(STYLES, beside=RARE_STYLES)


def rare_style() -> str:
    return _style(RARE_STYLES, beside=STYLES)


def _style(names: tuple[str, ...], beside: tuple[str, ...]) -> str:
    css, others = (
        "".join(path.read_text() for path in bundles.parts(each)) for each in (names, beside)
    )
    is_class = class_names.finder(bundles.naming())
    return stylesheets.shrink(css, is_class, stylesheets.shrink(others, is_class))


def site_script() -> str:
    libraries = [f"{path.read_text().rstrip()}\n;\n" for path in bundles.parts(LIBRARIES)]
    # It asks for a setting of the application, which ours does not set.
    with Flask(__name__).app_context():
        times = bundles.flask_moment_script()
    own = [OWN.format(_without_comments(path.read_text())) for path in bundles.parts(SCRIPTS)]
    return "".join([*libraries, times, *own])


def site_sprite() -> str:
    return _sprite(lambda name: name not in RARE_ICONS)


def rare_sprite() -> str:
    return _sprite(lambda name: name in RARE_ICONS)


def _sprite(is_in: Callable[[str], bool]) -> str:
    """Return the symbols that some file names, as text of its own: `"bell"`, `icons.svg#bell"`."""
    [sprite] = bundles.parts((SPRITE,))
    names = {name for path in bundles.naming() for name in _NAME.findall(path.read_text())}
    text = _FRACTION.sub(_hundredths, sprite.read_text())
    found = (symbol for symbol in _SYMBOL.finditer(text) if symbol[1] in names and is_in(symbol[1]))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(each[0] for each in found)}</svg>'


def _hundredths(match: re.Match[str]) -> str:
    """Return two digits for a longer fraction: finer than any screen draws an icon of 16 units."""
    digits = match[0]
    return f"{min(round(int(digits) / 10 ** (len(digits) - 2)), 99):02d}"


def _without_comments(code: str) -> str:
    """Leave out the lines that are comments and what is before the others."""
    if any(line.count("`") % 2 for line in code.splitlines()):
        # In a text that goes over several lines, all of that would count.
        return code
    return "\n".join(re.findall(r"^[ \t]*(?!//)(\S.*)$", code, re.MULTILINE))


def _write(name: str, content: str, sources: list[Path]) -> None:
    target = STATIC / name
    target.parent.mkdir(exist_ok=True)
    draft = target.with_name(f"{target.name}.new")
    draft.write_text(content)
    time = bundles.newest(sources)
    os.utime(draft, ns=(time, time))
    draft.replace(target)
