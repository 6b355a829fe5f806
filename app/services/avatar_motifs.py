"""What avatars show. Each motif is a function of dice and colours, on a square of 80 by 80."""

from collections.abc import Callable

from app.services.avatar_parts import (
    AMBER,
    BRICK,
    CREAM,
    INDIGO,
    INK,
    LILAC,
    MINT,
    PLUM,
    ROSE,
    SAND,
    SKY,
    SPRUCE,
    Dice,
    Scheme,
    area,
    circle,
    line,
    rect,
    spark,
    tinted,
    turned,
)

# Faces have the colours of the sheet, not of people: nobody is handed a skin that is not theirs.
SKINS = (CREAM, SAND, ROSE, AMBER, MINT, LILAC, SKY)


def _face(dice: Dice, c: Scheme) -> str:
    skins = [skin for skin in SKINS if skin not in {c.ground, c.main}]
    skin = skins[dice.pick(len(skins))]
    hairs = [hair for hair in (INK, BRICK, PLUM, c.second) if hair not in {c.ground, skin}]
    behind, before = _hair(dice.pick(7), hairs[dice.pick(len(hairs))], c)
    body = circle(40, 94, dice.between(32, 38), c.main) + circle(40, 40, 16, skin)
    neck = rect(34, 48, 12, 14, skin, 6)
    return behind + neck + body + before + _features(dice.pick(4))


def _hair(style: int, hair: str, c: Scheme) -> tuple[str, str]:
    """Return what lies behind the head and what before it."""
    short = area("M23 40a17 17 0 0 1 34 0q-5-9-17-9t-17 9z", hair)
    curls = "".join(
        circle(x, y, 8.5, hair) for x, y in ((25, 36), (29, 26), (40, 21), (51, 26), (55, 36))
    )
    cap = area("M23 34a17 17 0 0 1 34 0z", c.second) + rect(21, 31, 38, 6, c.accent, 3)
    part = area("M23 40a17 17 0 0 1 34 0q-14-1-19-10-3 7-15 10z", hair)
    return (
        ("", short),
        (area("M20 60V40a20 20 0 0 1 40 0v20z", hair), short),
        (circle(40, 18, 8, hair), short),
        (curls, ""),
        (area("M22 52V36h36v16z", hair), cap),
        (area("M20 76V40a20 20 0 0 1 40 0v36z", hair), part),
        ("", part),
    )[style]


def _features(kind: int) -> str:
    eyes = circle(34, 41, 2, INK) + circle(46, 41, 2, INK)
    asleep = line("M31 41q3 3 6 0M43 41q3 3 6 0", INK, 2)
    smile = line("M35 48q5 4 10 0", INK, 2)
    ring = "a5 5 0 1 0-10 0 5 5 0 0 0 10 0"
    glasses = line(f"M39 41{ring}q1-2 2 0m10 0{ring}", INK, 1.5)
    return (eyes + smile, asleep + smile, eyes + smile + glasses, "")[kind]


def _bird(dice: Dice, c: Scheme) -> str:
    lift, body = dice.between(-6, 4), (c.main, c.second)[dice.pick(2)]
    wing = c.second if body == c.main else c.main
    perch = line(f"M4 {62 + dice.pick(6)}q36-{dice.pick(8)} 76 0", c.accent)
    legs = line("M36 52v12M44 52v12", c.accent, 2)
    tail = area(f"M24 42L6 {36 + lift}l4 12 18 4z", wing)
    shape = area("M20 42q2-4 12-8 3-16 17-16 14 0 14 15 0 24-23 24-18 0-20-15z", body)
    feather = area("M28 40q10 4 18-2 2 14-10 14-6 0-8-12z", wing)
    beak = area("M61 28l12 4-11 5z", c.accent)
    return perch + legs + tail + shape + feather + beak + circle(51, 29, 2.6, _eye_on(body))


