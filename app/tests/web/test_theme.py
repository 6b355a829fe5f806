"""The theme and the icons, as far as their sources tell."""

import re
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
THEME = re.sub(
    r"/\*.*?\*/", "", (ROOT / "static" / "css" / "theme.css").read_text(), flags=re.DOTALL
)
SPRITE = (ROOT / "static" / "img" / "icons.svg").read_text()
TEMPLATES = {path: path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))}


def declarations(selector):
    """Return what a rule sets, from each time it stands in the theme."""
    blocks = re.findall(rf"^[^\n]*{re.escape(selector)} {{(.*?)}}", THEME, re.DOTALL | re.MULTILINE)
    return [re.findall(r"([\w-]+):\s*([^;]+);", block) for block in blocks]


def test_the_dark_colours_are_the_same_for_choice_and_device():
    chosen = declarations('[data-bs-theme="dark"]')[0]
    automatic = declarations(':root:not([data-bs-theme="light"])')[0]

    assert len(chosen) > 40
    assert chosen == automatic


def test_every_dark_colour_has_a_light_one():
    light = dict(declarations(":root")[0])

    assert {name for name, _ in declarations('[data-bs-theme="dark"]')[0]} <= light.keys()


def test_every_icon_in_use_is_in_the_sprite():
    known = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    named = {
        name
        for text in TEMPLATES.values()
        for call in re.findall(r"(?:icon|empty_state)\(([^)]*)\)", text)
        # What is followed by a colon is the key of a choice; what begins with "icon-" is a class.
        for name in re.findall(r'"(?!icon-)([a-z][a-z0-9-]+)"(?!:)', call)
    }

    assert len(named) > 10
    assert named <= known
