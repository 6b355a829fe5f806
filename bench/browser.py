"""A browser without JavaScript that keeps its connection, and what the server logged about it."""

import http.client
import json
import re
import time
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from bench.servers import PASSWORD

FORM = "application/x-www-form-urlencoded"
# As browsers send it.
ENCODINGS = "gzip, deflate, br, zstd"
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Browser:
    """Somebody's browser, with the site open in it.

    :ivar text: the page that was opened last
    """

    def __init__(self, port: int, username: str = "", password: str = PASSWORD) -> None:
        self.connection = http.client.HTTPConnection("localhost", port)
        self.cookie = ""
        self.token = ""
        self.body = b""
        self.headers = http.client.HTTPMessage()
        if username:
            self.open("GET", "/auth/login")
            status = self.open("POST", "/auth/login", {"username": username, "password": password})
            if status != 303:
                raise RuntimeError(f"{username} cannot sign in: {status}")
            self.open("GET", "/about")

    def open(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Ask for a page, or send a form with the token of the page before; return the status."""
        body = urlencode({"csrf_token": self.token, **(fields or {})})
        sent = {"Cookie": self.cookie, **(headers or {})}
        if method == "POST":
            sent["Content-Type"] = FORM
        self.connection.request(method, path, body if method == "POST" else None, sent)
        response = self.connection.getresponse()
        self.body, self.headers = response.read(), response.headers
        self.cookie = cookie_of(response) or self.cookie
        if found := _TOKEN.search(self.text):
            self.token = found[1]
        return response.status

    def get(self, path: str) -> bytes:
        """Return a page that is there.

        :raises RuntimeError: if it is not
        """
        status = self.open("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return self.body

    @property
    def text(self) -> str:
        return "" if "Content-Encoding" in self.headers else self.body.decode(errors="replace")

    def hidden_fields(self, action: str) -> dict[str, str]:
        """Return what a form on the page sends along without showing it."""
        found = re.search(rf'<form[^>]* action="{action}".*?</form>', self.text, re.DOTALL)
        assert found, f"no form for {action}"
        fields: dict[str, str] = {}
        for tag in re.findall(r'<input[^>]* type="hidden"[^>]*>', found[0]):
            name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
            if name:
                fields[name[1]] = unescape(value[1]) if value else ""
        return fields


def cookie_of(response: http.client.HTTPResponse) -> str:
    """Return the cookie of the session, beside which there may be others."""
    given = response.headers.get_all("Set-Cookie", [])
    return next((c.partition(";")[0] for c in given if c.startswith("session=")), "")


def last_queries(log: Path, method: str = "GET") -> int:
    """Return how many queries the last request ran, as the application logged it."""
    # The line comes after the answer.
    time.sleep(0.05)
    lines = (json.loads(line) for line in reversed(log.read_text().splitlines()) if line[0] == "{")
    return int(next(line["queries"] for line in lines if line.get("method") == method))
