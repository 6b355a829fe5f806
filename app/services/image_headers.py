"""What a picture claims to be, read before any decoder sees it.

Decoders trust headers: they set aside as much memory, and do as much work, as is asked for there.
"""

import re
import struct

from app.services.errors import ImageInvalid
from app.services.image_pixels import MAX_PIXELS, is_too_large

# Decoders get as much memory as these may take: `image_process`. Those of WebP and AVIF take more
# for each pixel than the others.
MAX_WEBP_PIXELS = 25_000_000
MAX_AVIF_PIXELS = 17_000_000
MAX_FRAMES = 1_000
# A progressive photograph has ten, and others lie in its previews. Each goes over all pixels anew.
MAX_SCANS = 100
# Before the first pixel: a profile of 10 MB would take 160.
MAX_SEGMENTS = 1_000
# Of a PNG; some programs write its pixels in pieces of 8 kB.
MAX_CHUNKS = 10_000

_AVIF_BRAND = re.compile(rb"avi[fs]")
_PNG_START = b"\x89PNG\r\n\x1a\n"


def check(data: bytes) -> str:
    """Return the kind of a picture, in Pillow's words, unless it claims too much.

    :raises ImageInvalid: if so, or if it is of no kind that we take
    """
    kind = _kind(data)
    try:
        _CHECKS[kind](data)
    except (struct.error, IndexError):
        raise ImageInvalid("broken") from None
    return kind


def check_size(width: int, height: int, limit: int = MAX_PIXELS) -> None:
    if is_too_large(width, height, limit):
        raise ImageInvalid("pixels")


def check_frames(count: int) -> None:
    if count > MAX_FRAMES:
        raise ImageInvalid("frames")


def _kind(data: bytes) -> str:
    """Tell by the content; what the file is called, and what the browser says, means nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(_PNG_START):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and _AVIF_BRAND.search(data, 8, 64):
        return "AVIF"
    raise ImageInvalid("type")


def _check_jpeg(data: bytes) -> None:
    # Within the pixels, FF is always followed by 00, so this finds no scans that are none.
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise ImageInvalid("broken")
    position = 2
    for _ in range(MAX_SEGMENTS):
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == 0xFFDA or marker >> 8 != 0xFF:
            # What is out of order is for the decoder to refuse.
            return
        position += 2 + length
    raise ImageInvalid("broken")


def _check_png(data: bytes) -> None:
    check_size(*struct.unpack_from(">II", data, 16))
    position = len(_PNG_START)
    for _ in range(MAX_CHUNKS):
        if position >= len(data):
            return
        length, name = struct.unpack_from(">I4s", data, position)
        if name == b"acTL":
            check_frames(struct.unpack_from(">I", data, position + 8)[0])
        if name == b"IEND":
            return
        position += 12 + length
    raise ImageInvalid("broken")


def _check_gif(data: bytes) -> None:
    check_size(*struct.unpack_from("<HH", data, 6))
    position = 13 + _palette(data[10])
    for _ in range(2 * MAX_FRAMES):
        if position >= len(data) or data[position] == 0x3B:
            return
        is_frame = data[position] == 0x2C
        position += 10 + _palette(data[position + 9]) + 1 if is_frame else 2
        position = _after_blocks(data, position)
    raise ImageInvalid("frames")


def _palette(flags: int) -> int:
    """Return the length of the colour table that a byte of flags announces."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    """Return where a row of blocks ends: each begins with its length, the last has none."""
    while data[position]:
        position += data[position] + 1
    return position + 1


def _check_webp(data: bytes) -> None:
    # The decoder makes room for two frames as it opens the file.
    check_size(*_size_of_webp(data), MAX_WEBP_PIXELS)
    check_frames(data.count(b"ANMF"))


def _size_of_webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return width + 1, height + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageInvalid("broken")


def _check_avif(data: bytes) -> None:
    # Of the picture and of each part that it is put together from.
    for found in re.finditer(b"ispe", data):
        width, height = struct.unpack_from(">II", data, found.end() + 4)
        check_size(width, height, MAX_AVIF_PIXELS)


_CHECKS = {
    "JPEG": _check_jpeg,
    "PNG": _check_png,
    "GIF": _check_gif,
    "WEBP": _check_webp,
    "AVIF": _check_avif,
}
