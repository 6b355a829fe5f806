"""The commands of `flask`."""

import re
import shutil

import pytest
from sqlalchemy import func, select

from app.cli import assets
from app.cli.town import PEOPLE, POSTS
from app.cli.town_talk import TALK
from app.cli.translate import po_file
from app.extensions import db
from app.models import Follow, Like, Picture, Post, PostEdit, Role, User, Visibility
from app.services import timelines
from app.tests.client import Client


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def count(model):
    number = db.session.scalar(select(func.count()).select_from(model))
    # SQLite has one writer, and an open transaction of ours would be it.
    db.session.rollback()
    return number


def test_seed_fills_a_town(run, app):
    result = run(args=["seed", "--password", "correct horse battery staple"])

    assert result.exit_code == 0, result.output
    talk = [*POSTS, *TALK]
    reposts = sum(len(post.reposted_by) for post in TALK)
    assert (count(User), count(Post)) == (len(PEOPLE), len(talk) + reposts)
    assert count(Like) == sum(len(post.liked_by) for post in talk)
    assert count(Picture) == sum(len(post.pictures) for post in talk)
    assert {len(post.pictures) for post in TALK} == {0, 1, 2, 3, 4}
    assert {post.visibility for post in TALK} == set(Visibility) - {Visibility.UNLISTED}
    assert count(PostEdit) == sum(bool(post.formerly) for post in talk)
    languages = {*db.session.scalars(select(Post.language))}
    assert {"en", "es", "de", "ko", "ar"} <= languages
    assert count(Follow) == sum(len(person.follows) for person in PEOPLE)
    assert Client(app).sign_in("noor").status_code == 303


def test_the_towns_first_person_owns_it(run):
    run(args=["seed"])

    owners = db.session.scalars(select(User.username).where(User.role == Role.OWNER)).all()
    assert owners == [PEOPLE[0].username]


def test_the_town_has_a_past(run):
    run(args=["seed"])
    page = timelines.explore(None)
    times = [row.created_at for row in page.items]

    assert times == sorted(times, reverse=True)
    assert (times[0] - times[-1]).total_seconds() > 3600


def test_a_random_password_is_told_once(run, app):
    output = run(args=["seed"]).output
    password = re.search(r"password (\S+)", output)[1]

    assert Client(app).sign_in("noor", password).status_code == 303


def test_a_town_is_not_built_twice(run):
    run(args=["seed"])
    result = run(args=["seed"])

    assert result.exit_code == 1
    assert "is there already" in result.output
    assert count(User) == len(PEOPLE)


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


@pytest.mark.parametrize(
    ("pattern", "replacement", "problem"),
    [
        (r'(msgid "Explore"\nmsgstr )".*"', r'\1""', "not translated: 'Explore'"),
        (r'(msgid "Explore"\nmsgstr )', r"#, fuzzy\n\1", "marked fuzzy: 'Explore'"),
        (r'(msgid "Post by %\(name\)s"\nmsgstr )".*"', r'\1"Post"', "placeholders differ"),
        (r'(msgid "Explore"\n)', r'msgid "Gone"\nmsgstr "X"\n\n\1', "no longer in the program"),
    ],
)
def test_a_flaw_in_a_translation_is_found(run, copied, pattern, replacement, problem):
    path = po_file("es")
    path.write_text(re.sub(pattern, replacement, path.read_text(), count=1))

    result = run(args=["translate", "check"])

    assert result.exit_code == 1
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
