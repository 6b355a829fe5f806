"""What the database knows of pictures. Their files are not made: pages only name them."""

from typing import NamedTuple

from app.cli import town_pictures
from app.services import images

SUBJECTS = {"canal": "A canal", "wheel": "A wheel"}


class Drawn(NamedTuple):
    """A picture; the sizes are width and height of the large one and of the small one."""

    sizes: tuple[int, int, int, int]
    placeholder: str
    bytes: int
    alt: str


def draw() -> list[Drawn]:
    return [_drawn(name, alt) for name, alt in SUBJECTS.items()]


def _drawn(name: str, alt: str) -> Drawn:
    made = images.renditions(town_pictures.draw(name))
    large, small = made.large, made.small
    sizes = (large.width, large.height, small.width, small.height)
    return Drawn(sizes, made.placeholder, len(large.data) + len(small.data), alt)
