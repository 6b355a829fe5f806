"""A browser without JavaScript, as far as a test client goes: it sends the forms it was given."""

import re
from contextvars import Context
from html import unescape

from flask import Flask
from werkzeug.test import TestResponse

from app.tests.factories import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Client:
    def __init__(self, app: Flask, address: str = "127.0.0.1", **headers: str) -> None:
        self.app = app
        self.browser = app.test_client()
        self.address = address
        self.headers = headers
        self.token = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, headers)

    def post(self, path: str, data: dict | None = None, **headers: str) -> TestResponse:
        """Send a form with the CSRF token of the page seen last."""
        return self.send("POST", path, headers, {"csrf_token": self.token, **(data or {})})

    def send(self, method: str, path: str, headers: dict, data: dict | None = None) -> TestResponse:
        # In a context of its own, as a server would: the test's has a session and a viewer.
        response: TestResponse = Context().run(
            self.browser.open,
            path,
            method=method,
            data=data,
            headers={**self.headers, **headers},
            environ_base={"REMOTE_ADDR": self.address},
        )
        return self.keep_token(response)

    def htmx(self, path: str, data: dict | None = None) -> TestResponse:
        return self.post(path, data, **{"HX-Request": "true"})

    def sign_in(self, username: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        self.get("/auth/login")
        response = self.post("/auth/login", {"username": username, "password": password, **fields})
        if response.status_code == 303:
            self.get("/about")
        return response

    def keep_token(self, response: TestResponse) -> TestResponse:
        is_read = response.mimetype == "text/html" and "Content-Encoding" not in response.headers
        found = _TOKEN.search(response.text) if is_read else None
        if found:
            self.token = unescape(found[1])
        return response
