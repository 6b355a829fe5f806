"""Accessibility as axe-core sees it."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those that depend on the theme.
COLOURS = ["color-contrast", "link-in-text-block"]
# Without the selector of each element, which nobody reads and which takes a third of the time.
RUN = """([part, rules]) => axe.run(part, {
  runOnly: rules, resultTypes: ["violations"], selectors: false,
})"""


def load(page: Page) -> None:
    """Bring axe into the page, past its policy; stays until the page is left."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE)


def violations(page: Page, rules: list[str] = RULES, part: str = "html") -> list[str]:
    """Return what breaks a rule, one line for each element.

    :param rules: names of rules, or of groups of them
    :param part: a selector of what is looked at
    """
    found = page.evaluate(RUN, [part, rules])["violations"]
    return [
        f"{rule['id']}: {node['html']} ({node['failureSummary']})"
        for rule in found
        for node in rule["nodes"]
    ]
