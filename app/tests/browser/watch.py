"""What no page may do, whatever a test is about."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Runs in every page before its own scripts; what it writes, `Watch` reads.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
# A page or an answer to htmx may be an error that the test wants; a script or a picture may not.
ANSWERS = {"document", "xhr", "fetch"}


class Watch:
    """Gathers complaints of the browser: console errors, broken policies, files that fail.

    :ivar problems: what went wrong so far, one line each
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._allowed: list[str] = []

    def allow(self, *texts: str) -> None:
        """Accept from here on what a test causes on purpose; parts of what is said will do."""
        self._allowed += texts

    def over(self, context: BrowserContext, site: str) -> None:
        """Watch all pages that will be opened in this context."""
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._note("exception", str(error.error)))
        context.on("request", lambda request: self._check_origin(request, site))
        context.on("response", self._check_status)
        context.on("requestfailed", self._check_failure)

    def _note(self, kind: str, text: str) -> None:
        if not any(part in text for part in self._allowed):
            self.problems.append(f"{kind}: {text}")

    def _hear(self, message: ConsoleMessage) -> None:
        # What fails to load is judged by `_check_status` and `_check_failure`.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self._note(message.type, f"{message.text} on {_address(message.page)}")

    def _check_origin(self, request: Request, site: str) -> None:
        if not request.url.startswith((f"{site}/", "data:")):
            self._note("request to another site", request.url)

    def _check_status(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in ANSWERS:
            self._note(f"status {response.status}", response.url)

    def _check_failure(self, request: Request) -> None:
        # Aborted is what a page leaves unfinished when the next one is opened.
        if request.failure != "net::ERR_ABORTED":
            self._note("failed", f"{request.failure} {request.url}")


def _address(page: Page | None) -> str:
    return page.url if page else "a page that is gone"
