"""Mail without a mail server: into files, into the terminal, and by command."""

import stat
from contextvars import Context
from email import message_from_bytes, policy

import pytest

from app.models import EmailState, JobState
from app.services import outbox


@pytest.fixture
def command(make_app):
    """Return a function that runs `flask` with the settings it is given."""

    def run(*words, **settings):
        runner = make_app(**settings).test_cli_runner()
        # In a context of its own: in the test's, it would take the test's application.
        return Context().run(runner.invoke, args=words)

    return run


def test_mail_goes_into_files_for_their_owners_eyes(send, write_reset, only_email, tmp_path):
    folder = tmp_path / "new" / "mail"
    write_reset()

    send(MAIL_URL=f"file://{folder}")

    [file] = folder.iterdir()
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert message["Message-ID"] == only_email().message_id
    assert "/auth/reset_password/" in message.get_body(("plain",)).get_content()
    assert only_email().state is EmailState.SENT


def test_a_folder_that_cannot_be_written_is_tried_again(send, write_reset, only_job, tmp_path):
    (tmp_path / "file").touch()
    write_reset()

    send(MAIL_URL=f"file://{tmp_path}/file/mail")

    assert only_job().state is JobState.PENDING
    assert "cannot write to" in only_job().error


def test_mail_is_printed_for_who_tries_the_site_out(send, write_reset, only_email, capsys):
    write_reset()

    send(MAIL_URL="console://")

    printed = capsys.readouterr().out
    assert "To: susan@mail.example\nSubject: Choose a new password for Microblog\n" in printed
    assert "\nhttp://localhost/auth/reset_password/" in printed
    assert "<p" not in printed
    assert only_email().state is EmailState.SENT


def test_a_message_is_sent_at_once(mailbox, command):
    result = command("mail", "test", "you@mail.example")

    [message] = mailbox.server.messages
    assert result.exit_code == 0
    assert f"127.0.0.1:{mailbox.server.port} has taken it." in result.output
    assert message["X-Envelope-To"] == "you@mail.example"
    assert message["Subject"] == "Mail from Microblog arrives"


def test_a_message_is_printed_at_once(command):
    result = command("mail", "test", "you@mail.example", MAIL_URL="console://")

    assert result.exit_code == 0
    assert "Microblog can send mail" in result.output
    assert "Nothing is sent: MAIL_URL is console://." in result.output


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("smtp://127.0.0.1:1", "127.0.0.1:1 refuses connections"),
        ("smtp://post:sekret@absent.invalid", "absent.invalid:587 cannot be found"),
        ("file:///dev/null/mail", "cannot write to /dev/null/mail"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(command, url, trouble):
    result = command("mail", "test", "you@mail.example", MAIL_URL=url)

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: not sent: {trouble}")
    assert result.output.count("\n") == 1
    assert "sekret" not in result.output


def test_an_address_that_is_none_is_said(command):
    result = command("mail", "test", "you")

    assert result.exit_code == 1
    assert "no address" in result.output


def test_a_refusal_is_quoted(mailbox, command):
    mailbox.server.recipient_answer = "550 5.7.1 Relaying denied"
    result = command("mail", "test", "you@mail.example")

    assert result.exit_code == 1
    assert "answered: 550 5.7.1 Relaying denied" in result.output


def test_what_failed_is_listed(mailbox, command, write_reset):
    mailbox.server.recipient_answer = "550 No such user"
    write_reset()
    mailbox.receive()

    output = command("mail", "failed").output

    assert "reset_password  susan@mail.example" in output
    assert "550 No such user" in output


@pytest.mark.parametrize(
    ("environment", "url", "warns"),
    [
        ("production", "console://", True),
        ("production", "smtp://mail.example", False),
        ("local", "console://", False),
    ],
)
def test_printed_links_are_warned_of_where_they_are_hardly_meant(
    make_config, capsys, environment, url, warns
):
    from app.cli import preflight

    preflight.warn(make_config(APP_ENV=environment, MAIL_URL=url, SECRET_KEY="0123456789" * 4))

    printed = capsys.readouterr().err
    assert ("Warning: MAIL_URL is console://" in printed) is warns
    assert printed.count("\n") == int(warns)


def test_in_production_mail_waits_for_a_server_to_be_named(send, susan, only_job, capsys):
    outbox.write("password_changed", susan.credential)

    send(MAIL_URL="", APP_ENV="production", SECRET_KEY="0123456789" * 4)

    assert only_job().state is JobState.PENDING
    assert "MAIL_URL is not set" in only_job().error
    assert capsys.readouterr().out == ""
