"""A worker that dies over a message, as a real process: the message arrives nevertheless."""

import os
import signal

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import EmailState, Job, JobState
from app.tests.workers import running, wait_until


@pytest.fixture
def kill_worker(app):
    """Return a function that kills the worker at work, the first time it is called."""
    killed = []

    def run():
        if killed:
            return
        with app.app_context():
            at_it = select(Job.worker).where(
                Job.name == "send_email", Job.state == JobState.RUNNING
            )
            name = db.session.scalar(at_it)
        killed.append(int(name.rpartition(":")[2]))
        os.kill(killed[0], signal.SIGKILL)

    yield run
    assert killed


def test_killed_before_it_was_sent_it_arrives_once(
    app, mailbox, kill_worker, write_reset, only_email, only_job
):
    mailbox.server.on_greeting = kill_worker
    write_reset()
    with running(app):
        wait_until(lambda: only_job() is None)

    assert only_email().state is EmailState.SENT
    assert len(mailbox.server.messages) == 1
    assert mailbox.server.connections == 2


def test_killed_before_it_was_noted_the_second_copy_can_be_told(
    app, mailbox, kill_worker, write_reset, only_email
):
    mailbox.server.on_message = kill_worker
    write_reset()
    with running(app):
        wait_until(lambda: only_email().state is EmailState.SENT)

    first, second = mailbox.server.messages
    assert first["Message-ID"] == second["Message-ID"] == only_email().message_id
