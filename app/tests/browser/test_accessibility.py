"""WCAG 2.2 A and AA, and axe's best practices: no violation on any page."""

import pytest

from app.tests.browser import axe
from app.tests.browser.places import PLACES, Place

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
MENUS = {
    "/": (".side-foot details", ".appbar details", "article details"),
    "/explore": (".site-foot details", "article details"),
}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_page_has_a_violation(place, open_place):
    found = violations_in_all_looks(open_place(place))

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("path", "viewer"), [("/", "susan"), ("/explore", None)])
def test_open_menus_have_no_violation(path, viewer, open_place):
    page = open_place(Place("menus", path, viewer))
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        menus = [page.locator(menu).first for menu in MENUS[path]]
        for menu in filter(lambda menu: menu.is_visible(), menus):
            menu.locator("summary").click()
            assert menu.get_attribute("open") is not None
            found += violations_in_all_looks(page, [width])

    assert not found, "\n".join(found)


def violations_in_all_looks(page, widths=WIDTHS):
    """Return the violations in both themes and all widths, each with where it was seen."""
    axe.load(page)
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for theme in THEMES:
            # Without motion, because a colour on its way to another has neither's contrast.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{width} {theme} {problem}" for problem in axe.violations(page)]
    return found
