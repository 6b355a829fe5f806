"""Files made from other files: compiled translations and compressed static files.

Both are made where missing or older than their source: by `flask serve`, and in the image.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from config import ROOT

TRANSLATIONS = ROOT / "translations"
STATIC = ROOT / "app" / "static"
COMPRESSIBLE = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt"}


def build() -> None:
    """Make what is missing or out of date."""
    for source in stale_translations():
        compile_translation(source)
    for source in stale_statics():
        compress(source)


def stale_translations() -> Iterator[Path]:
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        if is_stale(source.with_suffix(".mo"), source):
            yield source


def compile_translation(source: Path) -> None:
    """Write the .mo file beside the .po file."""
    # Only needed when something changed, and slow to import.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    locale = source.parent.parent.name
    with source.open("rb") as file:
        catalog = read_po(file, locale=locale)
    draft = source.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalog)
    draft.replace(source.with_suffix(".mo"))
    mark_current(source.with_suffix(".mo"), source)


def stale_statics() -> Iterator[Path]:
    for source in sorted(STATIC.rglob("*")):
        if source.suffix in COMPRESSIBLE and is_stale(compressed(source), source):
            yield source


def compress(source: Path) -> None:
    """Write the .gz file beside the file; it is left out where it would save less than 5 %."""
    from whitenoise.compress import Compressor  # noqa: PLC0415

    if compressed(source).exists():
        compressed(source).unlink()
    Compressor(quiet=True, use_brotli=False).compress(str(source))
    if compressed(source).exists():
        mark_current(compressed(source), source)


def compressed(source: Path) -> Path:
    return source.with_name(source.name + ".gz")


def mark_current(made: Path, source: Path) -> None:
    """Give a file the time of what it was made from: see `is_stale`."""
    time = source.stat().st_mtime_ns
    os.utime(made, ns=(time, time))


def is_stale(made: Path, source: Path) -> bool:
    # Equal, not later: a release unpacked over an older one may be of an earlier date.
    return not made.exists() or made.stat().st_mtime_ns != source.stat().st_mtime_ns
