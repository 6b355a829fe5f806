"""Mail: a row of the transaction that causes it, and a job that sends it.

What it says is put together by `app.emails` when it is sent.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import contains_eager

from app.database import insert
from app.extensions import db, language_at_hand, settings
from app.models import Credential, Email, EmailState, Job, JobState, User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import jobs, sweeping

# What a member may do without. All other kinds are about the safety of the account.
OPTIONAL_KINDS = ("new_sign_in", "export_ready")
# What others cause: nobody waits for it, and the page at hand is not that of its reader.
KINDS_BY_OTHERS = ("notification", "digest")
# Sent or given up, a message stays so long for whoever asks what became of it.
KEPT_FOR = timedelta(days=30)


def write(
    kind: str,
    credential: Credential,
    *,
    to: str | None = None,
    about: int | None = None,
    **details: Any,
) -> None:
    """Put a message to a member into the outbox, unless it is of a kind they do not want.

    :param kind: the name of a function in `app.emails.messages` or `app.emails.notifications`
    :param to: another address than the one of the account
    :param about: the id of another member whom it names
    :param details: what that function wants to know; it is stored as JSON, so nothing secret
    """
    if kind in OPTIONAL_KINDS and kind in credential.unwanted_mails:
        return
    row = _row(kind, credential, to or credential.email, about, details)
    db.session.execute(insert(db, Email).values(row))
    id_ = row["id"]
    jobs.enqueue("send_email", priority=_priority(kind), unique_key=_key(id_), email_id=id_)


def write_many(
    kind: str, letters: Sequence[tuple[Credential, dict[str, Any]]], *, about: int
) -> None:
    """Put messages of a kind that others cause into the outbox, by few statements.

    :param letters: to whom, and the details of each
    :param about: the id of the member whom they name
    """
    rows = [
        _row(kind, credential, credential.email, about, details) for credential, details in letters
    ]
    if rows:
        db.session.execute(insert(db, Email), rows)
        by_key = {_key(row["id"]): {"email_id": row["id"]} for row in rows}
        jobs.enqueue_many("send_email", by_key, priority=_priority(kind))


def count_since(kind: str, user_id: int, period: timedelta) -> int:
    """Return how many messages of a kind a member was written lately."""
    query = select(func.count(Email.id)).where(
        Email.user_id == user_id, Email.kind == kind, Email.created_at > utc_now() - period
    )
    return db.session.scalar(query) or 0


def count_to(kind: str, address: str, period: timedelta) -> int:
    """Return how many messages of a kind went lately to an address, on behalf of whom ever."""
    query = select(func.count(Email.id)).where(
        is_to(address), Email.kind == kind, Email.created_at > utc_now() - period
    )
    return db.session.scalar(query) or 0


def is_to(address: str) -> ColumnElement[bool]:
    """Return the condition that a message went to an address, in whatever letter case."""
    return func.lower(Email.recipient) == address.lower()


def written_to(user_id: int) -> Sequence[Email]:
    """Return the messages to a member that are kept, the newest first."""
    query = select(Email).where(Email.user_id == user_id).order_by(Email.id.desc())
    return db.session.scalars(query).all()


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


def failed(limit: int) -> Sequence[Email]:
    """Return messages that were given up, the newest first."""
    query = select(Email).where(Email.state == EmailState.FAILED).order_by(Email.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def note_sent(email_id: int) -> None:
    _note(email_id, state=EmailState.SENT, sent_at=utc_now(), error="")


def note_failed(email_id: int, error: str) -> None:
    """Note that nobody tries any more."""
    _note(email_id, state=EmailState.FAILED, error=error[:500])


def withdraw(email_id: int) -> None:
    """Forget a message that has nothing to say any more."""
    db.session.execute(
        delete(Email).where(Email.id == email_id).execution_options(synchronize_session=False)
    )


def note_dead(email_id: int) -> None:
    """Note that its job was given up, and why; `flask jobs retry` sends it after all."""
    query = select(Job.error).where(Job.unique_key == _key(email_id), Job.state == JobState.DEAD)
    note_failed(email_id, db.session.scalar(query.order_by(Job.id.desc())) or "")


def _row(
    kind: str, credential: Credential, to: str, about: int | None, details: dict[str, Any]
) -> dict[str, Any]:
    id_ = new_id()
    # Who has chosen none is answered in the language of the page they have before them.
    language = settings.DEFAULT_LOCALE if kind in KINDS_BY_OTHERS else language_at_hand()
    return {
        "id": id_,
        "kind": kind,
        "user_id": credential.user_id,
        "about_id": about,
        "recipient": to,
        "locale": credential.locale or language,
        "details": details,
        "message_id": f"<{id_:x}@{settings.mail_from.partition('@')[2]}>",
    }


def _priority(kind: str) -> int:
    return jobs.NORMAL if kind in KINDS_BY_OTHERS else jobs.URGENT


def _key(email_id: int) -> str:
    return f"email:{email_id}"


def sweep() -> bool:
    """Forget a batch of old messages, sent or given up; return whether there may be more."""
    is_old = Email.created_at <= utc_now() - KEPT_FOR
    return sweeping.sweep(Email.id, is_old, Email.state != EmailState.PENDING)


def _note(email_id: int, **values: Any) -> None:
    db.session.execute(
        update(Email)
        .where(Email.id == email_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
