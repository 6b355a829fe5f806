"""The commands of `flask`."""

import re
import shutil

import pytest

from app.cli import assets
from app.cli.translate import po_file
from app.extensions import db
from app.models import User


@pytest.fixture
def run(once, app):
    return app.test_cli_runner().invoke


def test_the_shell_has_the_database_and_the_models_at_hand(app):
    names = app.make_shell_context()

    assert names["db"] is db
    assert names["User"] is User


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Let commands about translations work on a copy."""
    folder = tmp_path / "translations"
    shutil.copytree(assets.TRANSLATIONS, folder)
    monkeypatch.setattr(assets, "TRANSLATIONS", folder)
    return folder


def test_updating_complete_translations_changes_nothing(run, copied):
    before = {path: path.read_text() for path in copied.rglob("*.po")}

    result = run(args=["translate", "update"])

    assert result.exit_code == 0, result.output
    assert {path: path.read_text() for path in copied.rglob("*.po")} == before
    assert len(before) == 2


def test_translations_are_complete(run):
    result = run(args=["translate", "check"])

    assert result.exit_code == 0, result.output


FLAWS = [
    (r'(msgid "Explore"\nmsgstr )".*"', r'\1""', "not translated: 'Explore'"),
    (r'(msgid "About"\nmsgstr )', r"#, fuzzy\n\1", "marked fuzzy: 'About'"),
    (r'(msgid "Post by %\(name\)s"\nmsgstr )".*"', r'\1"Post"', "placeholders differ"),
    (r'(msgid "Home"\n)', r'msgid "Gone"\nmsgstr "X"\n\n\1', "no longer in the program"),
]


def test_flaws_in_a_translation_are_found(run, copied):
    path = po_file("es")
    words = path.read_text()
    for pattern, replacement, _ in FLAWS:
        words, replaced = re.subn(pattern, replacement, words, count=1)
        assert replaced, pattern
    path.write_text(words)

    result = run(args=["translate", "check"])

    assert result.exit_code == 1
    for _, _, problem in FLAWS:
        assert problem in result.output
    assert "ko:" not in result.output


def test_another_language_can_be_begun(run, copied):
    result = run(args=["translate", "init", "de"])

    assert result.exit_code == 0, result.output
    text = po_file("de").read_text()
    assert '"Language: de\\n"' in text
    assert 'msgid "Explore"\nmsgstr ""' in text
    assert run(args=["translate", "init", "de"]).exit_code == 1
    assert run(args=["translate", "init", "xx"]).exit_code == 1


def test_compiling_makes_what_is_missing(run, copied):
    for compiled in copied.rglob("*.mo"):
        compiled.unlink()

    assert run(args=["translate", "compile"]).exit_code == 0
    assert len(list(copied.rglob("*.mo"))) == 2