def _boat(dice: Dice, c: Scheme) -> str:
    x, water = dice.between(-4, 4), dice.between(52, 56)
    sky = circle(dice.between(14, 24), dice.between(16, 24), dice.between(6, 9), c.accent)
    sails = (
        area(f"M{40 + x} 12v34h20z", c.accent) + area(f"M{37 + x} 20v26H{22 + x}z", c.second),
        area(f"M{38 + x} 10q24 18 4 36z", c.accent) + rect(36 + x, 10, 3, 38, c.second),
        rect(32 + x, 34, 22, 14, c.accent, 2)
        + rect(38 + x, 20, 8, 14, c.second)
        + tinted(circle(44 + x, 13, 5, c.accent), ".7"),
    )[dice.pick(3)]
    hull = area(f"M{14 + x} 48h52l-8 16H{22 + x}z", c.second)
    waves = area(f"M0 {water + 2}q10-7 20 0t20 0 20 0 20 0V80H0z", c.main)
    return sky + sails + hull + waves


def _hills(dice: Dice, c: Scheme) -> str:
    sun = circle(dice.between(20, 60), dice.between(20, 32), dice.between(8, 14), c.accent)
    far, near = dice.between(40, 50), dice.between(56, 62)
    back = area(f"M0 {far}q{dice.between(14, 26)}-{dice.between(8, 16)} 40 0t40 0V80H0z", c.main)
    front = area(
        f"M0 {near + 8}q{dice.between(30, 50)}-{dice.between(10, 24)} 80-6V80H0z", c.second
    )
    x = dice.between(16, 60)
    tree = rect(x - 1.5, 44, 3, 20, INK) + circle(x, 42, dice.between(6, 9), c.second)
    return sun + back + (tree if dice.pick(3) == 0 else "") + front


def _mountains(dice: Dice, c: Scheme) -> str:
    sun = circle(dice.between(56, 64), dice.between(16, 22), dice.between(6, 9), c.accent)
    x, y = dice.between(26, 34), dice.between(20, 30)
    near = _peak(x, y, c.main) + _peak(x + dice.between(24, 30), y + dice.between(8, 16), c.second)
    lake = area(f"M0 {dice.between(62, 68)}q40-6 80 2v20H0z", c.second)
    return sun + near + (lake if dice.pick(2) else "")


def _peak(x: int, y: int, fill: str) -> str:
    foot = (80 - y) * 4 // 5
    snow = area(f"M{x} {y}l8 10-4-2-4 4-4-4-4 2z", SAND if fill == CREAM else CREAM)
    return area(f"M{x} {y}L{x + foot} 80H{x - foot}z", fill) + snow


def _leaf(dice: Dice, c: Scheme) -> str:
    turn, leaf = dice.between(-40, 40), (c.main, c.second)[dice.pick(2)]
    blade = area("M40 8c20 16 20 44 0 60C20 52 20 24 40 8z", leaf)
    veins = "M40 22v54" + ("M40 40l9-8M40 52l10-9M40 40l-9-8M40 52l-10-9" if dice.pick(2) else "")
    sun = circle(dice.between(60, 66), dice.between(16, 22), dice.between(5, 8), c.accent)
    return sun + turned(blade, turn, 42) + turned(line(veins, c.ground, 2.5), turn, 42)


def _houses(dice: Dice, c: Scheme) -> str:
    moon = circle(dice.between(14, 66), dice.between(12, 16), dice.between(4, 7), c.accent)
    walls = (c.main, c.second, c.main) if dice.pick(2) else (c.second, c.main, c.second)
    row = "".join(_house(dice, 7 + 22 * i, wall) for i, wall in enumerate(walls))
    lit = "".join(
        f"M{x} {y}h4v6h-4z" for x in (12, 20, 34, 42, 56, 64) for y in (48, 58) if dice.pick(4)
    )
    street = rect(0, 70, 80, 10, PLUM if c.ground == INK else INK)
    return moon + row + area(lit, c.accent) + street


