"""Which classes the pages may have, as far as the sources tell: rather one too many than too few.

A name that is put together (`alert-{{ kind }}`) stands for all that begin like it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

_JINJA = r"\{\{.*?\}\}|\{%.*?%\}"
_ATTRIBUTE = re.compile(rf'\bclass="((?:{_JINJA}|[^"])*)"', re.DOTALL)
_EXPRESSION = re.compile(_JINJA, re.DOTALL)
_STRING = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
# Followed by the rest: `{{ kind }}`, `{kind}`, `${kind}`, `" ~ kind`.
_BEGINNING = re.compile(r"([A-Za-z_][\w-]*-)(?=\$?\{|[\"']\s*[~+])")
# Set by htmx itself.
_OF_LIBRARIES = "htmx-"


def finder(sources: list[Path]) -> Callable[[str], bool]:
    """Return a function that tells whether a class of this name may be in some page."""
    texts = {path: path.read_text() for path in sources}
    names = {name for path, text in texts.items() for name in _names(path, text)}
    beginnings = {start for text in texts.values() for start in _BEGINNING.findall(text)}
    starts = (_OF_LIBRARIES, *beginnings)
    return lambda name: name in names or name.startswith(starts)


def _names(path: Path, text: str) -> Iterator[str]:
    """Yield what may be a class: each word that has a hyphen, others where classes are written."""
    places = [found[1] for found in _ATTRIBUTE.finditer(text)]
    if path.suffix == ".html":
        places += _strings("".join(_EXPRESSION.findall(text)))
    elif path.suffix == ".js":
        places += _strings(text)
    yield from (name for name in _NAME.findall(text) if "-" in name)
    for place in places:
        yield from _NAME.findall(place)


def _strings(code: str) -> list[str]:
    return ["".join(found) for found in _STRING.findall(code)]
