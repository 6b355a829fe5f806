"""Every page, from the smallest phone on: nothing broken, cut off, unreachable or inaccessible."""

import pytest

from app.tests.browser import axe, layout
from app.tests.browser.places import PLACES, Place

# How pages look does not depend on the database, and looking at all of them takes a while.
pytestmark = pytest.mark.usefixtures("once")

WIDTHS = (1280, 390)
# All rules in one theme; in the other, those that it can break.
THEMES = {"light": axe.RULES, "dark": axe.COLOURS}
MENUS = {
    "/": (".side-foot details", ".appbar details", "article details"),
    "/explore": (".site-foot details", "article details"),
}


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_has_no_fault(place, open_place):
    page = open_place(place)
    found = [*layout.faults(page), *violations_in_all_looks(page)]
    # A failed form has the focus on its errors, beyond the skip link.
    if not place.prepare:
        found += layout.skip_link_faults(page)

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("path", "viewer"), [("/", "susan"), ("/explore", None)])
def test_open_menus_are_accessible_and_fit(path, viewer, open_place):
    page = open_place(Place("menus", path, viewer))
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        menus = [page.locator(menu).first for menu in MENUS[path]]
        for menu in filter(lambda menu: menu.is_visible(), menus):
            menu.locator("summary").click()
            assert menu.get_attribute("open") is not None
            found += page.evaluate(layout.STICKING_OUT)
            # What is outside is judged in the test of the page.
            found += violations_in_all_looks(page, [width], "details[open]")

    assert not found, "\n".join(found)


def test_the_navigation_does_not_jump_between_pages(open_place):
    places = [place for place in PLACES if place.name in {"home", "delete", "settings profile"}]
    found = {place.name: open_place(place).locator(".side").bounding_box()["x"] for place in places}

    assert len(set(found.values())) == 1, found


def test_the_watch_sees_what_pages_must_not_do(visit, watch):
    page = visit("/explore")
    page.evaluate("""() => {
      document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/spy.png" }));
      document.body.append(Object.assign(document.createElement("script"), { text: "1 + 1" }));
      document.body.append(Object.assign(new Image(), { src: "/avatars/none.svg" }));
      setTimeout(() => { throw Error("thrown") });
    }""")
    page.wait_for_timeout(300)
    seen = "\n".join(watch.problems)
    watch.problems.clear()

    assert "policy: img-src http://127.0.0.1:9/spy.png" in seen
    assert "policy: script-src-elem inline" in seen
    assert "status 404: " in seen
    assert "exception: thrown" in seen


def violations_in_all_looks(page, widths=WIDTHS, part="html"):
    """Return what breaks WCAG 2.2 A and AA or best practice, in both themes and all widths.

    :param part: a selector of what is looked at
    """
    axe.load(page)
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        for theme, rules in THEMES.items():
            # Without motion, because a colour on its way to another has neither's contrast.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{width} {theme} {problem}" for problem in axe.violations(page, rules, part)]
    return found
