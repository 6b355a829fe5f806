"""What holds for the layout of every page, from the smallest phone on."""

import pytest

from app.tests.browser.places import PLACES

# Names what sticks out; a part that scrolls by itself, or is clipped, does not count.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5)
    .map((element) => element.outerHTML.slice(0, 120));
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((heading) => heading.checkVisibility())
  .map((heading) => Number(heading.tagName[1]))"""
BROKEN_IMAGES = """() => Promise.all([...document.images].map(async (image) => {
  try { await image.decode(); } catch { return image.src; }
  return image.width && image.getAttribute("alt") !== null ? null : image.outerHTML;
})).then((found) => found.filter(Boolean))"""
EMPTY_ICONS = """() => [...document.querySelectorAll("svg:has(use)")]
  .filter((icon) => icon.checkVisibility() && !icon.getBBox().width)
  .map((icon) => icon.innerHTML)"""


@pytest.mark.parametrize("width", [320, 390, 768, 992, 1280])
def test_no_page_scrolls_sideways(open_place, width):
    found = {}
    for place in PLACES:
        page = open_place(place, viewport={"width": width, "height": 700})
        found[place.name] = page.evaluate(STICKING_OUT)

    assert not any(found.values()), found


def test_every_page_has_one_h1_and_skips_no_level(open_place):
    for place in PLACES:
        levels = open_place(place).evaluate(HEADINGS)
        steps = zip(levels, levels[1:], strict=False)
        assert levels.count(1) == 1, place
        assert all(after - before <= 1 for before, after in steps), (place, levels)


def test_every_picture_and_icon_is_there(open_place):
    for place in PLACES:
        page = open_place(place)
        assert page.evaluate(BROKEN_IMAGES) == [], place
        assert page.evaluate(EMPTY_ICONS) == [], place


def test_every_page_names_itself(open_place):
    titles = {place.name: open_place(place).title() for place in PLACES}

    assert all(title.endswith(" · Microblog") for title in titles.values()), titles
    assert all(len(title) > len(" · Microblog") for title in titles.values()), titles


def test_the_navigation_does_not_jump_between_pages(open_place):
    found = set()
    for place in PLACES:
        side = open_place(place, viewport={"width": 1280, "height": 800}).locator(".side")
        if side.count():
            found.add(side.bounding_box()["x"])

    assert len(found) == 1


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
