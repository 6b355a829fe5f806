"""Real servers for tests that speak the protocols of translation services, or nothing sensible.

Each does what its documentation says: where it is asked and how, what it refuses and with what
words. What it "translates" comes back as it was, behind the codes of both languages.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "4bdc-7e/1:fx"
QUOTED_KEY = "4bdc-7e%2F1:fx"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    path: str
    options: dict[str, str]
    headers: dict[str, str]
    content: Any


Reply = tuple[int, Any]


@dataclass
class Translator:
    """A translation service.

    :ivar kind: as in TRANSLATE_URL
    :ivar asked: what arrived, in order
    :ivar is_used_up: whether all that may be translated has been
    :ivar answer: called before each answer; what it returns, if anything, is sent instead
    """

    kind: str
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    is_used_up: bool = False
    answer: Callable[[BaseHTTPRequestHandler], bool] = lambda _handler: False

    def forget(self) -> None:
        self.asked.clear()
        self.is_used_up = False
        self.answer = lambda _handler: False

    def sent(self) -> str:
        """Return all that the last request told, for looking for what it must not."""
        return json.dumps([self.asked[-1].options, self.asked[-1].content], ensure_ascii=False)


def translated(text: str, source: str | None, target: str | None) -> str:
    return f"{source}>{target} {text}"


def libretranslate(asked: Asked, service: Translator) -> Reply:
    """https://docs.libretranslate.com/api/operations/translate/."""
    content = asked.content
    source, target, texts = content.get("source"), content.get("target"), content.get("q")
    key = content.get("api_key")
    known = {"de", "en", "es", "ko", "nb"}
    refusals = [
        (asked.path != "/translate", 404, "Not Found"),
        (key is None, 400, "Please contact the server operator to get an API key"),
        (key != KEY, 403, "Invalid API key"),
        (service.is_used_up, 429, "Slowdown: 30 per 1 minute"),
        (source not in known, 400, f"{source} is not supported"),
        (target not in known, 400, f"{target} is not supported"),
        (content.get("format") != "text", 400, "format is not supported"),
        (
            not isinstance(texts, list) or not all(texts),
            400,
            "Invalid request: missing q parameter",
        ),
    ]
    for is_refused, status, words in refusals:
        if is_refused:
            return status, {"error": words}
    return 200, {"translatedText": [translated(text, source, target) for text in texts]}


def deepl(asked: Asked, service: Translator) -> Reply:
    """https://developers.deepl.com/api-reference/translate."""
    content = asked.content
    source, target, texts = content.get("source_lang"), content.get("target_lang"), content["text"]
    known = {"DE", "ES", "KO", "NB"}
    refusals = [
        (asked.path != "/v2/translate", 404, "Not found"),
        (asked.headers.get("authorization") != f"DeepL-Auth-Key {KEY}", 403, "Forbidden"),
        (service.is_used_up, 456, "Quota exceeded"),
        (target not in known | {"EN-GB"}, 400, "Value for 'target_lang' not supported."),
        (source not in known | {"EN", None}, 400, "Value for 'source_lang' not supported."),
        (not isinstance(texts, list), 400, "Bad request. Reason: text"),
    ]
    for is_refused, status, words in refusals:
        if is_refused:
            return status, {"message": words}
    answers = [
        {"detected_source_language": source or "DE", "text": translated(text, source, target)}
        for text in texts
    ]
    return 200, {"translations": answers}


def microsoft(asked: Asked, service: Translator) -> Reply:
    """https://learn.microsoft.com/azure/ai-services/translator/reference/v3-0-translate."""
    source, target = asked.options.get("from"), asked.options.get("to")
    known = {"de", "en", "es", "ko", "nb"}
    key = asked.headers.get("ocp-apim-subscription-key")
    region = asked.headers.get("ocp-apim-subscription-region")
    refusals = [
        (asked.path != "/translate", 404, "404", "Resource not found"),
        (key != KEY or region != "westeurope", 401, 401000, "Credentials are missing or invalid."),
        (service.is_used_up, 403, 403001, "The subscription has exceeded its free quota."),
        (asked.options.get("api-version") != "3.0", 400, 400021, "The API version is not valid."),
        (target not in known, 400, 400036, "The target language is not valid."),
        (source not in known, 400, 400035, "The source language is not valid."),
    ]
    for is_refused, status, code, words in refusals:
        if is_refused:
            return status, {"error": {"code": code, "message": words}}
    return 200, [
        {"translations": [{"text": translated(element["Text"], source, target), "to": target}]}
        for element in asked.content
    ]


PROTOCOLS = {"libretranslate": libretranslate, "deepl": deepl, "microsoft": microsoft}


@contextmanager
def translator(kind: str) -> Iterator[Translator]:
    """Yield a translation service that runs in a thread; its URL is one for TRANSLATE_URL."""
    service = Translator(kind)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            parts = urlsplit(self.path)
            asked = Asked(
                path=parts.path,
                options={name: "|".join(given) for name, given in parse_qs(parts.query).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                content=json.loads(body),
            )
            service.asked.append(asked)
            if not service.answer(self):
                reply(self, *PROTOCOLS[kind](asked, service))

        def log_message(self, *_args: object) -> None:
            pass

    with http_server(Handler) as port:
        region = "&region=westeurope" if kind == "microsoft" else ""
        service.url = f"{kind}://{QUOTED_KEY}@127.0.0.1:{port}?tls=off{region}"
        yield service


@contextmanager
def http_server(
    handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Serve in a thread; yield the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    # Some are told to wait for long: nobody waits for them.
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, content: Any) -> bool:
    return send(handler, status, json.dumps(content).encode())


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> bool:
    """Answer a request with these bytes; return True, as `Translator.answer` does."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    return True


def drip(handler: BaseHTTPRequestHandler, pause: float = 0.05) -> bool:
    """Answer with a header that never ends, byte by byte, until nobody listens."""
    over = threading.Event()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Patience: ")
    try:
        while not over.wait(pause):
            handler.wfile.write(b"x")
            handler.wfile.flush()
    except OSError:
        handler.close_connection = True
    return True
