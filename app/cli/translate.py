"""`flask translate`: gather what is to be translated, compile and check what was."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import regex
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask.cli import AppGroup

from app.cli import assets
from app.web.i18n import LANGUAGES
from config import ROOT

SOURCE_LANGUAGE = "en"
PLACEHOLDER = regex.compile(r"%\(\w+\)[sd]")
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2")

translate = AppGroup("translate", help="Gather, update, compile and check translations.")


@translate.command()
@click.argument("language")
def init(language: str) -> None:
    """Begin the translation into another language."""
    with TemporaryDirectory() as folder:
        template = extract(Path(folder))
        _babel("init", "-i", template, "-d", assets.TRANSLATIONS, "-l", language)


@translate.command()
def update() -> None:
    """Bring every language up to date with the texts in the program."""
    with TemporaryDirectory() as folder:
        template = extract(Path(folder))
        for language in translated_languages():
            _babel(
                "update", "-i", template, "-d", assets.TRANSLATIONS, "-l", language,
                "--no-fuzzy-matching", "--ignore-pot-creation-date", "--omit-header",
            )  # fmt: skip


@translate.command("compile")
def compile_() -> None:
    """Compile every language for use."""
    for source in assets.stale_translations():
        assets.compile_translation(source)


@translate.command()
def check() -> None:
    """Fail if a text lacks its translation, or a translation its placeholders."""
    with TemporaryDirectory() as folder:
        wanted = read_catalog(extract(Path(folder)))
    problems = [
        f"{language}: {problem}"
        for language in translated_languages()
        for problem in problems_of(read_catalog(po_file(language)), wanted)
    ]
    if problems:
        raise click.ClickException("\n".join(problems))
    click.echo(f"{len(wanted)} texts in {len(translated_languages()) + 1} languages, all complete")


def translated_languages() -> list[str]:
    return [language for language in LANGUAGES if language != SOURCE_LANGUAGE]


def po_file(language: str) -> Path:
    return assets.TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def extract(folder: Path) -> Path:
    """Gather all texts of the program into a template file."""
    template = folder / "messages.pot"
    keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    _babel(
        "extract", "-F", ROOT / "babel.cfg", "--no-location", "--sort-output", "--omit-header",
        *keywords, "-o", template, "app",
    )  # fmt: skip
    return template


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def problems_of(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """Say what is missing, unsure, superfluous or lacks a placeholder in a translation."""
    for message in wanted:
        if not message.id:
            continue
        found = catalog.get(message.id)
        if found is None or not all(_parts(found.string)):
            yield f"not translated: {_parts(message.id)[0]!r}"
        elif found.fuzzy:
            yield f"marked fuzzy: {_parts(message.id)[0]!r}"
        elif not has_same_placeholders(found):
            yield f"placeholders differ: {_parts(message.id)[0]!r}"
    for message in catalog:
        if message.id and wanted.get(message.id) is None:
            yield f"no longer in the program: {_parts(message.id)[0]!r}"


def has_same_placeholders(message: Message) -> bool:
    """Compare each form with the plural form of the original, which names everything."""
    needed = set(PLACEHOLDER.findall(_parts(message.id)[-1]))
    # "one post" may leave its number out; anything else may not.
    optional = {"%(num)s", "%(num)d"} if message.pluralizable else set()
    for text in _parts(message.string):
        given = set(PLACEHOLDER.findall(text))
        if given - needed or (needed - given) - optional:
            return False
    return True


def _parts(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _babel(*arguments: str | Path) -> None:
    """Run Babel's own command; it speaks only when it fails."""
    command = [sys.executable, "-m", "babel.messages.frontend", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip() or done.stdout.strip())
