#!/usr/bin/env python
"""Draw the icons of devices from app/static/img/icon.svg; needs the Chromium of the tests."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "app" / "static" / "img"
# Name, pixels, and whether the ground reaches into the corners, which systems cut off themselves.
ICONS = (
    ("icon-192.png", 192, False),
    ("icon-512.png", 512, False),
    ("icon-maskable-512.png", 512, True),
    ("icon-touch-180.png", 180, True),
)


def main() -> None:
    drawing = (IMAGES / "icon.svg").read_text()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for name, size, is_full in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(_page(drawing, size, is_full=is_full))
            page.screenshot(path=str(IMAGES / name), omit_background=True)
        browser.close()


def _page(drawing: str, size: int, *, is_full: bool) -> str:
    drawing = drawing.replace('width="32" height="32">', f'width="{size}" height="{size}">', 1)
    if is_full:
        drawing = drawing.replace('rx="9"', 'rx="0"')
        # The mark stays within the circle that is always seen.
        drawing = drawing.replace("translate(3.5 4)", "translate(6.8 6.4) scale(.8)")
    return f"<!doctype html><style>body{{margin:0}}svg{{display:block}}</style>{drawing}"


if __name__ == "__main__":
    main()