def _house(dice: Dice, x: int, wall: str) -> str:
    top, rise = dice.between(30, 44), dice.between(8, 13)
    gable = (
        f"l11-{rise} 11 {rise}",
        "v-6h6v-5h10v5h6v6",
        f"a11 {rise} 0 0 1 22 0",
        f"v-{rise}l22 {rise - 4}v4",
    )[dice.pick(4)]
    return area(f"M{x} 71V{top}{gable}V71z", wall)


def _cup(dice: Dice, c: Scheme) -> str:
    cup, mark = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    steam = line(
        ("M30 26q-4-5 0-9t0-8M44 26q-4-5 0-9t0-8", "M37 26q-4-5 0-9t0-8")[dice.pick(2)], c.accent
    )
    handle = line("M54 40h4a7 7 0 0 1 0 14h-6", cup, 5)
    body = area("M18 32h38v18a16 16 0 0 1-16 16h-6a16 16 0 0 1-16-16z", cup)
    pattern = (
        rect(18, 40, 38, 5, mark),
        "".join(circle(x, 46, 3, mark) for x in (27, 37, 47)),
        area("M37 56q-12-8-6-13 4-2 6 2 2-4 6-2 6 5-6 13z", mark),
        "",
    )[dice.pick(4)]
    return steam + handle + body + pattern + rect(12, 66, 50, 4, c.accent, 2)


def _moon(dice: Dice, c: Scheme) -> str:
    size = dice.between(20, 25)
    moon = circle(36, 42, size, c.main if dice.pick(2) else c.accent)
    bite = circle(36 + dice.between(9, 13), 42 - dice.between(6, 10), size - 3, c.ground)
    places = ((58, 20), (66, 40), (52, 38), (62, 58), (44, 26))
    first = dice.pick(5)
    stars = [places[(first + i * 2) % 5] for i in range(dice.between(2, 3))]
    return moon + bite + "".join(spark(x, y, dice.between(4, 7), c.accent) for x, y in stars)


def _fish(dice: Dice, c: Scheme) -> str:
    body, fin = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    height = dice.between(20, 30)
    tail = area(f"M48 42l20-{dice.between(12, 16)}q-6 14 0 {dice.between(26, 30)}z", fin)
    shape = area(f"M10 42q22-{height} 46 0-24 {height}-46 0z", body)
    stripes = ("M30 36v12M38 36v12", "M34 34q5 8 0 16", "")[dice.pick(3)]
    bubbles = "".join(
        circle(14 + 7 * i, 24 - 5 * i, 3 - i / 2, c.accent) for i in range(dice.between(1, 3))
    )
    eye = circle(21, 40, 2.6, _eye_on(body))
    return tail + shape + (line(stripes, fin) if stripes else "") + eye + bubbles


def _plant(dice: Dice, c: Scheme) -> str:
    green = c.main
    tall = dice.between(0, 6)
    leaves = (
        "".join(
            circle(x, y - tall, 11 + dice.pick(4), green) for x, y in ((28, 38), (52, 37), (40, 26))
        ),
        line(f"M40 50V{20 - tall}M40 40h-12v-9M40 34h12v-9", green, 9),
        "".join(
            turned(area("M40 52q-10-18 0-38 10 20 0 38z", green), turn, 50)
            for turn in (-42 - tall, 42 + tall, 0)
        ),
        line(f"M40 50V{26 - tall}M40 42q-8-2-10-10M40 38q8-2 10-10", green)
        + _flower_head(40, 22 - tall, c.accent, c.ground),
    )[dice.pick(4)]
    pot = area("M25 50h30l-4 20H29z", c.second) + rect(22, 46, 36, 7, c.accent, 2)
    return leaves + pot


def _flower_head(x: int, y: int, petal: str, heart: str) -> str:
    around = ((0, -8), (8, -2), (5, 7), (-5, 7), (-8, -2))
    return "".join(circle(x + dx, y + dy, 6, petal) for dx, dy in around) + circle(x, y, 4, heart)


