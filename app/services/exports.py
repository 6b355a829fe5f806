"""Exports: a file of all that a member wrote and did, made by a job and kept for a week."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import contains_eager

from app.extensions import db
from app.models import Export, ExportState, User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import export_files, jobs, outbox
from app.services.errors import AlreadyQueued, NotFound
from app.services.jobs import Progress
from app.services.users import is_active

KEPT_FOR = timedelta(days=7)
MAX_LISTED = 50


def request(user: User) -> int:
    """Queue an export and return its id; one that failed before is forgotten.

    :raises AlreadyQueued: if one is being made
    """
    id_ = new_id()
    key = _key(user.id)
    if jobs.enqueue("write_export", queue=jobs.SLOW_QUEUE, unique_key=key, export_id=id_) is None:
        raise AlreadyQueued
    _delete(Export.user_id == user.id, Export.state != ExportState.READY)
    db.session.add(Export(id=id_, user_id=user.id, file_name=f"{secrets.token_hex(16)}.zip"))
    db.session.flush()
    return id_


def progress(user: User) -> Progress:
    """Return how far the export is that is being made."""
    return jobs.progress(_key(user.id)) or Progress(0, "")


def listed(user: User) -> Sequence[Export]:
    """Return somebody's exports, the newest first."""
    query = (
        select(Export)
        .where(Export.user_id == user.id, ~_is_over())
        .order_by(Export.id.desc())
        .limit(MAX_LISTED)
    )
    return db.session.scalars(query).all()


def ready(user: User, export_id: int) -> Export:
    """Return an export of somebody that can be downloaded.

    :raises NotFound: also if it is somebody else's, or its time is over
    """
    query = select(Export).where(
        Export.id == export_id,
        Export.user_id == user.id,
        Export.state == ExportState.READY,
        ~_is_over(),
    )
    export = db.session.scalar(query)
    if export is None:
        raise NotFound
    return export


def discard(user: User, export_id: int) -> list[str]:
    """Forget an export before its time; return what files to remove after the commit.

    :raises NotFound: also if it is somebody else's, or still being made
    """
    names = _delete(
        Export.id == export_id, Export.user_id == user.id, Export.state != ExportState.PENDING
    )
    if not names:
        raise NotFound
    return names


def end_pending(user_id: int) -> None:
    """Forget what is being made for somebody: the job will find nothing to do."""
    _delete(Export.user_id == user_id, Export.state == ExportState.PENDING)


def delete_all(user_id: int) -> list[str]:
    """Forget all exports of somebody; return what files to remove after the commit."""
    return _delete(Export.user_id == user_id)


def waiting(export_id: int) -> tuple[Export, User] | None:
    """Return an export that is to be made, and for whom, credential loaded.

    None if it is made already, or nobody wants it any more.
    """
    query = (
        select(Export, User)
        .join(User, User.id == Export.user_id)
        .join(User.credential)
        .where(Export.id == export_id, Export.state != ExportState.READY, is_active())
        .options(contains_eager(User.credential))
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def note_ready(export: Export, user: User, size: int) -> bool:
    """Let the member have the file and tell them by mail; return whether they still want it."""
    expires_at = utc_now() + KEPT_FOR
    still_wanted = select(User.id).where(User.id == user.id, is_active())
    statement = (
        update(Export)
        .where(
            Export.id == export.id,
            Export.state != ExportState.READY,
            Export.user_id.in_(still_wanted),
        )
        .values(state=ExportState.READY, size=size, expires_at=expires_at)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        return False
    at = expires_at.isoformat()
    outbox.write("export_ready", user.credential, export_id=export.id, expires_at=at)
    return True


def note_failed(export_id: int) -> None:
    """Tell that it could not be made, for as long as a file would have been kept."""
    db.session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == ExportState.PENDING)
        .values(state=ExportState.FAILED, expires_at=utc_now() + KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def forget_expired() -> None:
    """Forget exports whose time is over; `orphans` are their files then."""
    _delete(_is_over())


def orphans() -> set[str]:
    """Return the names of files that belong to no export."""
    # The folder first: a row is there before its file, and the file longer than its row.
    found = export_files.names()
    return found - set(db.session.scalars(select(Export.file_name)))


def _key(user_id: int) -> str:
    return f"export:{user_id}"


def _is_over() -> ColumnElement[bool]:
    return and_(Export.expires_at.is_not(None), Export.expires_at <= utc_now())


def _delete(*conditions: ColumnElement[bool]) -> list[str]:
    statement = delete(Export).where(*conditions).returning(Export.file_name)
    return list(db.session.scalars(statement.execution_options(synchronize_session=False)))
