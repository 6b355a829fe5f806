"""Sending: once, to who is meant, whatever the server does."""

import pytest

from app.database import begin_writing
from app.extensions import db
from app.jobs import mail
from app.models import EmailState, User
from app.services import outbox, tokens
from app.tests.factories import PASSWORD


def test_a_message_arrives_once(mailbox, write_reset, only_email, only_job):
    token = write_reset()

    [message] = mailbox.receive()

    assert message["To"] == message["X-Envelope-To"] == "susan@mail.example"
    assert str(message["From"]) == "Microblog <noreply@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == only_email().message_id
    assert message["Date"].datetime == only_email().created_at.replace(microsecond=0)
    assert mailbox.link(message) == f"/auth/reset_password/{tokens.secret(token)}"
    assert mailbox.server.names == ["localhost"]
    assert (only_email().state, only_job()) == (EmailState.SENT, None)
    assert only_email().sent_at is not None


def test_what_is_sent_is_not_sent_again(mailbox, write_reset, only_email):
    write_reset()
    mailbox.receive()

    mail.send_email(only_email().id)

    assert mailbox.receive() == []
    assert mailbox.server.connections == 1


def test_a_transaction_that_is_undone_sends_nothing(mailbox, susan):
    outbox.write("password_changed", susan.credential)
    db.session.rollback()

    assert mailbox.receive() == []
    assert mailbox.server.connections == 0


def test_it_goes_to_the_address_it_was_written_to(mailbox, write_reset, susan):
    write_reset(to="other@mail.example")
    susan.credential.email = "third@mail.example"

    [message] = mailbox.receive()

    assert message["X-Envelope-To"] == "other@mail.example"


def test_no_page_talks_to_the_mail_server(mailbox, client):
    client.get("/auth/register")
    form = {"username": "susan", "email": "susan@mail.example", "password": PASSWORD}
    answer = client.post("/auth/register", form)
    before = mailbox.server.connections

    assert (answer.status_code, before) == (303, 0)
    assert len(mailbox.receive()) == mailbox.server.connections == 1


def test_others_write_while_the_server_thinks(app, mailbox, write_reset, owner):
    names = []

    def meanwhile():
        with app.app_context():
            begin_writing(db)
            db.session.get(User, owner.id).display_name = "Not held up"
            db.session.commit()
            names.append(db.session.get(User, owner.id).display_name)

    mailbox.server.on_message = meanwhile
    write_reset()

    assert len(mailbox.receive()) == 1
    assert names == ["Not held up"]


def test_no_transaction_is_open_while_the_server_thinks(app, on_postgresql, mailbox, write_reset):
    states = []

    def meanwhile():
        with app.app_context(), db.engine.connect() as connection:
            query = "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
            states.extend(connection.exec_driver_sql(query).scalars())

    mailbox.server.on_message = meanwhile
    write_reset()
    mailbox.receive()

    assert states
    assert not [state for state in states if state and "in transaction" in state]


def test_a_link_that_was_replaced_is_not_sent(
    mailbox, send, nobody_there, write_reset, let_time_pass
):
    write_reset()
    send(MAIL_URL=nobody_there)
    newer = write_reset()
    let_time_pass()

    [message] = mailbox.receive()

    assert mailbox.link(message) == f"/auth/reset_password/{tokens.secret(newer)}"


def test_a_link_that_was_used_is_not_sent(mailbox, susan, write_reset, only_email, only_job):
    write_reset()
    tokens.end_all(susan.id)

    assert mailbox.receive() == []
    assert (only_email().state, only_job()) == (EmailState.FAILED, None)
    assert only_email().error == "not sent: its link no longer works"


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("susan@bücher.example", "susan@xn--bcher-kva.example"),
        # As of 2008: in 2003 this was another host.
        ("susan@straße.example", "susan@xn--strae-oqa.example"),
        ("susan+notes'@mail.example", "susan+notes'@mail.example"),
    ],
)
def test_addresses_are_written_as_servers_know_them(mailbox, write_reset, address, envelope):
    write_reset(to=address)

    [message] = mailbox.receive()

    assert message["To"] == message["X-Envelope-To"] == envelope


def test_an_address_that_servers_do_not_know_is_given_up(mailbox, write_reset, only_email):
    write_reset(to="jürgen@mail.example")

    assert mailbox.receive() == []
    assert only_email().state is EmailState.FAILED
    assert mailbox.server.connections == 0


def test_a_recipient_is_one_recipient(mailbox, write_reset, only_email):
    write_reset(to="susan@mail.example\r\nBcc: eve@mail.example")

    assert mailbox.receive() == []
    assert only_email().state is EmailState.FAILED


def test_one_message_that_cannot_be_sent_does_not_hold_up_others(mailbox, susan, john):
    mailbox.server.answers.append("550 No")
    outbox.write("password_changed", susan.credential)
    outbox.write("password_changed", john.credential)

    [message] = mailbox.receive()

    assert message["To"] == "john@mail.example"


def test_unwanted_kinds_are_not_written(mailbox, susan):
    susan.credential.unwanted_mails = ["new_sign_in", "password_changed"]
    outbox.write("new_sign_in", susan.credential)
    outbox.write("password_changed", susan.credential)

    [message] = mailbox.receive()

    assert "password" in message["Subject"]
