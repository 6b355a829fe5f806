"""Servers that are away, slow, busy, or do not want a message."""

import asyncio

import pytest

from app.extensions import db
from app.jobs import delivery, mail
from app.models import EmailState, JobState
from app.services import jobs, leases
from app.tests.smtp import serving


class Silence(asyncio.Protocol):
    """Takes calls and says nothing."""

    def connection_made(self, transport):
        self.transport = transport


@pytest.fixture
def silent_server():
    with serving(Silence) as port:
        yield f"smtp://127.0.0.1:{port}?starttls=off"


@pytest.fixture
def hasty(monkeypatch):
    """Wait for answers as long as a test wants to."""
    monkeypatch.setattr(delivery, "TIMEOUT", 0.2)
    monkeypatch.setattr(delivery, "READING_TIMEOUT", 0.2)


def test_nobody_answers_and_it_is_tried_again(
    nobody_there, mailbox, send, write_reset, only_email, only_job, let_time_pass
):
    write_reset()
    send(MAIL_URL=nobody_there)

    assert only_email().state is EmailState.PENDING
    assert "refuses connections" in only_job().error
    assert only_job().state is JobState.PENDING
    let_time_pass()
    assert len(mailbox.receive()) == 1


def test_a_server_that_says_nothing_is_given_up_in_time(
    silent_server, hasty, mailbox, send, write_reset, only_job, let_time_pass
):
    write_reset()
    send(MAIL_URL=silent_server)

    assert "timed out" in only_job().error
    let_time_pass()
    assert len(mailbox.receive()) == 1


def test_later_means_the_same_message_later(mailbox, write_reset, only_email, let_time_pass):
    mailbox.server.answers.extend(["451 4.7.1 Greylisted", "421 Too busy"])
    write_reset()

    assert mailbox.receive() == []
    let_time_pass()
    assert mailbox.receive() == []
    let_time_pass()
    [message] = mailbox.receive()

    tries = [*mailbox.server.refused, message]
    assert {tried["Message-ID"] for tried in tries} == {only_email().message_id}
    assert len({tried["Date"] for tried in tries}) == 1
    assert only_email().state is EmailState.SENT


@pytest.mark.parametrize("asked", ["recipient", "message"])
def test_never_means_never(mailbox, write_reset, only_email, only_job, let_time_pass, asked):
    if asked == "recipient":
        mailbox.server.recipient_answer = "550 5.1.1 No such user"
    else:
        mailbox.server.answers.append("550 5.1.1 No such user")
    write_reset()

    assert mailbox.receive() == []
    let_time_pass()
    assert mailbox.receive() == []

    assert mailbox.server.connections == 1
    assert only_job().state is JobState.DEAD
    assert only_email().state is EmailState.FAILED
    assert "550 5.1.1 No such user" in only_email().error


def test_who_must_sign_in_first_may_later(mailbox, write_reset, only_job, only_email):
    mailbox.server.recipient_answer = "530 5.7.0 Authentication required"
    write_reset()
    mailbox.receive()

    assert only_job().state is JobState.PENDING
    assert only_email().state is EmailState.PENDING


def test_what_was_given_up_can_be_sent_after_all(mailbox, write_reset, only_email, only_job):
    mailbox.server.recipient_answer = "554 Your address is on a list"
    write_reset()
    mailbox.receive()

    mailbox.server.recipient_answer = "250 OK"
    jobs.retry(only_job().id)

    assert len(mailbox.receive()) == 1
    assert (only_email().state, only_email().error) == (EmailState.SENT, "")


def test_it_is_tried_for_about_two_days(app):
    waits = [leases.back_off(attempt).total_seconds() for attempt in range(1, mail.ATTEMPTS)]

    assert 36 < sum(waits) / 3600 < 64


def test_who_never_answers_fails_in_the_end(
    nobody_there, send, write_reset, only_email, only_job, let_time_pass
):
    write_reset()
    only_job().attempts = mail.ATTEMPTS - 1
    db.session.commit()

    send(MAIL_URL=nobody_there)

    assert only_job().state is JobState.DEAD
    assert only_email().state is EmailState.FAILED
    assert "refuses connections" in only_email().error


def test_a_server_that_hangs_up_after_taking_it_gets_it_once(
    mailbox, write_reset, only_email, let_time_pass
):
    mailbox.server.hangs_up = True
    write_reset()

    assert len(mailbox.receive()) == 1
    let_time_pass()
    assert mailbox.receive() == []
    assert only_email().state is EmailState.SENT
