"""Avatars without a third party: a small picture for every member, drawn from their id alone.

All are flat shapes in the colours of the design, 80 by 80, and fill their square; the style sheet
rounds the corners, so nothing that matters stands in one.
"""

import hashlib
import re

from app.services.avatar_motifs import MOTIFS
from app.services.avatar_parts import SCHEMES, Dice, rect

# Part of the seed, which is part of the address: raise it whenever a drawing changes.
VERSION = 1

_SEED = re.compile(r"[0-9a-f]{16}")


def seed(user_id: int) -> str:
    """Return the 16 hex digits that a member's picture is drawn from."""
    return hashlib.blake2b(f"{VERSION}:{user_id}".encode(), digest_size=8).hexdigest()


def path(user_id: int, avatar_key: str | None = None) -> str:
    """Return the address of a member's picture: the one they uploaded, else the one drawn here.

    What is there never changes.
    """
    return f"/media/avatar/{avatar_key}.webp" if avatar_key else f"/avatars/{seed(user_id)}.svg"


def header_path(header_key: str | None) -> str:
    """Return the address of the picture on top of a profile; "" for none."""
    return f"/media/header/{header_key}.webp" if header_key else ""


def draw(seed: str) -> str:
    """Return the SVG for a seed.

    :raises ValueError: if the seed is not 16 lower-case hex digits
    """
    if not _SEED.fullmatch(seed):
        raise ValueError("a seed is 16 lower-case hex digits")
    dice = Dice(seed)
    scheme = SCHEMES[dice.pick(len(SCHEMES))]
    shapes = MOTIFS[dice.pick(len(MOTIFS))](dice, scheme)
    if dice.pick(2):
        shapes = f'<g transform="matrix(-1 0 0 1 80 0)">{shapes}</g>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="80" height="80">'
        f"{rect(0, 0, 80, 80, scheme.ground)}{shapes}</svg>\n"
    )
