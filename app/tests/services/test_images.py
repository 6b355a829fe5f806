"""The pipeline of pictures: from whatever somebody sends to pixels alone."""

import os
import random
import resource
import struct
import threading
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageOps, ImageStat

from app.services import image_headers, image_pixels, image_process, images
from app.services.errors import ImageInvalid
from app.tests.pictures import (
    PNG_START,
    chunk,
    decoded,
    encoded,
    hidden_avif,
    huge_png,
    long_gif,
    picture,
    png,
    profile_bomb,
    zeros,
)

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
PLACE = {0x8825: {1: "N", 2: (52.0, 31.0, 12.0)}, 0x010F: "Camera"}

pytestmark = pytest.mark.usefixtures("once")


def colours(image):
    """Return what is seen on the left and on the right."""
    height = image.height // 2
    return [named(image.convert("RGB").getpixel((x, height))) for x in (5, image.width - 5)]


def named(pixel):
    return max(zip(pixel, ("red", "green", "blue"), strict=True))[1]


def exif(**values):
    found = Image.Exif()
    for tag, value in values.get("tags", {}).items():
        found[tag] = value
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_becomes_webp_in_two_sizes_and_a_tiny_one(kind):
    made = images.renditions(picture(kind, (1800, 900)))

    large, small = decoded(made.large.data), decoded(made.small.data)
    assert (large.format, large.size, made.large[1:]) == ("WEBP", (1600, 800), (1600, 800))
    assert (small.format, small.size, made.small[1:]) == ("WEBP", (680, 340), (680, 340))
    assert colours(large) == colours(small) == ["red", "blue"]
    assert made.placeholder.startswith("data:image/webp;base64,")
    assert len(made.placeholder) < 400


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (680, 681), (300, 200)])
def test_no_picture_is_enlarged_or_vanishes(size):
    made = images.renditions(picture("PNG", size))

    assert made.large.width <= size[0]
    assert made.large.height <= size[1]
    assert min(made.large[1:] + made.small[1:]) >= 1
    assert max(made.small[1:]) == min(680, max(size))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("RGBA", "PNG"),
        ("I;16", "PNG"),
        ("CMYK", "JPEG"),
        ("L", "JPEG"),
        ("RGBA", "WEBP"),
        ("RGBA", "AVIF"),
    ],
)
def test_each_mode_looks_as_before(mode, kind):
    if mode == "I;16":
        image = Image.new(mode, (80, 40), 204 * 256)
    else:
        image = Image.new("RGB", (80, 40), (204, 204, 204)).convert(mode)

    seen = decoded(images.renditions(encoded(image, kind)).large.data)

    assert ImageStat.Stat(seen.convert("L")).mean[0] == pytest.approx(204, abs=3)


def test_what_is_transparent_stays_so():
    image = Image.new("RGBA", (4000, 1000), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (2000, 0, 4000, 1000))

    seen = decoded(images.renditions(encoded(image, "PNG")).large.data)

    assert (seen.mode, seen.size) == ("RGBA", (1600, 400))
    assert [seen.getpixel((x, 200))[3] for x in (5, 1595)] == [0, 255]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_all_that_is_not_seen_is_gone_and_the_picture_stays_upright(kind):
    tags = exif(tags=PLACE | {0x0112: 6})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = picture(kind, (200, 100), exif=tags.tobytes(), icc_profile=profile)
    assert b"Camera" in sent

    made = images.renditions(sent + b"<script>alert(1)</script>")

    seen = decoded(made.large.data)
    # Turned to the right, what was on the left is on top.
    assert seen.size == (100, 200)
    assert [named(seen.getpixel((50, y))) for y in (5, 195)] == ["red", "blue"]
    assert not seen.getexif()
    assert not {"exif", "icc_profile", "xmp"} & set(seen.info)
    assert b"Camera" not in made.large.data
    assert b"script" not in made.large.data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_the_one_that_viewers_show(orientation):
    image = Image.new("RGB", (90, 60), "red")
    image.paste("blue", (45, 0, 90, 60))
    image.paste("lime", (0, 0, 20, 20))
    data = encoded(image, "PNG", exif=exif(tags={0x0112: orientation}).tobytes())
    expected = ImageOps.exif_transpose(decoded(data))

    seen = decoded(images.renditions(data).large.data)

    assert seen.size == expected.size
    for x, y in ((6, 6), (-6, 6), (6, -6), (-6, -6)):
        place = (x % seen.width, y % seen.height)
        assert named(seen.getpixel(place)) == named(expected.getpixel(place))


