import hashlib
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import avatars

SEEDS = st.from_regex(r"\A[0-9a-f]{16}\Z")
# Of the drawings of members 1 to 500. When it changes, raise avatars.VERSION: browsers keep the old
# pictures for ever under their old addresses.
DRAWN = (1, "1c5b8fc43583218524b3d919661acf2807d81d137d828c50f3442086df4e2421")


def test_a_member_s_picture_has_one_address():
    assert avatars.path(7) == avatars.path(7)
    assert re.fullmatch(r"/avatars/[0-9a-f]{16}\.svg", avatars.path(7))


def test_large_ids_have_pictures_too():
    assert avatars.path(2**63 - 1) != avatars.path(2**63 - 2)


def test_the_address_changes_when_the_drawing_does(monkeypatch):
    before = avatars.path(7)
    monkeypatch.setattr(avatars, "VERSION", avatars.VERSION + 1)

    assert avatars.path(7) != before


def test_drawings_change_with_their_version_only():
    drawings = "".join(avatars.draw(avatars.seed(member)) for member in range(1, 501))

    assert (avatars.VERSION, hashlib.sha256(drawings.encode()).hexdigest()) == DRAWN


def test_a_thousand_members_look_different():
    drawings = {avatars.draw(avatars.seed(member)) for member in range(1000)}

    assert len(drawings) > 950


@given(SEEDS)
def test_every_picture_is_small_flat_and_harmless(seed):
    svg = avatars.draw(seed)
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}

    assert len(svg.encode()) < 1024
    assert tags <= {"svg", "g", "rect", "circle", "ellipse", "path"}
    assert not re.search(r"\b(on\w+|id|style|href|class)=|url\(|<!", svg)


@given(SEEDS)
def test_every_picture_fills_its_square(seed):
    root = ET.fromstring(avatars.draw(seed))
    ground = root[0].attrib

    assert root.attrib["viewBox"] == "0 0 80 80"
    assert (ground["width"], ground["height"]) == ("80", "80")


@given(SEEDS)
def test_a_seed_gives_the_same_picture_every_time(seed):
    assert avatars.draw(seed) == avatars.draw(seed)


@pytest.mark.parametrize(
    "seed",
    [
        "",
        "0" * 15,
        "0" * 17,
        "0" * 16 + "\n",
        "G" * 16,
        "ABCDEF0123456789",
        "../../etc/passwd",
        "٠" * 16,
    ],
)
def test_what_is_no_seed_is_not_drawn(seed):
    with pytest.raises(ValueError, match="16 lower-case hex digits"):
        avatars.draw(seed)
