"""Avatars without a third party: a small picture for every member, drawn from their id alone.

All are flat shapes in the colours of the design, 80 by 80, and fill their square; the style sheet
rounds the corners, so nothing that matters stands in one.
"""

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

# Part of the seed, which is part of the address: raise it whenever a drawing changes.
VERSION = 1

SPRUCE, MINT, SKY, INDIGO = "#0b6b55", "#a7dcc8", "#93bfe2", "#3448a5"
PLUM, LILAC, ROSE, BRICK = "#67396c", "#cbb8e6", "#edb1b8", "#a43e2e"
CORAL, AMBER, SAND, CREAM, INK = "#e56b4c", "#e9a83e", "#efddb8", "#f8f2e4", "#1b2320"

SKINS = ("#f6d9b8", "#e8b98f", "#c68a5c", "#96603f", "#6b422c")
HAIRS = (INK, "#33241f", "#4a2c22", BRICK, AMBER, "#b9b3a6")

_SEED = re.compile(r"[0-9a-f]{16}")


class _Scheme(NamedTuple):
    """Four colours that go together; the last three stand out from the ground."""

    ground: str
    main: str
    second: str
    accent: str


_SCHEMES = (
    _Scheme(SPRUCE, MINT, CORAL, AMBER),
    _Scheme(MINT, SPRUCE, BRICK, CREAM),
    _Scheme(SAND, BRICK, SPRUCE, CORAL),
    _Scheme(SAND, INDIGO, CORAL, AMBER),
    _Scheme(SKY, SPRUCE, PLUM, CREAM),
    _Scheme(SKY, INDIGO, BRICK, CREAM),
    _Scheme(INDIGO, SKY, CORAL, AMBER),
    _Scheme(INDIGO, ROSE, MINT, AMBER),
    _Scheme(PLUM, AMBER, LILAC, CREAM),
    _Scheme(PLUM, ROSE, MINT, AMBER),
    _Scheme(LILAC, PLUM, INDIGO, CREAM),
    _Scheme(ROSE, BRICK, PLUM, CREAM),
    _Scheme(ROSE, SPRUCE, BRICK, CREAM),
    _Scheme(CORAL, CREAM, PLUM, SAND),
    _Scheme(AMBER, BRICK, PLUM, CREAM),
    _Scheme(AMBER, SPRUCE, INDIGO, CREAM),
    _Scheme(BRICK, ROSE, AMBER, SAND),
    _Scheme(INK, MINT, CORAL, AMBER),
)


class _Dice:
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


def seed(user_id: int) -> str:
    """Return the 16 hex digits that a member's picture is drawn from."""
    return hashlib.blake2b(f"{VERSION}:{user_id}".encode(), digest_size=8).hexdigest()


def path(user_id: int) -> str:
    """Return the address of a member's picture. What is there never changes."""
    return f"/avatars/{seed(user_id)}.svg"


def draw(seed: str) -> str:
    """Return the SVG for a seed.

    :raises ValueError: if the seed is not 16 lower-case hex digits
    """
    if not _SEED.fullmatch(seed):
        raise ValueError(seed)
    dice = _Dice(seed)
    scheme = _SCHEMES[dice.pick(len(_SCHEMES))]
    shapes = _MOTIFS[dice.pick(len(_MOTIFS))](dice, scheme)
    if dice.pick(2):
        shapes = f'<g transform="matrix(-1 0 0 1 80 0)">{shapes}</g>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="80" height="80">'
        f"{_rect(0, 0, 80, 80, scheme.ground)}{shapes}</svg>\n"
    )


# Shapes


def _circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, corner: float = 0) -> str:  # noqa: PLR0913,PLR0917 (as SVG has it)
    rx = f' rx="{corner:g}"' if corner else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{rx} fill="{fill}"/>'


def _area(outline: str, fill: str) -> str:
    return f'<path d="{outline}" fill="{fill}"/>'


