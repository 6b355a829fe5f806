"""Static files under addresses that carry their content's hash, so that browsers may keep them.

WhiteNoise serves them from the web process, in the compressed forms that `flask serve` made.
"""

import hashlib
import os
from pathlib import Path
from wsgiref.headers import Headers
from wsgiref.types import WSGIApplication

from flask import Flask
from whitenoise import WhiteNoise

from app.web.middleware import SHOWN_ANYWHERE
from app.web.policy import Cache

STATIC = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/static/"
COMPRESSED = {".gz", ".br"}


def init_app(app: Flask) -> None:
    addresses = {name: _address(path) for name, path in _files().items()}
    app.extensions["assets"] = addresses
    app.add_template_global(addresses.__getitem__, "asset")


def serve(wsgi_app: WSGIApplication, addresses: dict[str, str]) -> WhiteNoise:
    """Return a WSGI application that answers for static files before the given one is asked."""
    server = WhiteNoise(
        wsgi_app,
        autorefresh=False,
        allow_all_origins=False,
        add_headers_function=_keep_forever,
    )
    for name, path in _files().items():
        server.add_file_to_dictionary(addresses[name], str(path), stat_cache=_stats(path))
    return server


def _stats(path: Path) -> dict[str, os.stat_result]:
    """Return what WhiteNoise may serve for a file: itself, and the compressed forms made of it."""
    own = path.stat()
    found = {str(path): own}
    for ending in COMPRESSED:
        compressed = path.with_name(path.name + ending)
        if compressed.exists() and compressed.stat().st_mtime_ns == own.st_mtime_ns:
            found[str(compressed)] = compressed.stat()
    return found


def _files() -> dict[str, Path]:
    found = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return {
        path.relative_to(STATIC).as_posix(): path
        for path in found
        if path.suffix not in COMPRESSED and not path.name.startswith(".")
    }


def _address(path: Path) -> str:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    name = path.relative_to(STATIC)
    return f"{PREFIX}{name.with_name(f'{name.stem}.{digest}{name.suffix}').as_posix()}"


def _keep_forever(headers: Headers, _path: str, _url: str) -> None:
    headers["Cache-Control"] = Cache.FOREVER.value
    headers.setdefault(*SHOWN_ANYWHERE)
