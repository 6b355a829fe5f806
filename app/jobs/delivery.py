"""How mail leaves: over SMTP, or to where a developer finds it."""

import smtplib
import socket
import ssl
import sys
from contextlib import suppress
from email.charset import QP, Charset
from email.mime.text import MIMEText
from pathlib import Path
from types import TracebackType

import flask_mail
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from app.emails.letters import Rendered, one_line
from app.extensions import settings
from app.jobs.registry import TryLater
from config import MailServer

# Seconds to wait for an answer: of a server that may be down, and of one that reads a message,
# which some check before they take it.
TIMEOUT = 10.0
READING_TIMEOUT = 60.0
# Refusals that speak of our settings, not of the message: somebody will mend them.
NOT_LET_IN = (530, 534, 535, 538)
# What may go wrong before the server hears of the message, the special before the general.
TROUBLES: tuple[tuple[type[Exception], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "has a certificate that is not to be trusted: {error.verify_message}",
    ),
    (ssl.SSLError, "speaks no TLS here; check the port, and whether it is smtp:// or smtps://"),
    (smtplib.SMTPAuthenticationError, "refuses user name or password: {answer}"),
    (smtplib.SMTPNotSupportedError, "cannot do what MAIL_URL asks for: {error}"),
    (smtplib.SMTPResponseException, "answered: {error.smtp_code} {answer}"),
    (ConnectionRefusedError, "refuses connections; does a mail server run there?"),
    (socket.gaierror, "cannot be found; check how the host is spelt"),
    (TimeoutError, "does not answer; check host, port and firewall"),
    (smtplib.SMTPServerDisconnected, "broke off: {error}"),
    (Exception, "cannot be reached: {error}"),
)
UTF_8 = Charset("utf-8")
# Lines of ASCII, which every server passes on as they are.
UTF_8.body_encoding = QP


class NotSent(TryLater):
    """The message has not gone out; it may later."""


class Refused(NotSent):
    """The server will never take this message."""


class Message(flask_mail.Message):
    """Flask-Mail's, of seven bits."""

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(text or "", subtype, UTF_8)  # type: ignore[arg-type]


class Connection(flask_mail.Connection):
    """Flask-Mail's, over TLS that is verified, and not waiting for ever."""

    def configure_host(self) -> smtplib.SMTP:
        server = settings.mail_server
        host = _connect(server)
        try:
            if server.starttls:
                host.starttls(context=ssl.create_default_context())
            if server.user:
                host.login(server.user, server.password)
            if host.sock is not None:
                host.sock.settimeout(READING_TIMEOUT)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        # The server has said whether it takes the message; what it says to a goodbye no longer
        # counts, so nobody waits for it.
        if self.host is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.host.putcmd("quit")
            self.host.close()


def message_to(recipient: str, letter: Rendered) -> Message:
    """Return a message to one address.

    :raises Refused: if mail cannot be addressed so
    """
    return Message(
        letter.subject,
        recipients=[_ascii_address(recipient)],
        body=letter.text,
        html=letter.html,
        sender=_sender(),
        extra_headers={"Auto-Submitted": "auto-generated"},
    )


def deliver(message: Message) -> None:
    """Hand a message to the server of MAIL_URL, or put it where that says.

    :raises NotSent: if that failed; Refused, if trying again would not help
    """
    server = settings.mail_server
    if server.is_smtp:
        _send(message, server)
    elif server.kind == "file":
        _write(message, server.path)
    elif server.kind == "none":
        raise NotSent("MAIL_URL is not set")
    else:
        _print(message)


def _connect(server: MailServer) -> smtplib.SMTP:
    name = settings.mail_from.partition("@")[2]
    if server.kind == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=TIMEOUT)


def _send(message: Message, server: MailServer) -> None:
    try:
        with Connection(current_app.extensions["mail"]) as connection:
            connection.send(message)
    except (smtplib.SMTPException, OSError) as error:
        raise _judged(error, server) from error


def _judged(error: Exception, server: MailServer) -> NotSent:
    """Return what an error means: whether to try again, and why it is not sent, in one line."""
    place = f"{server.host}:{server.port}"
    match error:
        case smtplib.SMTPRecipientsRefused():
            [(code, said)] = error.recipients.values()
            words = _text(said)
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError():
            code, words = error.smtp_code, _text(error.smtp_error)
        case _:
            return NotSent(f"{place} {_trouble(error)}")
    answer = f"{place} answered: {code} {words}"
    is_final = 500 <= code < 600 and code not in NOT_LET_IN
    return Refused(answer) if is_final else NotSent(answer)


def _trouble(error: Exception) -> str:
    words = next(words for kind, words in TROUBLES if isinstance(error, kind))
    answer = _text(getattr(error, "smtp_error", ""))
    return words.format(error=error, answer=answer)


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(text)


def _sender() -> str:
    name = one_line(settings.SITE_NAME).replace("\\", "").replace('"', "'")
    return f'"{name}" <{settings.mail_from}>'


def _ascii_address(address: str) -> str:
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refused(f"no address: {error}") from error
    if valid.ascii_email is None:
        raise Refused("not every mail server takes letters as before this @")
    return valid.ascii_email


def _write(message: Message, folder: Path) -> None:
    """Put a message into a file of its own, for its owner's eyes only, in one step."""
    path = folder / f"{message.msgId.strip('<>').replace('/', '_')}.eml"
    draft = path.with_suffix(".new")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(message.as_bytes())
        draft.replace(path)
    except OSError as error:
        raise NotSent(f"cannot write to {folder}: {error.strerror}") from error


def _print(message: Message) -> None:
    line = "─" * 72
    head = f"To: {', '.join(map(str, message.recipients))}\nSubject: {message.subject}"
    sys.stdout.write(f"\n{line}\n{head}\n\n{message.body}\n{line}\n")
    sys.stdout.flush()
