"""Asking other servers: in time, with an end, and only where it is allowed."""

import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
import trustme

from app.services import egress
from app.services.egress import NotPublic, Request, TimedOut, TooLarge, Unreachable
from app.tests.translation_servers import drip, http_server, send


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    seen: ClassVar[list[str]] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.seen.append(self.path)
        {
            "/": lambda: send(self, 200, b"hello"),
            "/elsewhere": lambda: send(self, 302, b"", Location="/"),
            "/headers": lambda: send(self, 200, str(self.headers).encode()),
            "/long": lambda: send(self, 200, b"x" * 1001),
            "/drip": lambda: drip(self, 0.02),
            "/endless": self.endless,
            "/nonsense": lambda: self.wfile.write(b"220 mail.example ESMTP\r\n"),
        }[self.path]()

    def endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"ff\r\n" + b"x" * 255 + b"\r\n")

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def site():
    with http_server(Handler) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def _once(once):
    """Nothing here asks a database."""


def ask(url, **options):
    return egress.send(Request("GET", url), **{"seconds": 5, "public_only": False, **options})


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "egress"]


def test_an_answer_comes_whole(site):
    answer = ask(f"{site}/")

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"hello", "5")


def test_a_redirect_is_an_answer_and_is_not_followed(site):
    Handler.seen.clear()

    assert ask(f"{site}/elsewhere").status == 302
    assert Handler.seen == ["/elsewhere"]


def test_a_proxy_of_the_environment_is_not_used(site, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert ask(f"{site}/").body == b"hello"


def test_only_what_is_needed_is_told(site):
    sent = ask(f"{site}/headers").body.decode().splitlines()

    assert sorted(line.partition(":")[0] for line in sent if line) == [
        "Accept-Encoding",
        "Connection",
        "Host",
        "User-Agent",
    ]


@pytest.mark.parametrize("path", ["/long", "/endless"])
def test_an_answer_has_an_end(site, path):
    with pytest.raises(TooLarge):
        ask(site + path, max_bytes=1000)


def test_what_drips_is_cut_off_in_time(site):
    start = time.monotonic()

    with pytest.raises(TimedOut):
        ask(f"{site}/drip", seconds=0.3)

    assert 0.25 < time.monotonic() - start < 1
    for thread in threads():
        thread.join(1)
    assert not threads()


def test_a_server_that_takes_a_call_and_never_speaks_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimedOut):
        ask(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.2)


def test_what_is_over_before_it_is_connected_leaves_nothing_open(site, monkeypatch):
    class Socket(socket.socket):
        made: ClassVar[list[socket.socket]] = []

        def __init__(self, *args):
            super().__init__(*args)
            self.made.append(self)

    monkeypatch.setattr(socket, "socket", Socket)
    with pytest.raises(TimedOut):
        ask(f"{site}/", seconds=0)
    for thread in threads():
        thread.join(1)

    assert [each.fileno() for each in Socket.made] == [-1]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://nobody.invalid/",
        "http://127.0.0.1:1/a b",
        "http://a..b/",
        "ftp://127.0.0.1/",
        "gibberish",
    ],
)
def test_what_cannot_be_reached_is_one_error(url):
    with pytest.raises(Unreachable):
        ask(url)


@pytest.fixture
def secure_site():
    """Yield an authority, and the address of a site that it certifies as localhost."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with http_server(Handler, context) as port:
        yield authority, f"https://localhost:{port}"


def test_a_certificate_must_be_from_somebody_trusted_and_for_the_name(
    secure_site, monkeypatch, tmp_path
):
    authority, address = secure_site
    egress._tls_context.cache_clear()
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        ask(f"{address}/")

    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    egress._tls_context.cache_clear()
    assert ask(f"{address}/").body == b"hello"
    with pytest.raises(Unreachable, match="IP address mismatch"):
        ask(f"{address.replace('localhost', '127.0.0.1')}/")
    egress._tls_context.cache_clear()


def test_what_speaks_no_http_or_no_tls_is_not_understood(site):
    with pytest.raises(Unreachable):
        ask(f"{site}/nonsense", seconds=1)
    with pytest.raises(Unreachable):
        ask(f"{site.replace('http:', 'https:')}/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0.0.0.0", "127.1"])
def test_where_somebody_else_names_the_address_our_own_network_is_out_of_reach(site, host):
    Handler.seen.clear()

    with pytest.raises(NotPublic):
        ask(f"{site.replace('127.0.0.1', host)}/", public_only=True)

    assert not Handler.seen


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("8.8.8.8", True),
        ("10.1.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("2606:4700::1111", True),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        # An address of IPv4 in the clothes of IPv6.
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
    ],
)
def test_public_is_what_everybody_could_reach(address, is_public):
    assert egress.is_public(address) is is_public


def test_a_request_shows_nobody_its_key():
    assert "sekret" not in repr(Request("POST", "https://a.example/", {"Key": "sekret"}, b"sekret"))
