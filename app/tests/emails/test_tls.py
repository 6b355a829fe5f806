"""Mail servers must be who they say, and passwords go to nobody else."""

import ssl

import pytest
import trustme

from app.models import EmailState
from app.tests.smtp import mail_server


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, monkeypatch, tmp_path):
    """Let this machine trust the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture(scope="module")
def certificate(authority):
    """Return a function that makes what a server of that name needs to speak TLS."""

    def make(name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    return make


@pytest.fixture
def error(only_job, only_email):
    """Return a function that says why the message waits."""

    def load():
        assert only_email().state is EmailState.PENDING
        return only_job().error

    return load


def test_mail_goes_over_tls(trusted, certificate, send, write_reset):
    write_reset()
    with mail_server(certificate("127.0.0.1")) as server:
        send(MAIL_URL=f"smtps://127.0.0.1:{server.port}")

        assert len(server.messages) == 1


def test_a_plain_connection_becomes_tls_before_the_password(
    trusted, certificate, send, write_reset
):
    write_reset()
    with mail_server(certificate("127.0.0.1"), starttls=True, login=True) as server:
        send(MAIL_URL=f"smtp://post:right@127.0.0.1:{server.port}")

        assert len(server.messages) == 1
        assert server.logins == [("post", "right")]


def test_a_wrong_password_is_no_reason_to_give_up(trusted, certificate, send, write_reset, error):
    write_reset()
    with mail_server(certificate("127.0.0.1"), starttls=True, login=True) as server:
        send(MAIL_URL=f"smtp://post:sekret@127.0.0.1:{server.port}")

        assert set(server.logins) == {("post", "sekret")}
    assert "refuses user name or password" in error()
    assert "sekret" not in error()


@pytest.mark.parametrize("starttls", [True, False])
def test_nobody_vouches_for_a_server(certificate, send, write_reset, error, starttls):
    write_reset()
    with mail_server(certificate("127.0.0.1"), starttls=starttls) as server:
        scheme = "smtp" if starttls else "smtps"
        send(MAIL_URL=f"{scheme}://post:right@127.0.0.1:{server.port}")

        assert (server.messages, server.logins) == ([], [])
    assert "certificate that is not to be trusted" in error()


@pytest.mark.parametrize("starttls", [True, False])
def test_a_server_is_another(trusted, certificate, send, write_reset, error, starttls):
    write_reset()
    with mail_server(certificate("mail.example"), starttls=starttls) as server:
        scheme = "smtp" if starttls else "smtps"
        send(MAIL_URL=f"{scheme}://post:right@127.0.0.1:{server.port}")

        assert (server.messages, server.logins) == ([], [])
    assert "certificate that is not to be trusted" in error()


def test_a_server_without_tls_hears_no_password(send, write_reset, error):
    write_reset()
    with mail_server() as server:
        send(MAIL_URL=f"smtp://post:right@127.0.0.1:{server.port}")

        assert (server.messages, server.logins) == ([], [])
        assert server.connections == 1
    assert "STARTTLS" in error()


def test_a_plain_port_is_no_tls_port(send, write_reset, error):
    write_reset()
    with mail_server() as server:
        send(MAIL_URL=f"smtps://127.0.0.1:{server.port}")

        assert server.messages == []
    assert "speaks no TLS" in error()


def test_ones_own_network_may_do_without_tls(send, write_reset):
    write_reset()
    with mail_server() as server:
        send(MAIL_URL=f"smtp://post:right@127.0.0.1:{server.port}?starttls=off")

        assert len(server.messages) == 1
