"""A real mail server for tests: it takes what it is given, or answers what it is told to."""

import asyncio
import re
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from config import Config

OK = "250 OK"


class MailServer:
    """What arrives at a mail server, and what it answers.

    :ivar messages: taken, in order; the recipient of the envelope as `X-Envelope-To`
    :ivar refused: messages that were answered otherwise
    :ivar connections: how many there were
    :ivar names: how each client called itself
    :ivar logins: name and password of each try to sign in
    :ivar answers: to the messages to come; empty for OK
    :ivar recipient_answer: to each recipient
    :ivar on_greeting: called before a client that names itself is answered
    :ivar on_message: called before a message is answered
    :ivar hangs_up: at a goodbye, without a word
    """

    def __init__(self) -> None:
        self.port = 0
        self.forget()

    def forget(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: list[EmailMessage] = []
        self.connections = 0
        self.logins: list[tuple[str, str]] = []
        self.names: list[str] = []
        self.answers: deque[str] = deque()
        self.recipient_answer = OK
        self.on_greeting: Callable[[], Any] = lambda: None
        self.on_message: Callable[[], Any] = lambda: None
        self.hangs_up = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=off"

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.names.append(name)
        # What a test does meanwhile may wait for others who are served by this loop.
        await asyncio.to_thread(self.on_greeting)
        return answers

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.recipient_answer == OK:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.to_thread(self.on_message)
        answer = self.answers.popleft() if self.answers else OK
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        (self.messages if answer == OK else self.refused).append(message)
        return answer

    async def handle_QUIT(  # noqa: N802
        self, server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        if self.hangs_up and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "221 Bye"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any
    ) -> AuthResult:
        name, password = data.login.decode(), data.password.decode()
        self.logins.append((name, password))
        return AuthResult(success=password == "right", handled=False)


def raw_text(message: EmailMessage) -> str:
    """Return the text part as it stands."""
    return _part(message, "plain").replace("\r\n", "\n")


def _part(message: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = message.get_body((kind,))
    assert part, f"no part in {kind}"
    return str(part.get_content())


class Mailbox:
    """The mail of everybody here."""

    def __init__(self, server: MailServer, run_jobs: Callable[[], int], settings: Config) -> None:
        self.server = server
        self._run_jobs = run_jobs
        self._settings = settings
        self._read = 0

    def receive(self) -> list[EmailMessage]:
        """Run all jobs and return the messages that arrived since the last call."""
        self._run_jobs()
        start, self._read = self._read, len(self.server.messages)
        return self.server.messages[start:]

    def text(self, message: EmailMessage) -> str:
        """Return the text part, each paragraph in one line, however it was broken."""
        return re.sub(r"(?<!\n)\n(?!\n)", " ", raw_text(message))

    def html(self, message: EmailMessage) -> str:
        return _part(message, "html")

    def link(self, message: EmailMessage) -> str:
        """Return the path of the first link of ours in a message."""
        found = re.search(rf"{re.escape(self._settings.base_url)}(/\S+)", self.text(message))
        assert found, f"no link in {self.text(message)!r}"
        return found[1]


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, starttls: bool = False, login: bool = False
) -> Iterator[MailServer]:
    """Yield a mail server that runs in a thread of its own.

    :param tls: certificate and key; from the first byte on unless `starttls`
    :param login: refuse who has not signed in, over STARTTLS, with the password "right"
    """
    server = MailServer()

    def answer_to_one() -> SMTP:
        server.connections += 1
        return SMTP(
            server,
            hostname="mail.example",
            tls_context=tls if starttls else None,
            require_starttls=starttls,
            authenticator=server.authenticate,
            auth_required=login,
            auth_require_tls=login,
        )

    with serving(answer_to_one, None if starttls else tls) as server.port:
        yield server


@contextmanager
def serving(
    protocol: Callable[[], asyncio.BaseProtocol], tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Serve a protocol in a thread; yield the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    listener = run(loop.create_server(protocol, "127.0.0.1", 0, ssl=tls))
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        run(_end_of_all())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_of_all() -> None:
    """Let what is still being said be cut off."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
