"""Where the files of pictures are kept: in a folder and in a bucket, all the same."""

import os
import socket
import time
from contextlib import nullcontext
from datetime import timedelta

import pytest

from app.models.base import utc_now
from app.services import media_bucket, media_files
from app.services.errors import NotFound, StorageUnavailable
from app.tests.pictures import s3_server

KEY = "0123456789abcdef" * 2
NAME = f"01/{KEY}-large.webp"

pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture(params=["folder", "bucket"])
def storage(request, make_app, tmp_path):
    """Run the test with files in a folder, and with files in a bucket."""
    place = nullcontext(f"file://{tmp_path}") if request.param == "folder" else s3_server()
    with place as url, make_app(MEDIA_URL=url).app_context():
        yield request.param


def listed():
    later = utc_now() + timedelta(hours=1)
    return [name for names in media_files.older_than(later) for name in names]


def test_a_file_is_kept_listed_and_removed(storage):
    media_files.put(NAME, b"pixels")

    assert media_files.get(NAME) == b"pixels"
    assert listed() == [NAME]
    assert not any(media_files.older_than(utc_now() - timedelta(hours=1)))
    # What is gone, or never was, may be removed again.
    for keys in ([KEY], [KEY, "f" * 32], []):
        media_files.remove(keys)
    assert listed() == []
    with pytest.raises(NotFound):
        media_files.get(NAME)


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", KEY.upper(), KEY[:-1], f"{KEY}/..", f"{KEY}\n", f"0-{KEY}"]
)
def test_a_name_is_made_of_a_key_and_nothing_else(key):
    with pytest.raises(NotFound):
        media_files.name_of(key, "large")


def test_a_name_tells_its_key():
    own = f"116000000000000000-{KEY}"

    assert media_files.name_of(KEY, "large") == NAME
    assert [media_files.key_of(media_files.name_of(key, "small")) for key in (KEY, own)] == [
        KEY,
        own,
    ]
    assert media_files.key_of("01/README.txt") is None


def test_a_file_that_cannot_be_written_leaves_nothing(make_app, tmp_path):
    (tmp_path / NAME).mkdir(parents=True)

    away = make_app(MEDIA_URL=f"file://{tmp_path}")
    with away.app_context(), pytest.raises(StorageUnavailable):
        media_files.put(NAME, b"pixels")

    assert list((tmp_path / "01").iterdir()) == [tmp_path / NAME]


def test_what_a_killed_process_left_is_swept_in_time(make_app, tmp_path):
    folder = tmp_path / "01"
    folder.mkdir()
    for name, age in (("old.part", 7200), ("new.part", 0)):
        path = folder / name
        path.write_text("half a picture")
        os.utime(path, (time.time() - age, time.time() - age))

    with make_app(MEDIA_URL=f"file://{tmp_path}").app_context():
        assert list(media_files.older_than(utc_now() - timedelta(hours=1))) == []

    assert [path.name for path in folder.iterdir()] == ["new.part"]


def test_files_are_for_the_application_only(make_app, tmp_path):
    with make_app(MEDIA_URL=f"file://{tmp_path}").app_context():
        media_files.put(NAME, b"pixels")

    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0
    assert (tmp_path / "01").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("state", ["refused", "silent"])
def test_a_bucket_that_is_down_is_told_in_time(make_app, monkeypatch, state):
    monkeypatch.setattr(media_bucket, "TIMEOUT", timedelta(seconds=0.5))
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if state == "silent":
            server.listen()
        url = f"s3://key:secret@127.0.0.1:{server.getsockname()[1]}/media?tls=off"
        started = time.monotonic()
        with make_app(MEDIA_URL=url).app_context(), pytest.raises(StorageUnavailable):
            media_files.get(NAME)

    assert time.monotonic() - started < 3
