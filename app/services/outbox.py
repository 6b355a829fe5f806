"""Mail: a row of the transaction that causes it, and a job that sends it.

What it says is put together by `app.emails` when it is sent.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from app.database import insert
from app.extensions import db, settings
from app.models import Credential, Email, EmailState, User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import jobs

# What a member may do without. All other kinds are about the safety of the account.
OPTIONAL_KINDS = ("new_sign_in", "export_ready")


def write(kind: str, credential: Credential, *, to: str | None = None, **details: Any) -> None:
    """Put a message to a member into the outbox, unless it is of a kind they do not want.

    :param kind: the name of a function in `app.emails.messages`
    :param to: another address than the one of the account
    :param details: what that function wants to know; it is stored as JSON, so nothing secret
    """
    if kind in OPTIONAL_KINDS and kind in credential.unwanted_mails:
        return
    id_ = new_id()
    db.session.execute(
        insert(db, Email).values(
            id=id_,
            kind=kind,
            user_id=credential.user_id,
            recipient=to or credential.email,
            locale=credential.locale or settings.DEFAULT_LOCALE,
            details=details,
            message_id=f"<{id_:x}@{settings.mail_from.partition('@')[2]}>",
        )
    )
    jobs.enqueue("send_email", priority=jobs.URGENT, unique_key=f"email:{id_}", email_id=id_)


def waiting(email_id: int) -> tuple[Email, User] | None:
    """Return a message that is still to be sent and the member it is about, credential loaded."""
    query = (
        select(Email, User)
        .join(User, User.id == Email.user_id)
        .join(User.credential)
        .where(Email.id == email_id, Email.state != EmailState.SENT)
        .options(contains_eager(User.credential))
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def note_sent(email_id: int) -> None:
    _note(email_id, state=EmailState.SENT, sent_at=utc_now(), error="")


def note_failed(email_id: int, error: str) -> None:
    """Note that nobody tries any more; `flask jobs retry` sends it after all."""
    _note(email_id, state=EmailState.FAILED, error=error[:500])


def _note(email_id: int, **values: Any) -> None:
    db.session.execute(
        update(Email)
        .where(Email.id == email_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
