"""Everything can be reached and seen with the keyboard alone."""

import pytest

from app.tests.browser.places import PLACES

pytestmark = pytest.mark.usefixtures("once")

# What a keyboard should stop at: one radio button of a group, nothing hidden.
STOPS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.tabIndex >= 0 && element.type !== "hidden")
    .filter((element) => element.type !== "radio" || element.checked);
  all.forEach((element, place) => { element.dataset.stop = place; });
  return all.length;
}"""
# Where the focus is, and what is wrong with how it shows; null at the end of the page.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const around = element.closest(".composer-box");
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const isMarked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const isMarkedAround = around && getComputedStyle(around).boxShadow !== "none";
  return {
    stop: Number(element.dataset.stop),
    html: element.outerHTML.slice(0, 120),
    isMarked: Boolean(isMarked || isMarkedAround),
    isCovered: !at || !(element.contains(at) || at.contains(element)),
  };
}"""
WALKED = {
    "explore signed out",
    "profile signed out",
    "register",
    "home",
    "home empty",
    "followers",
    "post own",
    "delete",
    "settings profile",
    "settings preferences",
    "error 404",
}


@pytest.mark.parametrize("width", [1280, 390])
def test_every_stop_is_reached_in_order_and_seen(open_place, width):
    for place in PLACES:
        if place.name in WALKED:
            # Without motion: a smooth scroll would still be on its way.
            look = {"viewport": {"width": width, "height": 700}, "reduced_motion": "reduce"}
            page = open_place(place, **look)
            # The cards of people would come and go as fast as this machine is.
            page.route("**/card", lambda route: route.fulfill(status=204))
            wanted = page.evaluate(STOPS)
            stops = walk(page, limit=wanted + 5)
            assert [stop["stop"] for stop in stops] == list(range(wanted)), (place, stops)
            assert [stop for stop in stops if not stop["isMarked"]] == [], place
            assert [stop for stop in stops if stop["isCovered"]] == [], place


def walk(page, limit):
    """Press Tab until the page is through; return what had the focus."""
    stops = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        # At the end comes the browser's own bar, or the page from its start.
        if focus is None or (stops and focus["stop"] == 0):
            break
        stops.append(focus)
    return stops
