"""The pictures of the demo town, drawn here: the site carries no photographs."""

import io
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw

Draw = ImageDraw.ImageDraw
Points = list[tuple[float, float]]

SIZE = (960, 640)
# Drawn larger than it is shown, so that edges are smooth.
SCALE = 2


def draw(name: str) -> bytes:
    """Return a picture as a file."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE))
    DRAWINGS[name](ImageDraw.Draw(image))
    file = io.BytesIO()
    image.reduce(SCALE).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _rectangle(to: Draw, color: str, *box: float) -> None:
    """Draw a rectangle: left, top, width, height, in thousandths of the picture's width."""
    left, top, width, height = box
    to.polygon(
        _scaled(
            [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
        ),
        color,
    )


def _circle(to: Draw, color: str, x: float, y: float, radius: float) -> None:
    to.ellipse(_scaled([(x - radius, y - radius), (x + radius, y + radius)]), color)


def _shape(to: Draw, color: str, *points: tuple[float, float]) -> None:
    to.polygon(_scaled([*points]), color)


def _line(to: Draw, color: str, width: float, *points: tuple[float, float]) -> None:
    to.line(_scaled([*points]), color, round(width * SIZE[0] * SCALE / 1000), "curve")


def _wave(to: Draw, color: str, *wave: float) -> None:
    """Fill what is below a wave, such as hills: its middle, height, half turns, and shift."""
    top, height, turns, shift = wave
    crest = [(x, top + height * sin(turns * pi * x / 1000 + shift)) for x in range(0, 1001, 10)]
    _shape(to, color, *crest, (1000, 700), (0, 700))


def _scaled(points: Points) -> Points:
    unit = SIZE[0] * SCALE / 1000
    return [(x * unit, y * unit) for x, y in points]


def _hills(to: Draw) -> None:
    _rectangle(to, "#F8E3BE", 0, 0, 1000, 700)
    _circle(to, "#E56B4C", 716, 190, 92)
    _wave(to, "#93BFE2", 360, 60, 3, 2.0)
    _wave(to, "#4E7FA6", 440, 55, 2.5, 3.4)
    _wave(to, "#24506B", 520, 40, 3, 1.0)
    _wave(to, "#12303F", 600, 24, 2, 4.0)


def _peaks(to: Draw) -> None:
    _rectangle(to, "#CBE3F2", 0, 0, 1000, 700)
    _shape(to, "#6E86A8", (80, 560), (360, 130), (640, 560))
    _shape(to, "#F8F2E4", (360, 130), (300, 222), (345, 250), (372, 224), (410, 262), (422, 226))
    _shape(to, "#4F6788", (430, 560), (690, 210), (960, 560))
    _shape(to, "#F8F2E4", (690, 210), (634, 286), (684, 310), (716, 280), (750, 288))
    _wave(to, "#5E9C76", 520, 26, 2, 0.5)
    _wave(to, "#0B6B55", 590, 22, 3, 2.5)


def _canal(to: Draw) -> None:
    _rectangle(to, "#F2B88E", 0, 0, 1000, 700)
    _rectangle(to, "#E99A83", 0, 0, 1000, 240)
    _rectangle(to, "#C97A86", 0, 0, 1000, 130)
    _circle(to, "#FBE3B0", 500, 310, 62)
    for left, top, width in ((0, 235, 140), (120, 190, 110), (210, 260, 170)):
        _rectangle(to, "#5B3F63", left, top, width, 120)
    for left, top, width in ((640, 255, 190), (800, 180, 90), (880, 215, 130)):
        _rectangle(to, "#6B4A6B", left, top, width, 130)
    _rectangle(to, "#4B4A78", 0, 345, 1000, 360)
    for number, half in enumerate((60, 95, 45, 120, 75, 150)):
        y = 378 + 34 * number
        _line(to, "#F6C58A", 5, (500 - half, y), (500 + half, y))
    _wave(to, "#23263F", 610, 30, 1.4, 3.6)
    _line(to, "#12142A", 6, (228, 600), (228, 500))
    _line(to, "#12142A", 6, (246, 600), (246, 504))
    _shape(to, "#12142A", (150, 520), (216, 470), (262, 462), (270, 500), (226, 516))
    _line(to, "#12142A", 14, (258, 474), (248, 430), (264, 386))
    _shape(to, "#12142A", (252, 378), (282, 372), (330, 388), (280, 398))


def _window(to: Draw) -> None:
    _rectangle(to, "#67396C", 0, 0, 1000, 700)
    _rectangle(to, "#1B2320", 300, 60, 400, 470)
    for color, left, top in (
        ("#E9A83E", 320, 80),
        ("#EFDDB8", 510, 80),
        ("#EDB1B8", 320, 305),
        ("#E9A83E", 510, 305),
    ):
        _rectangle(to, color, left, top, 170, 205)
    _rectangle(to, "#CBB8E6", 270, 530, 460, 34)
    _shape(to, "#0B6B55", (372, 530), (330, 450), (362, 370), (402, 450))
    _shape(to, "#0B6B55", (402, 530), (420, 460), (470, 420), (450, 490))


def _bread(to: Draw) -> None:
    _rectangle(to, "#A7DCC8", 0, 0, 1000, 700)
    _rectangle(to, "#E4CFA2", 0, 460, 1000, 240)
    _loaf(to, 500, 470, 290)


def _loaves(to: Draw) -> None:
    _rectangle(to, "#EDB1B8", 0, 0, 1000, 700)
    _rectangle(to, "#67396C", 60, 430, 880, 120)
    for x in (220, 500, 780):
        _loaf(to, x, 440, 130)


def _loaf(to: Draw, x: float, y: float, radius: float) -> None:
    """Draw a round bread with three cuts; y is where it lies."""
    arch = [(x + radius * cos(t * pi / 40), y - radius * sin(t * pi / 40)) for t in range(41)]
    _shape(to, "#B86A3A", *arch)
    _rectangle(to, "#B86A3A", x - radius, y - 2, 2 * radius, radius * 0.2)
    inner = [(a * 0.9 + x * 0.1, b * 0.82 + y * 0.18 - radius * 0.1) for a, b in arch]
    _shape(to, "#D68F55", *inner)
    for shift in (-0.4, 0.0, 0.4):
        left = x + shift * radius
        start, end = (
            (left - 0.1 * radius, y - 0.7 * radius),
            (left + 0.1 * radius, y - 0.3 * radius),
        )
        _line(to, "#F8E3BE", radius * 0.06, start, end)


def _print(to: Draw) -> None:
    _rectangle(to, "#F8F2E4", 0, 0, 1000, 700)
    _rectangle(to, "#1B2320", 240, 60, 260, 22)
    _rectangle(to, "#1B2320", 240, 96, 150, 22)
    _circle(to, "#E56B4C", 430, 320, 160)
    _circle(to, "#3448A5", 580, 400, 160)
    _rectangle(to, "#E9A83E", 240, 590, 520, 34)


def _tools(to: Draw) -> None:
    for number in range(4):
        _rectangle(to, "#0B6B55" if number % 2 else "#0A5B49", 0, 175 * number, 1000, 175)
    _rectangle(to, "#F3E6CB", 270, 190, 54, 380)
    _circle(to, "#F3E6CB", 297, 160, 62)
    _shape(to, "#0A5B49", (276, 88), (318, 88), (308, 160), (286, 160))
    _rectangle(to, "#F3E6CB", 484, 90, 34, 300)
    _rectangle(to, "#E9A83E", 462, 370, 78, 210)
    _rectangle(to, "#CBB8E6", 670, 110, 110, 120)
    _rectangle(to, "#CBB8E6", 702, 230, 46, 340)
    for x in (297, 501, 725):
        _circle(to, "#1B2320", x, 545, 11)


def _wheel(to: Draw) -> None:
    _rectangle(to, "#CBB8E6", 0, 0, 1000, 700)
    rim = [
        (500 + (230 + 34 * sin(3 * t * pi / 60)) * cos(t * pi / 60), 330 + 220 * sin(t * pi / 60))
        for t in range(121)
    ]
    for spoke in range(0, 120, 8):
        if spoke not in {24, 72, 80}:
            _line(to, "#59615C", 4, (500, 330), rim[spoke])
    _line(to, "#1B2320", 26, *rim)
    _circle(to, "#E56B4C", 500, 330, 30)


DRAWINGS: dict[str, Callable[[Draw], None]] = {
    "bread": _bread,
    "canal": _canal,
    "hills": _hills,
    "loaves": _loaves,
    "peaks": _peaks,
    "print": _print,
    "tools": _tools,
    "wheel": _wheel,
    "window": _window,
}
