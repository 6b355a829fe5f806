"""The outermost frame of every answer, static files and errors included.

It gives each request its id, the security headers and its line in the log.
"""

import re
import time
import uuid
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from werkzeug.wsgi import ClosingIterator

from config import Config

log = structlog.get_logger("request")

# What the application tells about a request, for its line in the log.
FACTS = "microblog.facts"
# One of these facts: scripts ask this again and again.
IS_POLLED = "is_polled"
REQUEST_ID = "microblog.request_id"
_PLAUSIBLE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Bootstrap's form icons are data: images.
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


# Of what is the same for everybody: a frame that its site locks up (`sandbox`) is of no origin,
# so nothing in it is of the same origin as itself.
SHOWN_ANYWHERE = ("Cross-Origin-Resource-Policy", "cross-origin")
# What the application says of an answer that any site may show in a frame.
FRAMED = "microblog.framed"
# Of such a page, which has no script and no form: no other site can make anybody do anything in it.
FRAMED_HEADERS = {
    name: value for name, value in SECURITY_HEADERS.items() if name != "X-Frame-Options"
} | {
    SHOWN_ANYWHERE[0]: SHOWN_ANYWHERE[1],
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors *",
        ]
    ),
    # With the line above, for sites that isolate themselves, which frame only what does so, too.
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Frame:
    """WSGI middleware around everything else."""

    def __init__(self, wsgi_app: WSGIApplication, config: Config) -> None:
        self.wsgi_app = wsgi_app
        self.trusts_proxy = config.PROXY_HOPS > 0
        always = {"Strict-Transport-Security": "max-age=31536000"} if config.is_tls else {}
        self.headers = [*(SECURITY_HEADERS | always).items()]
        self.framed_headers = [*(FRAMED_HEADERS | always).items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        request_id = self._request_id(environ)
        environ[REQUEST_ID] = request_id
        facts: dict[str, Any] = environ.setdefault(FACTS, {})

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            facts["status"] = int(status.split(" ", 1)[0])
            given = {name.lower() for name, _ in headers}
            wanted = self.framed_headers if environ.get(FRAMED) else self.headers
            added = [pair for pair in wanted if pair[0].lower() not in given]
            return start_response(status, [*headers, *added, ("X-Request-ID", request_id)], *rest)

        def finish() -> None:
            _log_request(environ, request_id, started)

        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            return ClosingIterator(self.wsgi_app(environ, start), finish)
        except BaseException:
            finish()
            raise

    def _request_id(self, environ: WSGIEnvironment) -> str:
        """Return the id that a proxy of ours gave, else a new one."""
        given = environ.get("HTTP_X_REQUEST_ID", "")
        if self.trusts_proxy and _PLAUSIBLE_ID.fullmatch(given):
            return str(given)
        return uuid.uuid4().hex[:16]


def _log_request(environ: WSGIEnvironment, request_id: str, started: float) -> None:
    """One line for each request: no query, no body, no cookie, nothing secret."""
    facts = environ[FACTS]
    # Files that were found, which no route serves, would drown the rest: mail in a terminal, too.
    # So would what open pages ask for all the time.
    is_minor = "route" not in facts or IS_POLLED in facts
    (log.debug if is_minor and facts.get("status", 0) < 400 else log.info)(
        "request",
        request_id=request_id,
        method=environ["REQUEST_METHOD"],
        # The route's pattern, not the path: names and tokens stay out of the log.
        route=facts.get("route", "-"),
        status=facts.get("status", 0),
        ms=round((time.perf_counter() - started) * 1000, 1),
        queries=facts.get("queries", 0),
        user_id=facts.get("user_id"),
    )
