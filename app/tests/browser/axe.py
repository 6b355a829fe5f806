"""Accessibility as axe-core sees it."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"]})"""


def load(page: Page) -> None:
    """Bring axe into the page, past its policy; stays until the page is left."""
    page.evaluate(SOURCE)


def violations(page: Page) -> list[str]:
    """Return what breaks a rule, one line for each element."""
    found = page.evaluate(RUN, RULES)["violations"]
    return [
        f"{rule['id']}: {node['html']} ({node['failureSummary']})"
        for rule in found
        for node in rule["nodes"]
    ]
