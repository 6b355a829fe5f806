"""What pictures cost: memory and time of taking one, and of refusing one that asks for too much.

    python -m bench.pictures

Each is done in a process of its own, which has the application loaded; memory is what it takes more
at its largest than before, and then what the process takes that it starts to decode, all in all.
Nothing is stored.
"""

import argparse
import os
import re
import resource
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from app.services import images
from app.services.errors import ImageInvalid
from app.tests.pictures import encoded, hidden_avif, huge_png, long_gif, profile_bomb

MEGAPIXELS = {12: (4000, 3000), 17: (4760, 3570), 50: (8660, 5773)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out those of 50 megapixels")
    arguments = parser.parse_args()
    images.renditions(encoded(Image.new("RGB", (8, 8)), "PNG"))
    print(f"{'':44} {'file':>9} {'seconds':>8} {'memory':>9} {'of child':>9}  result")
    show("a PNG of 50,000 by 50,000 pixels", huge_png())
    show("a GIF of 10,000 frames", long_gif(10_000))
    show("a PNG with a profile of 300 MB", profile_bomb())
    show("a small AVIF", encoded(Image.radial_gradient("L").resize((800, 600)), "AVIF"))
    for megapixels, size in MEGAPIXELS.items():
        if megapixels == 12 or not arguments.quick:
            show_kinds(megapixels, size)
    if not arguments.quick:
        veil = Image.new("RGBA", (5000, 5000), (9, 9, 9, 9))
        show("WebP of 25 megapixels, with transparency", encoded(veil, "WEBP", method=0))
        veil = veil.resize((30_000, 1_600))
        show("PNG of 30,000 by 1,600, with transparency", encoded(veil, "PNG", compress_level=1))
        hidden = hidden_avif(9000, 9000, subsampling="4:2:0")
        show("an AVIF of 81 megapixels, called 300 by 300", hidden)
        hidden = hidden_avif(9000, 9000, subsampling="4:4:4")
        show("the same with all its colours", hidden)


def show_kinds(megapixels: int, size: tuple[int, int]) -> None:
    photo = Image.radial_gradient("L").resize(size)
    flat = Image.merge("RGB", (photo, photo, photo))
    kinds: list[tuple[str, Image.Image, str, dict[str, Any]]] = [
        ("JPEG", flat, "JPEG", {"quality": 90}),
        ("progressive JPEG", flat, "JPEG", {"quality": 90, "progressive": True}),
        ("PNG", flat, "PNG", {"compress_level": 1}),
        ("PNG with transparency", flat.convert("RGBA"), "PNG", {"compress_level": 1}),
        ("WebP", flat, "WEBP", {"method": 0}),
        ("AVIF", flat, "AVIF", {"speed": 10}),
        ("AVIF with transparency", veiled(flat, photo), "AVIF", {"speed": 10}),
    ]
    for name, image, kind, options in kinds:
        show(f"{name} of {megapixels} megapixels", encoded(image, kind, **options))


def veiled(image: Image.Image, veil: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    image.putalpha(veil)
    return image


def show(name: str, data: bytes) -> None:
    seconds, megabytes, of_child, result = apart(data)
    memory = f"{megabytes:+6.0f} MB {of_child:6.0f} MB"
    print(f"{name:44} {len(data) / 1e6:6.1f} MB {seconds:8.2f} {memory}  {result}")


def apart(data: bytes) -> tuple[float, float, float, str]:
    """Return seconds, megabytes and outcome of a picture, done in a child of this process.

    The megabytes are its own, and those of the process that it starts, or 0.
    """
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, measure(data))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        answer = file.read()
    os.wait()
    return *struct.unpack_from("ddd", answer), answer[24:].decode()


def measure(data: bytes) -> bytes:
    watch = Watch()
    watch.start()
    before, started = peak(), time.perf_counter()
    try:
        result = "{1} by {2} pixels".format(*images.renditions(data).large)
    except ImageInvalid as error:
        result = f"refused: {error.code}"
    seconds, own = time.perf_counter() - started, peak() - before
    return struct.pack("ddd", seconds, own, watch.megabytes) + result.encode()


class Watch(threading.Thread):
    """Looks how large the processes become that this one starts.

    The system would tell in the end, but what it tells begins with the size of this process.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0

    def run(self) -> None:
        while True:
            for children in Path("/proc/self/task").glob("*/children"):
                # Either may end in the meantime.
                with suppress(OSError):
                    for child in children.read_text().split():
                        self.look(Path(f"/proc/{child}"))
            time.sleep(0.002)

    def look(self, process: Path) -> None:
        is_started = b"image_pixels" in (process / "cmdline").read_bytes()
        found = re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())
        if is_started and found:
            self.megabytes = max(self.megabytes, int(found[1]) / 1024)


def peak() -> float:
    """Return the largest size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
