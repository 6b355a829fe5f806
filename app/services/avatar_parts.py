"""What avatars are made of: the colours of the design, numbers drawn from a seed, flat shapes."""

import hashlib
from typing import NamedTuple

SPRUCE, MINT, SKY, INDIGO = "#0b6b55", "#a7dcc8", "#93bfe2", "#3448a5"
PLUM, LILAC, ROSE, BRICK = "#67396c", "#cbb8e6", "#edb1b8", "#a43e2e"
CORAL, AMBER, SAND, CREAM, INK = "#e56b4c", "#e9a83e", "#efddb8", "#f8f2e4", "#1b2320"


class Scheme(NamedTuple):
    """Four colours that go together; the last three stand out from the ground."""

    ground: str
    main: str
    second: str
    accent: str


SCHEMES = (
    Scheme(SPRUCE, MINT, CORAL, AMBER),
    Scheme(MINT, SPRUCE, BRICK, CREAM),
    Scheme(SAND, BRICK, SPRUCE, CORAL),
    Scheme(SAND, INDIGO, CORAL, AMBER),
    Scheme(SKY, SPRUCE, PLUM, CREAM),
    Scheme(SKY, INDIGO, BRICK, CREAM),
    Scheme(INDIGO, SKY, CORAL, AMBER),
    Scheme(INDIGO, ROSE, MINT, AMBER),
    Scheme(PLUM, AMBER, LILAC, CREAM),
    Scheme(PLUM, ROSE, MINT, AMBER),
    Scheme(LILAC, PLUM, INDIGO, CREAM),
    Scheme(ROSE, BRICK, PLUM, CREAM),
    Scheme(ROSE, SPRUCE, BRICK, CREAM),
    Scheme(CORAL, CREAM, PLUM, SAND),
    Scheme(AMBER, BRICK, PLUM, CREAM),
    Scheme(AMBER, SPRUCE, INDIGO, CREAM),
    Scheme(BRICK, ROSE, AMBER, SAND),
    Scheme(INK, MINT, CORAL, AMBER),
)


class Dice:
    """Numbers drawn from a seed, the same in every version of Python."""

    def __init__(self, seed: str) -> None:
        self._pool = int.from_bytes(hashlib.blake2b(seed.encode()).digest(), "big")

    def pick(self, sides: int) -> int:
        """Return a number from 0 to sides - 1."""
        self._pool, number = divmod(self._pool, sides)
        return number

    def between(self, low: int, high: int) -> int:
        """Return a number from low to high, both included."""
        return low + self.pick(high - low + 1)


def circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def rect(x: float, y: float, width: float, height: float, fill: str, corner: float = 0) -> str:  # noqa: PLR0913,PLR0917 (as SVG has it)
    rx = f' rx="{corner:g}"' if corner else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{rx} fill="{fill}"/>'


def area(outline: str, fill: str) -> str:
    return f'<path d="{outline}" fill="{fill}"/>'


def line(course: str, colour: str, width: float = 3) -> str:
    return (
        f'<path d="{course}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def spark(x: int, y: int, size: int, fill: str) -> str:
    """Draw a star with four hollow sides."""
    s = size
    return area(f"M{x} {y - s}q0 {s} {s} {s}-{s} 0-{s} {s} 0-{s}-{s}-{s} {s} 0 {s}-{s}z", fill)


def tinted(shape: str, opacity: str) -> str:
    return shape.replace("/>", f' opacity="{opacity}"/>')


def turned(shape: str, degrees: int, y: int) -> str:
    """Turn one shape about a point on the middle line."""
    return shape.replace(" ", f' transform="rotate({degrees} 40 {y})" ', 1)