def test_colours_of_another_profile_become_those_of_the_web():
    # Lab holds every colour there is; without its profile this would be dark green.
    lab = Image.new("LAB", (40, 40), (136, 208, 195))
    profile = ImageCms.createProfile("LAB")
    red = ImageCms.profileToProfile(lab, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A profile whose red and blue have changed places.
    table = swapped.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")

    seen = decoded(images.renditions(encoded(red, "PNG", icc_profile=table)).large.data)

    assert named(red.getpixel((20, 20))) == "red"
    assert named(seen.convert("RGB").getpixel((20, 20))) == "blue"


@pytest.mark.parametrize("profile", [b"junk", b"", bytes(200), b"\0" * 127 + b"acsp" * 40])
def test_a_profile_that_is_none_is_no_matter(profile):
    assert images.renditions(picture("JPEG", icc_profile=profile)).large.width == 60


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_what_moves_becomes_its_first_picture(kind):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert Image.open(BytesIO(data)).n_frames == 3

    seen = decoded(images.renditions(data).large.data)

    assert getattr(seen, "n_frames", 1) == 1
    assert named(seen.convert("RGB").getpixel((20, 15))) == "red"


WHOLE = picture("JPEG", (300, 200))
BOMBS = {
    "nothing": (b"", "type"),
    "text": (b"This is a photo.", "type"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
    "html": (b"<!doctype html><script>alert(1)</script>", "type"),
    "bmp": (picture("BMP"), "type"),
    "tiff": (picture("TIFF"), "type"),
    "ico": (picture("ICO"), "type"),
    "half a jpeg": (WHOLE[: len(WHOLE) // 2], "broken"),
    "half a png": (picture("PNG", (300, 200))[:300], "broken"),
    "half a webp": (picture("WEBP", (300, 200))[:150], "broken"),
    "start of a jpeg": (b"\xff\xd8\xff", "broken"),
    "start of a gif": (b"GIF89a", "broken"),
    "start of a webp": (b"RIFF\0\0\0\0WEBP", "broken"),
    "start of an avif": (b"\0\0\0\x1cftypavif", "broken"),
    "50,000 by 50,000 pixels": (huge_png(), "pixels"),
    "one pixel too many": (png(7_351, 6_802), "pixels"),
    "one column too many": (png(30_001, 1), "pixels"),
    "a jpeg with too many": (
        WHOLE.replace(struct.pack(">HH", 200, 300), b"\xff\xf0\xff\xf0"),
        "pixels",
    ),
    "an avif of 17 megapixels and a line": (
        picture("AVIF", (60, 40)).replace(
            struct.pack(">II", 60, 40), struct.pack(">II", 17_000, 1_001)
        ),
        "pixels",
    ),
    "no pixel": (png(0, 10), "broken"),
    "a profile of 300 MB": (profile_bomb(), "broken"),
    "words of 300 MB": (
        png(10, 10, bytes(310), chunk(b"zTXt", b"x\0\0" + zeros(300))),
        "broken",
    ),
    "10,000 frames": (long_gif(10_000), "frames"),
    "1,001 frames of a png": (
        png(10, 10, bytes(310), chunk(b"acTL", struct.pack(">II", 1001, 0))),
        "frames",
    ),
    "2,000 scans": (WHOLE + WHOLE[WHOLE.index(b"\xff\xda") :] * 2000, "broken"),
    "800,000 chunks": (png(10, 10, bytes(310), chunk(b"abCd", b"") * 800_000), "broken"),
    "2,500,000 segments": (WHOLE[:2] + b"\xff\xe1\0\2" * 2_500_000 + WHOLE[2:], "broken"),
    "a large frame in a small gif": (
        long_gif(1).replace(b"\x2c\0\0\0\0\x08\0\x08\0", b"\x2c\0\0\0\0\xff\xff\xff\xff"),
        "pixels",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_no_picture_or_asks_for_too_much_is_refused(name):
    data, code = BOMBS[name]

    with pytest.raises(ImageInvalid) as caught:
        images.renditions(data)

    assert caught.value.code == code


def test_a_thousand_frames_are_no_bomb():
    assert images.renditions(long_gif(1000)).large[1:] == (8, 8)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_of_any_kind_is_refused_or_borne(kind):
    dice = random.Random(kind)
    data = picture(kind, (90, 60))
    # Each takes a process.
    for _ in range(10):
        damaged = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            damaged[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(ImageInvalid):
            images.renditions(bytes(damaged[: dice.randint(len(data) // 3, 2 * len(data))]))


def test_refusing_takes_little_memory():
    bombs = [huge_png(), long_gif(10_000), profile_bomb()]

    assert [apart(growth, bomb) < 200 for bomb in bombs] == [True] * 3


def apart(work, *arguments):
    """Return what a function returns, run in a child of this process: a small number."""
    child = os.fork()
    if not child:
        result = 255
        with suppress(BaseException):
            result = min(254, work(*arguments))
        os._exit(result)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def growth(bomb):
    """Return by how many MB this process has grown at its largest when a picture is refused."""
    before = peak()
    with pytest.raises(ImageInvalid):
        images.renditions(bomb)
    return peak() - before


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def sample(kind, mode, **options):
    """Return a picture that is different everywhere."""
    grey = Image.radial_gradient("L").resize((1000, 700))
    image = Image.merge("RGB", (grey, grey.rotate(180), grey.rotate(90)))
    if mode == "RGBA":
        image.putalpha(grey)
    return encoded(image.convert(mode), kind, **options)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("JPEG", sample("JPEG", "RGB", exif=exif(tags={0x0112: 8}).tobytes())),
        ("PNG", sample("PNG", "RGBA", compress_level=1)),
        ("GIF", sample("GIF", "L")),
        ("WEBP", sample("WEBP", "RGBA", method=0)),
        ("AVIF", sample("AVIF", "RGBA", speed=10, exif=exif(tags={0x0112: 8}).tobytes())),
        ("AVIF", sample("AVIF", "L", speed=10, icc_profile=b"junk")),
    ],
)
@pytest.mark.parametrize("box", [images.LARGE, image_pixels.Box(300, 100, is_filled=True)])
def test_a_picture_comes_out_of_its_process_as_pillow_decodes_it(kind, data, box):
    expected = image_pixels.pixels_of(Image.open(BytesIO(data)), box)

    made = image_process.decoded(data, kind, box)

    assert (made.mode, made.size) == (expected.mode, expected.size)
    assert made.tobytes() == expected.tobytes()


def test_an_avif_that_is_larger_than_it_says_takes_no_memory_of_ours_and_little_of_its_own():
    hidden = hidden_avif(5000, 5000)
    assert image_headers.check(hidden) == "AVIF"

    assert apart(growth_by, images.renditions, hidden) < 10
    with pytest.raises(ImageInvalid):
        image_process.decoded(hidden, "AVIF", images.LARGE, megabytes=64)


def growth_by(work, *arguments):
    """Return by how many MB this process has grown at its largest when a picture is taken."""
    images.renditions(picture("AVIF", (300, 300)))
    before = peak()
    with suppress(ImageInvalid):
        work(*arguments)
    return peak() - before


def wide_png():
    """Return a PNG as wide as may be, with 15 megapixels that are transparent, turned."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 500, 8, 6, 0, 0, 0))
    turned = chunk(b"eXIf", exif(tags={0x0112: 6}).tobytes().removeprefix(b"Exif\0\0"))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colours = chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))
    pixels = chunk(b"IDAT", zeros(61)) + chunk(b"IEND", b"")
    return PNG_START + header + turned + colours + pixels


def test_the_widest_picture_takes_little_memory_of_ours_and_has_an_end_in_its_own():
    wide = wide_png()

    assert image_process.decoded(wide, "PNG", images.LARGE, megabytes=190).size == (27, 1600)
    assert apart(growth_by, images.renditions, wide) < 30
    assert apart(growth_by, images.cropped, wide, images.AVATAR) < 30
    with pytest.raises(ImageInvalid) as caught:
        image_process.decoded(wide, "PNG", images.LARGE, megabytes=80)
    assert caught.value.code == "pixels"


def test_a_picture_that_takes_too_long_is_given_up():
    with pytest.raises(ImageInvalid):
        image_process.decoded(picture("AVIF"), "AVIF", images.LARGE, seconds=0)


def test_pictures_are_decoded_by_threads_at_once():
    made = []
    data, box = sample("JPEG", "L"), image_pixels.Box(9, 9)
    threads = [
        threading.Thread(target=lambda: made.append(image_process.decoded(data, "JPEG", box)))
        for _ in range(4)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [image.size for image in made] == [(9, 6)] * 4


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1000), (400, 400)), ((1000, 3000), (400, 400)), ((90, 60), (60, 60))],
)
def test_an_avatar_is_the_middle_as_a_square(size, expected):
    seen = decoded(images.cropped(picture("JPEG", size), images.AVATAR))

    assert seen.size == expected
    assert colours(seen) == ["red", "blue"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1000), (1500, 500)), ((1000, 3000), (1000, 333)), ((4000, 3000), (1500, 500))],
)
def test_a_header_is_three_times_as_wide_as_high(size, expected):
    turned = exif(tags={0x0112: 6})
    data = picture("JPEG", (size[1], size[0]), exif=turned.tobytes())

    assert decoded(images.cropped(data, images.HEADER)).size == expected
