"""What kind of device a browser runs on, as far as it tells."""

import re
from typing import NamedTuple

# The first that is found counts: most browsers also name those they descend from.
BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera|OPT/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Vivaldi", r"Vivaldi/"),
    ("DuckDuckGo", r"DuckDuckGo/|Ddg/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


class Device(NamedTuple):
    """A browser and a system, "" where unknown; kind: `laptop`, `phone` or `tablet`."""

    browser: str
    system: str
    kind: str


def describe(user_agent: str) -> Device:
    """Return what a User-Agent header tells."""
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent), _kind(user_agent))


def _kind(user_agent: str) -> str:
    # Tablets with Android leave the word Mobile out.
    if re.search(r"iPad|Tablet|Android(?!.*Mobile)", user_agent):
        return "tablet"
    return "phone" if re.search(r"iPhone|iPod|Mobi", user_agent) else "laptop"


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, user_agent)), "")
