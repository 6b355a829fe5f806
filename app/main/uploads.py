"""From the files of a form to pictures of a post: one bad file costs none of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from flask import g
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import TooManyRequests

from app.database import commit
from app.extensions import db
from app.main import composing
from app.main.forms import PostForm
from app.models import Picture
from app.services import pictures
from app.services.errors import ImageBusy, QuotaExceeded, SignedOut, StorageUnavailable
from app.services.pictures import Prepared
from app.web import limits
from app.web.forms import refuse
from app.web.post_refusals import PICTURE_REFUSALS, picture_reason
from app.web.viewer import member
from app.web.writing import begin_as_member

# Of the name of a file, as messages repeat it.
MAX_NAME = 60
# Where one file is refused with these, so are the others.
_FOR_ALL = (QuotaExceeded, ImageBusy, StorageUnavailable, TooManyRequests)


@dataclass
class _Taken:
    """What became of the files of this request.

    :ivar prepared: those whose pictures are stored, with their names
    :ivar picture_ids: None until they are committed
    """

    prepared: list[tuple[str, Prepared]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    picture_ids: list[int] | None = None


def take(form: PostForm) -> None:
    """Attach the files of a form to it as pictures, or say beside the field why not.

    What could be attached stays, whatever becomes of the post.
    """
    files = [file for file in form.images.data or () if file.filename]
    if not files:
        return
    if "taken" not in g:
        free = sum(not field.data for field, _alt in form.pictures())
        # Nobody who wants to write may wait for this.
        commit(db)
        g.taken = _prepare(files, free)
    # Else the database asked the view to run again: the same files must not make more pictures.
    taken: _Taken = g.taken
    if taken.picture_ids is None:
        taken.picture_ids = _add(taken)
    begin_as_member()
    for picture_id in taken.picture_ids:
        composing.attach(form, picture_id)
    for problem in taken.problems:
        refuse(form.images, problem)


def _prepare(files: Sequence[FileStorage], free: int) -> _Taken:
    taken = _Taken()
    if len(files) > free:
        taken.problems.append(_too_many(len(files) - free))
    for file in files[:free]:
        name = (file.filename or "")[:MAX_NAME]
        try:
            limits.hit(limits.UPLOAD)
            pictures.check_quota(member())
            # What follows takes long, and needs no connection.
            db.session.commit()
            taken.prepared.append((name, pictures.prepare(cast(BinaryIO, file.stream))))
        except PICTURE_REFUSALS as problem:
            taken.problems.append(picture_reason(problem, name))
            if isinstance(problem, _FOR_ALL):
                break
    return taken


def _add(taken: _Taken) -> list[int]:
    """Make the pictures rows, and commit; the files of those that become none are removed."""
    try:
        begin_as_member()
    except SignedOut:
        pictures.forget([picture.key for _name, picture in taken.prepared])
        commit(db)
        raise
    problems = []
    refused = []
    picture_ids = []
    for name, picture in taken.prepared:
        try:
            picture_ids.append(pictures.add(member(), picture).id)
        except QuotaExceeded as problem:
            problems.append(picture_reason(problem, name))
            refused.append(picture.key)
    pictures.forget(refused)
    commit(db)
    # Not before: had the database asked to run again, they would be told twice.
    taken.problems += problems
    return picture_ids


def _too_many(number: int) -> str:
    return ngettext(
        "%(num)s picture too many; a post has at most %(limit)s.",
        "%(num)s pictures too many; a post has at most %(limit)s.",
        number,
        limit=Picture.MAX_PER_POST,
    )
