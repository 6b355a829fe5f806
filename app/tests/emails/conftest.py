"""Messages to send, and ways to send them."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.jobs.worker import Worker
from app.models import Email, Job, Purpose
from app.models.job import AT_ONCE
from app.services import outbox, tokens
from app.tests.workers import drain


@pytest.fixture
def write_reset(susan):
    """Return a function that writes a message with a link to susan; it returns the token's id."""

    def write(to=None):
        token = tokens.issue(susan.id, Purpose.RESET_PASSWORD, timedelta(minutes=30))
        outbox.write("reset_password", susan.credential, to=to, token_id=token)
        db.session.commit()
        return token

    return write


@pytest.fixture
def send(make_app):
    """Return a function that tries once to send what waits, with the settings it is given."""

    def run(**settings):
        db.session.commit()
        drain(Worker(make_app(**settings), "test"))

    return run


@pytest.fixture
def only_email(app):
    """Return a function that loads the one message of the outbox."""

    def load():
        email = db.session.scalars(select(Email).execution_options(populate_existing=True)).one()
        db.session.commit()
        return email

    return load


@pytest.fixture
def only_job(app):
    """Return a function that loads the one job that sends; None when there is none."""

    def load():
        query = select(Job).where(Job.name == "send_email")
        job = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        db.session.commit()
        return job

    return load


@pytest.fixture
def let_time_pass(app):
    """Return a function that makes all jobs due that wait for another try."""

    def run():
        db.session.execute(update(Job).values(available_at=AT_ONCE))
        db.session.commit()

    return run


@pytest.fixture
def nobody_there():
    """Return the address of a mail server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"smtp://127.0.0.1:{port}?starttls=off"
