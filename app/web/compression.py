"""Pages are sent compressed: Brotli to browsers that take it (all do over TLS), else gzip.

Static files are compressed once, much harder, by `flask serve`: app/cli/assets.py.

Where a page shows what a request said, the size of what is compressed can tell a guesser about the
rest of the page (BREACH). What stands in the way is in docs/security.md: the length of private
answers is blurred here, and the one secret of each page, its CSRF token, is good for nothing
without a signature that changes every second.
"""

import gzip
import secrets
from functools import lru_cache

import brotli
from flask import Flask, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

# Measured on home with 25 posts (ADR 9): beyond these, bytes cost more time than they save.
BROTLI_LEVEL, GZIP_LEVEL = 5, 3
# Less than this fits into the first packet anyway.
SMALLEST = 600
TEXTS = {
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/manifest+json",
    "application/rss+xml",
    "application/xml",
    "image/svg+xml",
}
# Of private answers only, at random.
PADDING = "X-Padding"
MOST_PADDING = 32


def init_app(app: Flask) -> None:
    """Compress answers. The first that is registered is the last that is called."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    mimetype = response.mimetype or ""
    if not (mimetype.startswith("text/") or mimetype in TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    encoding = choose(request.headers.get("Accept-Encoding", ""))
    if encoding is None or not _is_worth_it(response):
        return response
    response.set_data(compressed(response.get_data(), encoding))
    response.headers["Content-Encoding"] = encoding
    _tell_apart(response)
    return response


def _is_worth_it(response: Response) -> bool:
    return (
        response.is_sequence
        and not response.direct_passthrough
        and request.method != "HEAD"
        and response.status_code not in {204, 206, 304}
        and "Content-Encoding" not in response.headers
        and len(response.get_data()) >= SMALLEST
    )


@lru_cache(maxsize=256)
def choose(accepted: str) -> str | None:
    """Return the encoding for a browser that accepts these; None for none."""
    wanted = parse_accept_header(accepted, Accept)
    return next((name for name in ("br", "gzip") if wanted[name] > 0), None)


def compressed(data: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=BROTLI_LEVEL))
    return gzip.compress(data, GZIP_LEVEL, mtime=0)


def _tell_apart(response: Response) -> None:
    """The same page in another encoding is not the same bytes, and private ones have no length."""
    etag, is_weak = response.get_etag()
    if etag is not None and not is_weak:
        response.set_etag(etag, weak=True)
    if not response.headers.get("Cache-Control", "").startswith("public"):
        response.headers[PADDING] = secrets.token_hex(secrets.randbelow(MOST_PADDING) + 1)
