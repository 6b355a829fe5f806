"""Pictures that anybody may have made, made anew: what leaves here holds pixels and nothing else.

No place, no date, no profile, no words, nothing behind the end: only what can be seen survives.
"""

import base64
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PIL import Image

from app.services import image_headers, image_process
from app.services.errors import ImageBusy
from app.services.image_pixels import Box, resized

LARGE = Box(1600, 1600)
SMALL = Box(680, 680)
AVATAR = (400, 400)
HEADER = (1500, 500)
_PLACEHOLDER = Box(16, 16)
_QUALITY = 82
_PLACEHOLDER_QUALITY = 40

# Decoding takes much memory, so each process decodes one picture at a time.
_one_at_a_time = threading.Lock()
# In seconds. A server has few threads: all that wait here answer nobody else meanwhile.
PATIENCE = 10.0


class Rendition(NamedTuple):
    """A WebP file, with its size in pixels."""

    data: bytes
    width: int
    height: int


class Renditions(NamedTuple):
    """A picture of a post; `placeholder` is a data: URI."""

    large: Rendition
    small: Rendition
    placeholder: str


def renditions(data: bytes) -> Renditions:
    """Make the two sizes of a picture and its placeholder.

    :raises ImageInvalid: if it is no picture that we take
    :raises ImageBusy: if other pictures take too long
    """
    with _alone():
        large = _load(data, LARGE)
        small = resized(large, SMALL)
        tiny = resized(small, _PLACEHOLDER)
        return Renditions(_webp(large), _webp(small), _data_uri(tiny))


def cropped(data: bytes, size: tuple[int, int]) -> bytes:
    """Return the middle of a picture as WebP, of this shape and at most this size.

    :raises ImageInvalid: if it is no picture that we take
    :raises ImageBusy: if other pictures take too long
    """
    with _alone():
        return _webp(_load(data, Box(*size, is_filled=True))).data


@contextmanager
def _alone() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise ImageBusy
    try:
        yield
    finally:
        _one_at_a_time.release()


def _load(data: bytes, box: Box) -> Image.Image:
    """Return a picture upright, in RGB or RGBA, and in sRGB, of the size that the box asks for.

    :raises ImageInvalid: if it is no picture that we take
    """
    return image_process.decoded(data, image_headers.check(data), box)


def _webp(image: Image.Image) -> Rendition:
    return Rendition(_encoded(image, _QUALITY), image.width, image.height)


def _encoded(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    # Of what was beside the pixels of the original, nothing is asked for here.
    image.save(file, "WEBP", quality=quality, method=4)
    return file.getvalue()


def _data_uri(image: Image.Image) -> str:
    encoded = base64.b64encode(_encoded(image, _PLACEHOLDER_QUALITY)).decode()
    return f"data:image/webp;base64,{encoded}"