def _line(course: str, colour: str, width: float = 3) -> str:
    return (
        f'<path d="{course}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _spark(x: int, y: int, size: int, fill: str) -> str:
    """Draw a star with four hollow sides."""
    s = size
    return _area(f"M{x} {y - s}q0 {s} {s} {s}-{s} 0-{s} {s} 0-{s}-{s}-{s} {s} 0 {s}-{s}z", fill)


def _tinted(shape: str, opacity: str) -> str:
    return shape.replace("/>", f' opacity="{opacity}"/>')


# Motifs


def _face(dice: _Dice, c: _Scheme) -> str:
    skin, hair = SKINS[dice.pick(len(SKINS))], HAIRS[dice.pick(len(HAIRS))]
    hair = c.accent if hair == c.ground else hair
    behind, before = _hair(dice.pick(8), hair, c)
    body = _circle(40, 94, dice.between(32, 38), c.main) + _circle(40, 40, 16, skin)
    neck = _rect(34, 48, 12, 14, skin, 6)
    return behind + neck + body + before + _features(dice.pick(4), skin)


def _hair(style: int, hair: str, c: _Scheme) -> tuple[str, str]:
    """Return what lies behind the head and what before it."""
    short = _area("M23 40a17 17 0 0 1 34 0q-5-9-17-9t-17 9z", hair)
    curls = "".join(
        _circle(x, y, 8.5, hair) for x, y in ((25, 36), (29, 26), (40, 21), (51, 26), (55, 36))
    )
    scarf = _area("M17 80V42a23 23 0 0 1 46 0v38z", c.second)
    cap = _area("M23 34a17 17 0 0 1 34 0z", c.second) + _rect(21, 31, 38, 6, c.accent, 3)
    part = _area("M23 42a17 17 0 0 1 34 0q-14-2-19-12-3 9-15 12z", hair)
    return (
        ("", short),
        (_area("M20 60V40a20 20 0 0 1 40 0v20z", hair), short),
        (_circle(40, 18, 8, hair), short),
        (curls, ""),
        (scarf, ""),
        (_area("M22 52V36h36v16z", hair), cap),
        (_area("M20 76V40a20 20 0 0 1 40 0v36z", hair), part),
        ("", part),
    )[style]


def _features(kind: int, skin: str) -> str:
    ink = CREAM if skin == SKINS[-1] else INK
    eyes = _circle(34, 41, 2, ink) + _circle(46, 41, 2, ink)
    smile = _line("M35 48q5 4 10 0", ink, 2)
    glasses = _line(
        "M39 41a5 5 0 1 0-10 0 5 5 0 0 0 10 0q1-2 2 0a5 5 0 1 0 10 0 5 5 0 0 0-10 0", ink, 1.5
    )
    return (eyes + smile, smile, eyes + smile + glasses, "")[kind]


def _bird(dice: _Dice, c: _Scheme) -> str:
    lift, body = dice.between(-6, 4), (c.main, c.second)[dice.pick(2)]
    wing = c.second if body == c.main else c.main
    perch = _line(f"M4 {62 + dice.pick(6)}q36-{dice.pick(8)} 76 0", c.accent)
    legs = _line("M36 52v12M44 52v12", c.accent, 2)
    tail = _area(f"M24 42L6 {36 + lift}l4 12 18 4z", wing)
    shape = _area("M20 42q2-4 12-8 3-16 17-16 14 0 14 15 0 24-23 24-18 0-20-15z", body)
    feather = _area("M28 40q10 4 18-2 2 14-10 14-6 0-8-12z", wing)
    beak = _area("M61 28l12 4-11 5z", c.accent)
    return perch + legs + tail + shape + feather + beak + _circle(51, 29, 2.6, _eye_on(body))


def _boat(dice: _Dice, c: _Scheme) -> str:
    x, water = dice.between(-4, 4), dice.between(52, 56)
    sky = _circle(dice.between(14, 24), dice.between(16, 24), dice.between(6, 9), c.accent)
    sails = (
        _area(f"M{40 + x} 12v34h20z", c.accent) + _area(f"M{37 + x} 20v26H{22 + x}z", c.second),
        _area(f"M{38 + x} 10q24 18 4 36z", c.accent) + _rect(36 + x, 10, 3, 38, c.second),
        _rect(32 + x, 34, 22, 14, c.accent, 2)
        + _rect(38 + x, 20, 8, 14, c.second)
        + _tinted(_circle(44 + x, 13, 5, c.accent), ".7"),
    )[dice.pick(3)]
    hull = _area(f"M{14 + x} 48h52l-8 16H{22 + x}z".replace("h52", "h52"), c.second)
    waves = _area(f"M0 {water + 2}q10-7 20 0t20 0 20 0 20 0V80H0z", c.main)
    return sky + sails + hull + waves


def _hills(dice: _Dice, c: _Scheme) -> str:
    sun = _circle(dice.between(20, 60), dice.between(20, 32), dice.between(8, 14), c.accent)
    far, near = dice.between(40, 50), dice.between(56, 62)
    back = _area(f"M0 {far}q{dice.between(14, 26)}-{dice.between(8, 16)} 40 0t40 0V80H0z", c.main)
    front = _area(
        f"M0 {near + 8}q{dice.between(30, 50)}-{dice.between(10, 24)} 80-6V80H0z", c.second
    )
    x = dice.between(16, 60)
    tree = _rect(x - 1.5, 44, 3, 20, INK) + _circle(x, 42, dice.between(6, 9), c.accent)
    return sun + back + (tree if dice.pick(3) == 0 else "") + front


def _mountains(dice: _Dice, c: _Scheme) -> str:
    sun = _circle(dice.between(56, 64), dice.between(16, 22), dice.between(6, 9), c.accent)
    x, y = dice.between(26, 34), dice.between(20, 30)
    near = _peak(x, y, c.main) + _peak(x + dice.between(24, 30), y + dice.between(8, 16), c.second)
    lake = _area(f"M0 {dice.between(62, 68)}q40-6 80 2v20H0z", c.second)
    return sun + near + (lake if dice.pick(2) else "")


def _peak(x: int, y: int, fill: str) -> str:
    foot = (80 - y) * 4 // 5
    snow = _area(f"M{x} {y}l8 10-4-2-4 4-4-4-4 2z", CREAM)
    return _area(f"M{x} {y}L{x + foot} 80H{x - foot}z", fill) + snow


def _leaf(dice: _Dice, c: _Scheme) -> str:
    turn, leaf = dice.between(-40, 40), (c.main, c.second)[dice.pick(2)]
    blade = _area("M40 8c20 16 20 44 0 60C20 52 20 24 40 8z", leaf)
    veins = "M40 22v54" + ("M40 40l9-8M40 52l10-9M40 40l-9-8M40 52l-10-9" if dice.pick(2) else "")
    sun = _circle(dice.between(60, 66), dice.between(16, 22), dice.between(5, 8), c.accent)
    return sun + f'<g transform="rotate({turn} 40 42)">{blade}{_line(veins, c.ground, 2.5)}</g>'


def _houses(dice: _Dice, c: _Scheme) -> str:
    moon = _circle(dice.between(14, 66), dice.between(12, 16), dice.between(4, 7), c.accent)
    walls = [c.main, c.second, c.main] if dice.pick(2) else [c.second, c.main, c.second]
    row = "".join(_house(dice, 7 + 22 * i, wall, c) for i, wall in enumerate(walls))
    return moon + row + _rect(0, 70, 80, 10, INK if c.ground != INK else c.second)


def _house(dice: _Dice, x: int, wall: str, c: _Scheme) -> str:
    top = dice.between(30, 46)
    roof = (
        _area(f"M{x - 1} {top}l12-{dice.between(9, 14)} 12 {dice.between(9, 9)}z", wall),
        _area(f"M{x} {top}v-6h5v-5h12v5h5v6z", wall),
        _area(f"M{x} {top}a11 {dice.between(8, 11)} 0 0 1 22 0z", wall),
    )[dice.pick(3)]
    lit = "".join(
        _rect(x + 5 + 8 * (i % 2), y, 4, 6, c.accent)
        for i, y in enumerate(y for y in range(top + 4, 62, 10) for _ in "ab")
        if dice.pick(4)
    )
    return roof + _rect(x, top, 22, 72 - top, wall) + lit


def _cup(dice: _Dice, c: _Scheme) -> str:
    cup, mark = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    steam = _line(
        ("M30 26q-4-5 0-9t0-8M44 26q-4-5 0-9t0-8", "M37 26q-4-5 0-9t0-8")[dice.pick(2)], c.accent
    )
    handle = _line("M54 40h4a7 7 0 0 1 0 14h-6", cup, 5)
    body = _area("M18 32h38v18a16 16 0 0 1-16 16h-6a16 16 0 0 1-16-16z", cup)
    pattern = (
        _rect(18, 40, 38, 5, mark),
        "".join(_circle(x, 46, 3, mark) for x in (27, 37, 47)),
        _area("M37 56q-12-8-6-13 4-2 6 2 2-4 6-2 6 5-6 13z", mark),
        "",
    )[dice.pick(4)]
    return steam + handle + body + pattern + _rect(12, 66, 50, 4, c.accent, 2)


def _moon(dice: _Dice, c: _Scheme) -> str:
    size = dice.between(20, 25)
    moon = _circle(36, 42, size, c.main if dice.pick(2) else c.accent)
    bite = _circle(36 + dice.between(9, 13), 42 - dice.between(6, 10), size - 3, c.ground)
    places = ((58, 20), (66, 40), (52, 38), (62, 58), (44, 26))
    first = dice.pick(5)
    stars = [places[(first + i * 2) % 5] for i in range(dice.between(2, 3))]
    return moon + bite + "".join(_spark(x, y, dice.between(4, 7), c.accent) for x, y in stars)


def _fish(dice: _Dice, c: _Scheme) -> str:
    body, fin = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    height = dice.between(20, 30)
    tail = _area(f"M48 42l20-{dice.between(12, 16)}q-6 14 0 {dice.between(26, 30)}z", fin)
    shape = _area(f"M10 42q22-{height} 46 0-24 {height}-46 0z", body)
    stripes = ("M30 36v12M38 36v12", "M34 34q5 8 0 16", "")[dice.pick(3)]
    bubbles = "".join(
        _circle(14 + 7 * i, 24 - 5 * i, 3 - i / 2, c.accent) for i in range(dice.between(1, 3))
    )
    eye = _circle(21, 40, 2.6, _eye_on(body))
    return tail + shape + (_line(stripes, fin) if stripes else "") + eye + bubbles


def _plant(dice: _Dice, c: _Scheme) -> str:
    green = c.main
    tall = dice.between(0, 6)
    leaves = (
        "".join(
            _circle(x, y - tall, 11 + dice.pick(4), green)
            for x, y in ((28, 34), (52, 33), (40, 24))
        ),
        _line(f"M40 50V{20 - tall}M40 40h-12v-9M40 34h12v-9", green, 9),
        "".join(
            f'<g transform="rotate({turn} 40 50)">{_area("M40 52q-10-18 0-38 10 20 0 38z", green)}</g>'
            for turn in (-42 - tall, 42 + tall, 0)
        ),
        _line(f"M40 50V{26 - tall}M40 42q-8-2-10-10M40 38q8-2 10-10", green)
        + _flower_head(40, 22 - tall, c.accent, c.ground),
    )[dice.pick(4)]
    pot = _area("M25 50h30l-4 20H29z", c.second) + _rect(22, 46, 36, 7, c.accent, 2)
    return leaves + pot


def _flower_head(x: int, y: int, petal: str, heart: str) -> str:
    around = ((0, -8), (8, -2), (5, 7), (-5, 7), (-8, -2))
    return "".join(_circle(x + dx, y + dy, 6, petal) for dx, dy in around) + _circle(x, y, 4, heart)


def _flower(dice: _Dice, c: _Scheme) -> str:
    count = dice.between(5, 8)
    petal = f'<ellipse cx="40" cy="{dice.between(21, 24)}" rx="{dice.between(7, 9)}" ry="14" fill="{c.main}"'
    petals = "".join(
        f'{petal} transform="rotate({360 * i // count} 40 40)"/>' for i in range(count)
    )
    return petals + _circle(40, 40, dice.between(8, 12), c.accent)


def _books(dice: _Dice, c: _Scheme) -> str:
    colours, x, row = [c.main, c.second, c.accent, c.main, c.second], 12, ""
    shift = dice.pick(3)
    for i in range(4):
        width, height = dice.between(8, 13), dice.between(32, 50)
        fill = colours[(i + shift) % 5]
        row += _rect(x, 66 - height, width, height, fill, 1)
        row += _rect(x, 70 - height, width, 3, c.ground) if dice.pick(2) else ""
        x += width + 2
    lean = _area(f"M{x} 24l8-2 8 42-8 2z", colours[(4 + shift) % 5]) if x < 58 else ""
    return row + lean + _rect(0, 66, 80, 4, INK if c.ground != INK else CREAM)


def _creature(dice: _Dice, c: _Scheme) -> str:
    fur, inner = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    ears = (
        _area("M18 40V14l18 12zM62 40V14L44 26z", fur),
        _circle(22, 26, 10, fur)
        + _circle(58, 26, 10, fur)
        + _circle(22, 26, 5, inner)
        + _circle(58, 26, 5, inner),
        _line("M31 32V12M49 32V12", fur, 13) + _line("M31 30V13M49 30V13", inner, 5),
    )[dice.pick(3)]
    head = _area("M16 46q0-24 24-24t24 24-24 24-24-24z", fur)
    muzzle = _area("M28 56q0-8 12-8t12 8-12 10-12-10z", c.accent)
    eye = _eye_on(fur)
    nose = _area("M36 51h8l-4 5z", INK) + (_line("M40 56v4", INK, 2) if dice.pick(2) else "")
    return ears + head + muzzle + _circle(30, 43, 2.8, eye) + _circle(50, 43, 2.8, eye) + nose


def _balloon(dice: _Dice, c: _Scheme) -> str:
    x, y = dice.between(36, 44), dice.between(30, 34)
    ropes = _line(f"M{x - 12} {y + 16}l8 16M{x + 12} {y + 16}l-8 16", c.accent, 1.5)
    skin = _area(
        f"M{x} {y - 22}a22 22 0 0 1 22 22q0 10-16 22h-12q-16-12-16-22a22 22 0 0 1 22-22z", c.main
    )
    gore = _area(f"M{x} {y - 22}q20 20 4 44h-8q-16-24 4-44z", c.second)
    basket = _rect(x - 5, y + 31, 10, 8, c.accent, 2)
    cloud = _tinted(_rect(dice.between(2, 12), dice.between(54, 66), 22, 7, c.accent, 3.5), ".55")
    return cloud + ropes + skin + gore + basket


def _umbrella(dice: _Dice, c: _Scheme) -> str:
    top = dice.between(38, 44)
    stick = _line(f"M40 {top - 26}v{92 - top - 20}a6 6 0 0 0 12 0", c.accent)
    dome = _area(f"M14 {top}a26 26 0 0 1 52 0z", c.main)
    panel = _area(f"M31 {top}q0-20 9-26 9 6 9 26z", c.second)
    drops = "".join(
        _area(f"M{x} {y}q5 8 0 9t0-9z", c.accent)
        for x, y in ((16, 54), (26, 62), (64, 56))[: dice.pick(4)]
    )
    return stick + dome + panel + drops


def _eye_on(fill: str) -> str:
    return CREAM if fill in {SPRUCE, INDIGO, PLUM, BRICK, INK} else INK


_MOTIFS: tuple[Callable[[_Dice, _Scheme], str], ...] = (
    _face,
    _face,
    _bird,
    _boat,
    _hills,
    _mountains,
    _leaf,
    _houses,
    _cup,
    _moon,
    _fish,
    _plant,
    _flower,
    _books,
    _creature,
    _balloon,
    _umbrella,
)
