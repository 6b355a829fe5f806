"""Files made from other files: compiled translations, joined and compressed static files.

All are made where missing or older than their source: by `flask serve`, and in the image.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.cli import bundles
from config import ROOT

TRANSLATIONS = ROOT / "translations"
STATIC = ROOT / "app" / "static"
ENDINGS = (".br", ".gz")
COMPRESSIBLE = {".css", ".html", ".js", ".json", ".map", ".svg", ".txt"}


def build() -> None:
    """Make what is missing or out of date."""
    for source in stale_translations():
        compile_translation(source)
    bundles.build()
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
        if source.suffix in COMPRESSIBLE and any(
            is_stale(compressed(source, ending), source) for ending in ENDINGS
        ):
            yield source


def compress(source: Path) -> None:
    """Write .br and .gz beside the file; they are left out where they would save less than 5 %."""
    from whitenoise.compress import Compressor  # noqa: PLC0415

    # A server that runs has the old ones open to readers: they are replaced, never missing.
    with tempfile.TemporaryDirectory(dir=STATIC.parent, prefix=".") as folder:
        copy = Path(shutil.copy2(source, folder))
        Compressor(quiet=True).compress(str(copy))
        for ending in ENDINGS:
            form, made = compressed(source, ending), compressed(copy, ending)
            if made.exists():
                mark_current(made, source)
                shutil.move(made, form)
            else:
                form.unlink(missing_ok=True)


def compressed(source: Path, ending: str = ".gz") -> Path:
    return source.with_name(source.name + ending)


def mark_current(made: Path, source: Path) -> None:
    """Give a file the time of what it was made from: see `is_stale`."""
    time = source.stat().st_mtime_ns
    os.utime(made, ns=(time, time))


def is_stale(made: Path, source: Path) -> bool:
    # Equal, not later: a release unpacked over an older one may be of an earlier date.
    return not made.exists() or made.stat().st_mtime_ns != source.stat().st_mtime_ns