def _flower(dice: Dice, c: Scheme) -> str:
    count = dice.between(5, 8)
    size = f'cy="{dice.between(21, 24)}" rx="{dice.between(7, 9)}" ry="14"'
    petal = f'<ellipse cx="40" {size} fill="{c.main}"/>'
    petals = "".join(turned(petal, 360 * i // count, 40) for i in range(count))
    return petals + circle(40, 40, dice.between(8, 12), c.accent)


def _books(dice: Dice, c: Scheme) -> str:
    colours, x, row = (c.main, c.second, c.accent, c.main, c.second), 12, ""
    shift = dice.pick(3)
    for i in range(4):
        width, height = dice.between(8, 13), dice.between(32, 50)
        fill = colours[(i + shift) % 5]
        row += rect(x, 66 - height, width, height, fill, 1)
        row += rect(x, 70 - height, width, 3, c.ground) if dice.pick(2) else ""
        x += width + 2
    lean = area(f"M{x} 24l8-2 8 42-8 2z", colours[(4 + shift) % 5]) if x < 58 else ""
    return row + lean + rect(0, 66, 80, 4, INK if c.ground != INK else CREAM)


def _creature(dice: Dice, c: Scheme) -> str:
    fur, inner = (c.main, c.second) if dice.pick(2) else (c.second, c.main)
    ears = (
        area("M18 40V14l18 12zM62 40V14L44 26z", fur),
        circle(22, 26, 10, fur)
        + circle(58, 26, 10, fur)
        + circle(22, 26, 5, inner)
        + circle(58, 26, 5, inner),
        line("M31 32V12M49 32V12", fur, 13) + line("M31 30V13M49 30V13", inner, 5),
    )[dice.pick(3)]
    head = area("M16 46q0-24 24-24t24 24-24 24-24-24z", fur)
    muzzle = area("M28 56q0-8 12-8t12 8-12 10-12-10z", c.accent)
    eye = _eye_on(fur)
    nose = area("M36 51h8l-4 5z", INK) + (line("M40 56v4", INK, 2) if dice.pick(2) else "")
    return ears + head + muzzle + circle(30, 43, 2.8, eye) + circle(50, 43, 2.8, eye) + nose


def _balloon(dice: Dice, c: Scheme) -> str:
    x, y = dice.between(36, 44), dice.between(30, 34)
    ropes = line(f"M{x - 12} {y + 16}l8 16M{x + 12} {y + 16}l-8 16", c.accent, 1.5)
    skin = area(
        f"M{x} {y - 22}a22 22 0 0 1 22 22q0 10-16 22h-12q-16-12-16-22a22 22 0 0 1 22-22z", c.main
    )
    gore = area(f"M{x} {y - 22}q20 20 4 44h-8q-16-24 4-44z", c.second)
    basket = rect(x - 5, y + 31, 10, 8, c.accent, 2)
    cloud = tinted(rect(dice.between(2, 12), dice.between(54, 66), 22, 7, c.accent, 3.5), ".55")
    return cloud + ropes + skin + gore + basket


def _umbrella(dice: Dice, c: Scheme) -> str:
    top = dice.between(38, 44)
    stick = line(f"M40 {top - 26}v{90 - top}a6 6 0 0 0 12 0", c.accent)
    dome = area(f"M14 {top}a26 26 0 0 1 52 0z", c.main)
    panel = area(f"M31 {top}q0-20 9-26 9 6 9 26z", c.second)
    drops = "".join(
        area(f"M{x} {y}q5 8 0 9t0-9z", c.accent)
        for x, y in ((16, 54), (26, 62), (64, 56))[: dice.pick(4)]
    )
    return stick + dome + panel + drops


def _eye_on(fill: str) -> str:
    return CREAM if fill in {SPRUCE, INDIGO, PLUM, BRICK, INK} else INK


MOTIFS: tuple[Callable[[Dice, Scheme], str], ...] = (
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
