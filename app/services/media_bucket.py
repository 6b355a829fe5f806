"""The files of pictures, kept in a bucket of S3 or of what speaks like it. See `media_files`.

Not for a process that forks afterwards: obstore works with threads, which its children would lack,
and so wait for ever. Servers and workers fork first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.extensions import settings

if TYPE_CHECKING:
    from obstore.store import S3Config

    from config import MediaStore

# For a request and its repetition: somebody is waiting.
TIMEOUT = timedelta(seconds=4)
CONNECT_TIMEOUT = timedelta(seconds=2)
RETRIES = 1
# Names of one answer.
BATCH = 500


def put(name: str, data: bytes) -> None:
    with _as_os_error():
        obstore.put(_store(), name, data, attributes={"Content-Type": "image/webp"})


def get(name: str) -> bytes:
    with _as_os_error():
        return obstore.get(_store(), name).bytes().to_bytes()


def remove(names: Sequence[str]) -> None:
    with _as_os_error():
        if names:
            obstore.delete(_store(), names)


def older_than(moment: datetime) -> Iterator[list[str]]:
    with _as_os_error():
        for found in obstore.list(_store(), chunk_size=BATCH):
            yield [file["path"] for file in found if file["last_modified"] < moment]


def _store() -> S3Store:
    return _connect(settings.media_store)


@lru_cache(maxsize=4)
def _connect(place: "MediaStore") -> S3Store:
    config: S3Config = {
        "region": place.region,
        "access_key_id": place.key,
        "secret_access_key": place.secret,
    }
    if place.endpoint:
        config["endpoint"] = place.endpoint
    return S3Store(
        place.bucket,
        config=config,
        client_options={
            "allow_http": place.endpoint.startswith("http:"),
            "connect_timeout": CONNECT_TIMEOUT,
            "timeout": TIMEOUT,
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": TIMEOUT},
    )


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise OSError(str(error)) from error
