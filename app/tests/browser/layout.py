"""What holds for the layout of every page. Each function returns the faults it finds."""

from itertools import pairwise

from playwright.sync_api import Page

WIDTHS = (320, 390, 768, 992, 1280)

# Names what sticks out.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5)
    .map((element) => `${width} px, sticks out: ${element.outerHTML.slice(0, 120)}`);
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((heading) => heading.checkVisibility())
  .map((heading) => Number(heading.tagName[1]))"""
PICTURES = """() => Promise.all([...document.images].map(async (image) => {
  // Else those below the window wait until somebody scrolls.
  image.loading = "eager";
  try { await image.decode(); } catch { return `does not load: ${image.src}`; }
  return image.getAttribute("alt") === null ? `no alt: ${image.src}` : null;
})).then((found) => found.filter(Boolean))"""
ICONS = """() => [...document.querySelectorAll("svg:has(use)")]
  .filter((icon) => icon.checkVisibility() && !icon.getBBox().width)
  .map((icon) => `empty icon: ${icon.innerHTML}`)"""
SKIP_LINK = """() => {
  const { x, y, width, height } = document.activeElement.getBoundingClientRect();
  const isSeen = x >= 0 && y >= 0 && width > 24 && height > 24;
  return isSeen && document.activeElement.hash === "#main";
}"""


def faults(page: Page) -> list[str]:
    return [
        *title_faults(page),
        *heading_faults(page),
        *page.evaluate(PICTURES),
        *page.evaluate(ICONS),
        *width_faults(page),
    ]


def width_faults(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += page.evaluate(STICKING_OUT)
    return found


def title_faults(page: Page) -> list[str]:
    name, _, site = page.title().rpartition(" · ")
    return [] if name and site == "Microblog" else [f"title: {page.title()!r}"]


def heading_faults(page: Page) -> list[str]:
    """One h1, and no level skipped on the way down."""
    levels = page.evaluate(HEADINGS)
    steps = [after - before for before, after in pairwise(levels)]
    is_sound = levels.count(1) == 1 and all(step <= 1 for step in steps)
    return [] if is_sound else [f"headings: {levels}"]


def skip_link_faults(page: Page) -> list[str]:
    """The first stop of the keyboard is the skip link; it shows, and leads to the content."""
    page.keyboard.press("Tab")
    if not page.evaluate(SKIP_LINK):
        return ["the first stop is no skip link"]
    page.keyboard.press("Enter")
    place = page.evaluate("document.activeElement.localName")
    return [] if place == "main" else [f"the skip link leads to {place}"]
