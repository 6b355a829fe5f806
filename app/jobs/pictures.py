"""Removing the files of pictures that nobody has any more."""

from collections.abc import Sequence
from datetime import timedelta

from app.jobs.housekeeping import DAILY, HOURLY, in_batches
from app.jobs.registry import TryLater, job
from app.models.base import utc_now
from app.services import media_files, orphans, pictures
from app.services.errors import StorageUnavailable


@job("remove_media", transactional=False, max_attempts=10)
def remove_media(keys: Sequence[str]) -> None:
    """Remove files that were given up. What is left after all attempts, the sweep finds."""
    try:
        media_files.remove(orphans.among(keys))
    except StorageUnavailable as error:
        raise TryLater("the media storage is unavailable") from error


@job("sweep_pictures", transactional=False, every=HOURLY)
def sweep_pictures() -> None:
    """Remove pictures that no post came for."""
    in_batches(pictures.sweep_drafts)


# No more often: it lists the whole storage, and S3 takes money for that.
@job("sweep_media", time_limit=timedelta(minutes=30), transactional=False, every=DAILY)
def sweep_media() -> None:
    """Remove files without a row."""
    try:
        # A file is there before its row: only a day later is it sure that none will come.
        for names in media_files.older_than(utc_now() - pictures.FILE_LIFE):
            keys = {key for name in names if (key := media_files.key_of(name))}
            media_files.remove(orphans.among(keys))
    except StorageUnavailable as error:
        raise TryLater("the media storage is unavailable") from error
