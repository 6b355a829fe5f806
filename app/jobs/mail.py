"""Sending the mail of the outbox."""

from datetime import timedelta

from app.database import begin_writing, commit
from app.emails.composing import compose
from app.extensions import db
from app.jobs import delivery
from app.jobs.registry import GiveUp, job
from app.services import outbox
from app.services.errors import LinkInvalid, NothingToSay

# With the waits between them: about two days, as mail servers do among each other.
ATTEMPTS = 24


@job(
    "send_email",
    transactional=False,
    time_limit=timedelta(minutes=3),
    max_attempts=ATTEMPTS,
    on_dead=outbox.note_dead,
)
def send_email(email_id: int) -> None:
    """Send a message that is not sent yet. No transaction is open while the server is asked.

    Between its answer and our note there is a moment in which a crash makes a second copy. It has
    the same Message-ID, by which mailboxes tell.
    """
    waiting = outbox.waiting(email_id)
    if waiting is None:
        return
    email, user = waiting
    try:
        letter = compose(email, user)
    except LinkInvalid:
        begin_writing(db)
        outbox.note_failed(email_id, "not sent: its link no longer works")
        return
    except NothingToSay:
        begin_writing(db)
        outbox.withdraw(email_id)
        return
    try:
        message = delivery.message_to(email.recipient, letter)
        message.msgId = email.message_id
        message.date = email.created_at.timestamp()
        delivery.deliver(message)
    except delivery.Refused as error:
        raise GiveUp(str(error)) from error
    begin_writing(db)
    outbox.note_sent(email_id)
    commit(db)
