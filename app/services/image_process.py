"""Pictures, decoded in a process of their own.

What a file claims can be checked before, but not what it holds, nor what its decoder makes of that.
So it gets memory and time that have an end, and of whatever happens there nothing is left here.
"""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from app.services import image_pixels
from app.services.errors import ImageInvalid
from app.services.image_pixels import Box

# Of addresses, which are not all used: what the largest take that are let in, with Pillow.
MEGABYTES = 512
# Of computing; and twice as long to wait, on a busy machine.
SECONDS = 10
_LIBRARIES = str(Path(Image.__file__).parents[1])


def decoded(
    data: bytes, kind: str, box: Box, *, megabytes: int = MEGABYTES, seconds: int = SECONDS
) -> Image.Image:
    """Return what `image_pixels.pixels_of` makes of a file of this kind.

    :raises ImageInvalid: if that failed, took more memory, or longer
    """
    numbers = (megabytes * 1024 * 1024 + len(data), seconds, *map(int, box))
    try:
        done = subprocess.run(
            # Without `site` and the folder of the program, whose modules have names of the library.
            [sys.executable, "-sSP", image_pixels.__file__, kind, *map(str, numbers)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": _LIBRARIES},
            timeout=2 * seconds,
            check=False,
        )
        if done.returncode:
            raise ImageInvalid("pixels" if done.returncode == image_pixels.TOO_LARGE else "broken")
        return _image(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise ImageInvalid("broken") from None


def _image(answer: bytes) -> Image.Image:
    head, _, pixels = answer.partition(b"\n")
    mode, width, height = head.decode("ascii").split()
    size = int(width), int(height)
    # Who took over the decoder may answer anything; room is made for what has come only.
    if mode not in {"RGB", "RGBA"} or size[0] * size[1] * len(mode) != len(pixels):
        raise ValueError(head)
    return Image.frombytes(mode, size, pixels)
