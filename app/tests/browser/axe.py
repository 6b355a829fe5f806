"""Accessibility as axe-core sees it."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those that depend on the theme.
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"]})"""


def load(page: Page) -> None:
    """Bring axe into the page, past its policy; stays until the page is left."""
    page.evaluate(SOURCE)


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """Return what breaks a rule, one line for each element.

    :param rules: names of rules, or of groups of them
    """
    found = page.evaluate(RUN, rules)["violations"]
    return [
        f"{rule['id']}: {node['html']} ({node['failureSummary']})"
        for rule in found
        for node in rule["nodes"]
    ]
