"""`flask translate`: gather what is to be translated, compile and check what was."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import regex
from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from app.cli import assets
from app.web.i18n import LANGUAGES
from config import ROOT

SOURCE_LANGUAGE = "en"
PLACEHOLDER = regex.compile(r"%\(\w+\)[sd]")
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2")

HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: Microblog\n"
"Language: {language}\n"
"Plural-Forms: {plural_forms}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""

translate = AppGroup("translate", help="Gather, update, compile and check translations.")


@translate.command()
@click.argument("language")
def init(language: str) -> None:
    """Begin the translation into another language."""
    if po_file(language).exists():
        raise click.ClickException(f"{po_file(language).relative_to(ROOT)} is there already")
    try:
        catalog = Catalog(Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        raise click.ClickException(f"there is no language {language!r}") from None
    with TemporaryDirectory() as folder:
        catalog.update(read_catalog(extract(Path(folder))))
    write_catalog(catalog, language)


@translate.command()
def update() -> None:
    """Bring every language up to date with the texts in the program."""
    with TemporaryDirectory() as folder:
        template = read_catalog(extract(Path(folder)))
    for language in translated_languages():
        catalog = read_catalog(po_file(language), language)
        # A guess would have to be found and checked by hand; what is empty, `check` finds.
        catalog.update(template, no_fuzzy_matching=True)
        write_catalog(catalog, language)


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
        for problem in problems_of(read_catalog(po_file(language), language), wanted)
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


def read_catalog(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write_catalog(catalog: Catalog, language: str) -> None:
    """Write the texts of a language, sorted, without dates that change with each update."""
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(language=language, plural_forms=catalog.plural_forms)
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{header}\n{body.getvalue().decode().strip()}\n")


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
