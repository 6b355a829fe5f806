"""Writing exports."""

import errno
from datetime import timedelta

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs import archives
from app.jobs.registry import GiveUp, job, report
from app.models import Export, User
from app.services import export_files, exports

# What trying again in a minute does not mend; the member can ask again when it is mended.
HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
# Percent at which each part begins; both go through all posts.
PARTS = {"posts": 0, "pages": 50}


def fail(export_id: int) -> None:
    exports.note_failed(export_id)


@job("write_export", time_limit=timedelta(hours=1), transactional=False, on_dead=fail)
def write_export(export_id: int) -> None:
    """Make the file of an export, and tell the member. Killed, it is made anew."""
    found = exports.waiting(export_id)
    if found is None:
        return
    export, user = found
    try:
        _write(export, user)
    except OSError as error:
        if error.errno in HOPELESS:
            raise GiveUp(f"the export cannot be written: {error.strerror}") from error
        raise
    begin_writing(db)
    size = export_files.path_of(export.file_name).stat().st_size
    if not exports.note_ready(export, user, size):
        # Taken back meanwhile.
        export_files.remove([export.file_name])


@job("sweep_exports", transactional=False, every=timedelta(hours=1))
def sweep_exports() -> None:
    """Remove exports whose time is over, and files that belong to none."""
    begin_writing(db)
    exports.forget_expired()
    commit(db)
    export_files.sweep(exports.orphans())


def _write(export: Export, user: User) -> None:
    def note(part: str, posts_done: int) -> None:
        share = min(1.0, posts_done / max(1, user.posts_count))
        report(PARTS[part] + round(49 * share), part)

    with export_files.draft(export.file_name) as file:
        archives.write(file, user, note)
