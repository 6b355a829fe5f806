"""Bars as an SVG file, which needs no library."""

from collections.abc import Mapping
from html import escape

# By size; each is told apart from the others on light and dark ground.
COLOURS = {"S": "#8ab6a9", "M": "#3f8f7b", "L": "#1d5548"}
BUDGET = 16
LEFT, WIDTH, BAR, GAP = 230, 760, 11, 9
TOP, STEP = 34, 5


def bars(sizes: Mapping[str, Mapping[str, float]]) -> str:
    """Return a bar for each page and size, with a line where the budget ends."""
    names = list(dict.fromkeys(name for found in sizes.values() for name in found))
    most = max([BUDGET, *(ratio for found in sizes.values() for ratio in found.values())])
    scale = (WIDTH - LEFT - 60) / most
    high = len(sizes) * BAR + GAP
    height = TOP + len(names) * high + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="11" fill="#1b2320">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_legend(list(sizes)),
        *_grid(scale, most, height),
    ]
    for place, name in enumerate(names):
        top = TOP + place * high
        parts.append(
            f'<text x="{LEFT - 8}" y="{top + high / 2}" text-anchor="end">{escape(name)}</text>'
        )
        for number, (size, found) in enumerate(sizes.items()):
            if name in found:
                parts += _bar(top + number * BAR, found[name], scale, COLOURS[size])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(top: float, ratio: float, scale: float, colour: str) -> list[str]:
    width = ratio * scale
    return [
        f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR - 1}" fill="{colour}"/>',
        f'<text x="{LEFT + width + 4:.1f}" y="{top + BAR - 2}" font-size="9">{ratio:.1f}</text>',
    ]


def _legend(sizes: list[str]) -> list[str]:
    parts = [f'<text x="{LEFT}" y="14" font-weight="bold">CPU, × a bare Flask application</text>']
    for place, size in enumerate(sizes):
        left = LEFT + 260 + place * 50
        parts.append(f'<rect x="{left}" y="5" width="10" height="10" fill="{COLOURS[size]}"/>')
        parts.append(f'<text x="{left + 15}" y="14">{size}</text>')
    return parts


def _grid(scale: float, most: float, height: int) -> list[str]:
    parts = []
    for value in range(0, int(most) + 1, STEP if most < 60 else 10 * STEP):
        left = LEFT + value * scale
        parts.append(
            f'<line x1="{left:.1f}" y1="{TOP - 6}" x2="{left:.1f}" y2="{height - 20}" '
            'stroke="#d5dbd8"/>'
        )
        parts.append(f'<text x="{left:.1f}" y="{height - 8}" text-anchor="middle">{value}</text>')
    left = LEFT + BUDGET * scale
    parts.append(
        f'<line x1="{left:.1f}" y1="{TOP - 6}" x2="{left:.1f}" y2="{height - 20}" '
        'stroke="#c2410c" stroke-dasharray="4 3"/>'
    )
    return parts
