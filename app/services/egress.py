"""The one way to ask other servers something over HTTP.

An answer is whole within its time or there is none, however slowly it drips; it has an end; no
redirect is followed; certificates are verified; proxies of the environment are not used. Where the
address comes from elsewhere than the settings, only public addresses are connected to: checked is
the one that is connected to, not one that the name had a moment before.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

USER_AGENT = "Microblog"
MAX_BYTES = 1024 * 1024
PORTS = {"http": 80, "https": 443}
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
# What addresses of IPv6 begin with that stand for one of IPv4.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class EgressFailed(Exception):
    """There is no answer."""


class Unreachable(EgressFailed):
    """No such name, no connection, no valid certificate, or no HTTP."""


class TimedOut(EgressFailed):
    """The answer was not whole in time."""


class TooLarge(EgressFailed):
    """The answer has more bytes than were asked for."""


class NotPublic(EgressFailed):
    """The name leads into a network that is not everybody's."""


@dataclass(frozen=True)
class Request:
    """What is asked; `url` is absolute and ASCII, as every request line is."""

    method: str
    url: str
    # A key may be in them.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def send(
    request: Request, *, seconds: float, max_bytes: int = MAX_BYTES, public_only: bool = True
) -> Answer:
    """Send a request and return the answer, whatever its status.

    :param seconds: from looking up the name to the last byte
    :param public_only: refuse loopback, private and all other addresses that are not everybody's
    :raises EgressFailed: one of its kinds
    """
    exchange = _Exchange(request, time.monotonic() + seconds, max_bytes, public_only)
    # Nothing else ends a look-up of a name in time. Left alone, the thread ends soon after.
    thread = threading.Thread(target=exchange.run, name="egress", daemon=True)
    thread.start()
    thread.join(seconds)
    return exchange.result()


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the whole internet."""
    found = _innermost(ipaddress.ip_address(address.partition("%")[0]))
    if isinstance(found, ipaddress.IPv6Address) and found not in _GLOBAL_IPV6:
        return False
    return found.is_global and not found.is_multicast


class _Exchange:
    """One request and its answer, in a thread of its own."""

    def __init__(
        self, request: Request, deadline: float, max_bytes: int, public_only: bool
    ) -> None:
        self.request = request
        self.deadline = deadline
        self.max_bytes = max_bytes
        self.public_only = public_only
        self.socket: socket.socket | None = None
        self.outcome: Answer | EgressFailed = TimedOut()

    def run(self) -> None:
        try:
            self.outcome = self._exchange()
        except EgressFailed as failed:
            self.outcome = failed
        except TimeoutError:
            self.outcome = TimedOut()
        except (OSError, http.client.HTTPException, ValueError) as error:
            # A ValueError: a host or header that cannot be sent.
            self.outcome = Unreachable(str(error))

    def result(self) -> Answer:
        """Return what has come by now, and cut off what has not."""
        outcome = self.outcome
        if isinstance(outcome, EgressFailed):
            _shut(self.socket)
            raise outcome
        return outcome

    def _exchange(self) -> Answer:
        parts = urlsplit(self.request.url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Unreachable("not an address of HTTP")
        connection = http.client.HTTPConnection(parts.hostname, parts.port or PORTS[parts.scheme])
        # So that the Host header names no port where none is needed.
        connection.default_port = PORTS[parts.scheme]
        try:
            self.socket = connection.sock = self._connect(connection.host, connection.port)
            if parts.scheme == "https":
                self.socket = connection.sock = self._tls(connection.sock, connection.host)
            return self._ask(connection, parts.path + (f"?{parts.query}" if parts.query else ""))
        finally:
            connection.close()

    def _connect(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of a name that answers."""
        failed: OSError | EgressFailed = Unreachable("no address")
        for family, kind, protocol, _name, place in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            if self.public_only and not is_public(str(place[0])):
                failed = NotPublic()
                continue
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self._left())
                connection.connect(place)
            except OSError as error:
                connection.close()
                failed = error
            except EgressFailed:
                connection.close()
                raise
            else:
                return connection
        raise failed

    def _tls(self, connection: socket.socket, host: str) -> ssl.SSLSocket:
        secured = _tls_context().wrap_socket(
            connection, server_hostname=host, do_handshake_on_connect=False
        )
        # What is waiting for the handshake can be cut off, too.
        self.socket = secured
        try:
            secured.do_handshake()
        except (OSError, ValueError):
            secured.close()
            raise
        return secured

    def _ask(self, connection: http.client.HTTPConnection, target: str) -> Answer:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Connection": "close"}
        connection.request(
            self.request.method,
            target or "/",
            self.request.body or None,
            headers | dict(self.request.headers),
        )
        with connection.getresponse() as response:
            body = response.read(self.max_bytes + 1)
        if len(body) > self.max_bytes:
            raise TooLarge
        return Answer(response.status, response.headers, body)

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimedOut
        return left


def _innermost(address: Address) -> Address:
    """Return the address of IPv4 that one of IPv6 stands for, if any."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def _shut(connection: socket.socket | None) -> None:
    """End what another thread is waiting for."""
    try:
        if connection:
            # Not the method of TLS, which takes apart what the other thread is using.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        # It has ended by itself.
        pass


@cache
def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()
