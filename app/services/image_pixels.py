"""From a file to pixels: upright, in sRGB, of the shape that is asked for, not larger than needed.

Also a program that does so, within limits that a thread cannot have: see `image_process`. It starts
anew for each picture, so nothing of the application is imported here.
"""

import importlib
import io
import resource
import sys
from contextlib import suppress
from typing import Any, NamedTuple

from PIL import Image, ImageCms

MAX_PIXELS = 50_000_000
# What lies before and behind a pixel is taken together when a picture becomes smaller: of a line of
# 50 million, that is much. No camera makes a panorama of more.
MAX_SIDE = 30_000
# How this program ends if a picture is too large.
TOO_LARGE = 3
# What opens each kind. `Image.open` would load those of all that there are.
_OPENERS = {
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "GIF": ("GifImagePlugin", "GifImageFile"),
    "WEBP": ("WebPImagePlugin", "WebPImageFile"),
    "AVIF": ("AvifImagePlugin", "AvifImageFile"),
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Those in which width and height change places.
_SIDEWAYS = {5, 6, 7, 8}
# No profile of a camera or a screen is larger.
_MAX_PROFILE = 4 * 1024 * 1024
# The sides of what is made plain and reduced at a time: a copy of a whole picture of 50 megapixels
# would take 200 MB.
_TILE = 1024

Region = tuple[int, int, int, int]
Size = tuple[int, int]


class Box(NamedTuple):
    """What a picture is to fit into, or to fill with its middle; none is enlarged."""

    width: int
    height: int
    is_filled: bool = False

    def turned(self) -> "Box":
        return Box(self.height, self.width, self.is_filled)

    def share(self, size: Size) -> float:
        """Return by what a picture's sides are multiplied."""
        shares = self.width / size[0], self.height / size[1]
        return min(1.0, max(shares) if self.is_filled else min(shares))

    def result(self, size: Size) -> Size:
        """Return the size of what becomes of a picture."""
        if not self.is_filled:
            return _scaled(size, self.share(size))
        return _scaled((self.width, self.height), min(1.0, self._room(size)))

    def kept(self, size: Size) -> Region:
        """Return what is kept of a picture: all, or the middle that has this shape."""
        if not self.is_filled:
            return 0, 0, *size
        width, height = _scaled((self.width, self.height), self._room(size))
        left, top = (size[0] - width) // 2, (size[1] - height) // 2
        return left, top, left + width, top + height

    def _room(self, size: Size) -> float:
        return min(size[0] / self.width, size[1] / self.height)


def is_too_large(width: int, height: int, limit: int = MAX_PIXELS) -> bool:
    return width * height > limit or max(width, height) > MAX_SIDE


def pixels_of(image: Image.Image, box: Box) -> Image.Image:
    """Decode a picture, into RGB or RGBA.

    Each step takes the place of what was before it: that is how a large picture without a name
    elsewhere goes as soon as there is a smaller one.
    """
    turn = _turn_of(image)
    if turn in _SIDEWAYS:
        box = box.turned()
    size = box.result(image.size)
    # A JPEG can be decoded at a half, a quarter or an eighth of its size.
    image.draft(image.mode, _scaled(image.size, box.share(image.size)))
    image.load()
    profile = image.info.get("icc_profile")
    image = _part(image, box.kept(image.size), size)
    image = _resized(image, size)
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    return _in_srgb(image, profile)


def resized(image: Image.Image, box: Box) -> Image.Image:
    """Return a picture in RGB or RGBA that fits into a box; itself, if it does."""
    size = box.result(image.size)
    return _resized(_part(image, (0, 0, *image.size), size), size)


def _turn_of(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        # What stands beside the pixels may be anything, and is no matter.
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resized without loss."""
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode.startswith("I"):
        # 16 bits for each pixel.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _scaled(size: Size, share: float) -> Size:
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _part(image: Image.Image, region: Region, size: Size) -> Image.Image:
    """Return a part of a picture, plain, and reduced to no less than twice the size."""
    width, height = region[2] - region[0], region[3] - region[1]
    factor = int(min(width / size[0], height / size[1]) / 2)
    if factor > 1:
        return _reduced(image, region, factor)
    return _plain(image if (width, height) == image.size else image.crop(region))


def _reduced(image: Image.Image, region: Region, factor: int) -> Image.Image:
    """Return a part of a picture at a whole fraction of its size, made tile by tile."""
    left, top, right, bottom = region
    size = -(-(right - left) // factor), -(-(bottom - top) // factor)
    step = max(1, _TILE // factor) * factor
    mode = _plain(image.crop((left, top, left + 1, top + 1))).mode
    reduced = Image.new(mode, size)
    for y in range(top, bottom, step):
        for x in range(left, right, step):
            tile = _plain(image.crop((x, y, min(x + step, right), min(y + step, bottom))))
            reduced.paste(tile.reduce(factor), ((x - left) // factor, (y - top) // factor))
    return reduced


def _resized(image: Image.Image, size: Size) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and len(profile) <= _MAX_PROFILE:
        # A profile that cannot be followed says nothing about the pixels.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(image, found, srgb, outputMode=mode)
            if changed is not None:
                image = changed
    return image if image.mode == mode else image.convert(mode)


def main() -> None:
    """Read a file from standard input; write a line with mode and size, then the pixels."""
    memory, seconds, width, height, is_filled = map(int, sys.argv[2:])
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, seconds)
    # What is left of a crash would hold the picture.
    _limit(resource.RLIMIT_CORE, 0)
    try:
        made = pixels_of(_opened(sys.argv[1]), Box(width, height, bool(is_filled)))
    except (MemoryError, Image.DecompressionBombError):
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(f"{made.mode} {made.width} {made.height}\n".encode())
    sys.stdout.buffer.write(made.tobytes())


def _opened(kind: str) -> Image.Image:
    module, opener = _OPENERS[kind]
    plugin: Any = importlib.import_module(f"PIL.{module}")
    if kind == "AVIF":
        # Each thread would take room of its own.
        plugin.DEFAULT_MAX_THREADS = 1
    image: Image.Image = getattr(plugin, opener)(io.BytesIO(sys.stdin.buffer.read()))
    # Some kinds tell only now, or tell again.
    if is_too_large(*image.size):
        sys.exit(TOO_LARGE)
    return image


def _limit(kind: int, value: int) -> None:
    # Refused where a lower one holds already, and of memory by macOS, where nobody else uploads.
    with suppress(ValueError):
        resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
