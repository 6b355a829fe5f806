"""Pictures for tests, good ones and bad ones; made here, so that none has to be kept."""

import io
import logging
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.request import Request, urlopen

from PIL import Image
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.extensions import db, settings
from app.models import Picture, Post, User
from app.services import pictures
from app.tests.client import Client

PNG_START = b"\x89PNG\r\n\x1a\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """Return a picture: red on its left half, blue on its right one.

    :param kind: in Pillow's words; options are those of its `save`
    """
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return encoded(image, kind, **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def upload(data: bytes | None = None, name: str = "photo.png") -> tuple[io.BytesIO, str]:
    """Return a file as `Client.post` sends it."""
    return io.BytesIO(picture() if data is None else data), name


def send_large(browser: Client, path: str, fields: dict[str, Any]) -> TestResponse:
    """Send a form that the test client would put into a file that it never closes."""
    values = {
        name: FileStorage(*value) if isinstance(value, tuple) else value
        for name, value in {"csrf_token": browser.token, **fields}.items()
    }
    boundary, body = encode_multipart(values)
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return browser.send("POST", path, kind, cast(Any, body))


def make_picture(owner: User, post: Post | None = None, alt: str = "", **options: Any) -> Picture:
    """Make a picture of a post, or one that waits for its post; options as `picture`."""
    made = pictures.add(owner, pictures.prepare(picture(**options)), alt)
    if post:
        before = pictures.of_posts([post.id]).get(post.id, ())
        chosen = [*((row.id, row.alt) for row in before), (made.id, alt)]
        pictures.attach(owner, post.id, chosen)
        made.post_id = post.id
        post.pictures_count = len(chosen)
    db.session.commit()
    return made


def png(width: int, height: int, pixels: bytes = b"", chunks: bytes = b"") -> bytes:
    """Return a PNG of this size, whatever it holds; chunks stand before the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rest = chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return PNG_START + header + chunks + rest


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zeros(megabytes: int) -> bytes:
    """Return what unpacks to so many megabytes of nothing."""
    packer = zlib.compressobj()
    start = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + more * (megabytes - 1)


def huge_png() -> bytes:
    """Return a PNG of 10 kB that unpacks to 7.5 GB."""
    return png(50_000, 50_000, bytes(10_000_000))


def profile_bomb() -> bytes:
    """Return a small PNG whose colour profile unpacks to 300 MB."""
    return png(10, 10, bytes(310), chunk(b"iCCP", b"x\0\0" + zeros(300)))


def hidden_avif(width: int, height: int, **options: Any) -> bytes:
    """Return an AVIF that says it has 300 by 300 pixels, and holds another picture."""
    data = picture("AVIF", (width, height), speed=10, **options)
    said = data.index(b"ispe") + 8
    return data[:said] + struct.pack(">II", 300, 300) + data[said + 8 :]


def long_gif(frames: int) -> bytes:
    """Return a GIF that moves for so many frames."""
    still = encoded(Image.new("P", (8, 8)), "GIF")
    start = still.index(b"\x2c\0\0\0\0")
    return still[:start] + still[start:-1] * frames + b";"


def stored() -> set[str]:
    """Return the names of all files of pictures."""
    return {path.name for path in settings.media_store.path.rglob("*.webp")}


@contextmanager
def losing(start: str) -> Iterator[None]:
    """Let the first statement that begins so lose to another transaction: the view runs again."""
    lost: list[str] = []

    def lose(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith(start) and not lost:
            lost.append(statement)
            raise DBAPIError(statement, {}, _SerializationFailure())

    event.listen(db.engine, "before_cursor_execute", lose)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", lose)
    assert lost


class _SerializationFailure(Exception):
    """What PostgreSQL says; SQLite never does."""

    pgcode = "40001"


@contextmanager
def s3_server() -> Iterator[str]:
    """Run a server that speaks S3; yield the MEDIA_URL of an empty bucket on it."""
    # It takes a second to load, and few tests need it.
    from moto.server import ThreadedMotoServer

    log = logging.getLogger("werkzeug")
    log.disabled = True
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    name = f"media-{secrets.token_hex(4)}"
    with urlopen(Request(f"http://{host}:{port}/{name}", method="PUT")):
        pass
    try:
        yield f"s3://key:secret@{host}:{port}/{name}?tls=off"
    finally:
        server.stop()
        log.disabled = False
