"""The documents say what is so: settings, commands, links, libraries."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

import config as configuration
from app.cli.config import DOCUMENTS, shown, with_table
from app.web import limits
from config import ROOT, Config

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
QUOTED_PATH = re.compile(r"`((?:\.ci|app|bench|bin|deploy|docs|migrations|requirements)/[\w./-]*)`")
SETTING = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def shell_lines(page: Path) -> list[str]:
    blocks = [text for language, text in FENCED.findall(page.read_text()) if language == "sh"]
    return "".join(blocks).splitlines()


def words_after(command: str, page: Path) -> Iterator[list[str]]:
    """Yield what follows a command, in shell blocks and between backticks."""
    quoted = re.findall(r"`([^`\n]+)`", FENCED.sub("", page.read_text()))
    for line in [*shell_lines(page), *quoted]:
        if found := re.search(rf"(?:^|[\s/]){command} ([a-z].*)", line):
            yield found[1].split()


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings, as GitHub makes them."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def commands_of(group: click.Group, path: str = "flask") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{path} {name}")


@pytest.mark.parametrize("name", Config.model_fields)
def test_every_setting_is_described(name):
    description = Config.model_fields[name].description or ""

    assert len(description) > 10
    assert description.endswith(".")


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_tables_of_settings_are_those_of_the_code(path):
    document = (ROOT / path).read_text()

    assert document == with_table(document, DOCUMENTS[path]), "run `flask config docs`"


def test_a_document_without_a_place_for_the_table_is_left_alone():
    with pytest.raises(click.ClickException, match="lacks the marks"):
        with_table("# Settings\n", DOCUMENTS["README.md"])


def test_the_example_of_env_names_only_settings():
    names = set(SETTING.findall((ROOT / ".env.example").read_text()))

    assert {"SECRET_KEY", "BASE_URL"} <= names
    assert names <= {*Config.model_fields, "POSTGRES_PASSWORD"}


def test_the_readme_runs_and_tests_in_one_command():
    lines = shell_lines(ROOT / "README.md")

    assert "make run" in lines
    assert "make test" in lines


@every_page
def test_make_targets_in_documents_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    for words in words_after("make", page):
        assert words[0] in targets, f"make {words[0]}"


@every_page
def test_flask_commands_in_documents_exist(page, app):
    info = ScriptInfo(create_app=lambda: app)
    for words in words_after("flask", page):
        command: click.Command | None = FlaskGroup()
        for word in words:
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command, obj=info), word)
            assert command is not None, f"flask {' '.join(words)}"


def test_every_command_has_help(app):
    for path, command in commands_of(app.cli):
        assert command.help, path
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, f"{path} --{option.name}"


@every_page
def test_links_lead_somewhere(page):
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        address, _, anchor = link.partition("#")
        if "://" in address:
            continue
        target = page.parent / address if address else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_files_named_in_documents_exist(page):
    for path in QUOTED_PATH.findall(FENCED.sub("", page.read_text())):
        assert (ROOT / path).exists(), path


def test_documents_named_in_the_code_exist():
    for source in [ROOT / "config.py", *ROOT.glob("app/**/*.py")]:
        for path in re.findall(r"\bdocs/[\w/-]+\.md\b", source.read_text()):
            assert (ROOT / path).exists(), f"{path} in {source.relative_to(ROOT)}"


def test_every_decision_is_listed():
    listed = (ROOT / "ARCHITECTURE.md").read_text()

    for page in ROOT.glob("docs/adr/*.md"):
        assert f"docs/adr/{page.name}" in listed


def test_every_library_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    reasons = (ROOT / "docs/adr/0010-libraries.md").read_text()

    for library in listed:
        assert f"| {library} |" in reasons, library


def test_rate_limits_are_documented():
    page = (ROOT / "docs/operations.md").read_text()

    for limit in vars(limits).values():
        if isinstance(limit, limits.Limit):
            assert re.search(rf"^\| `{limit.name}` \|.*\| {amount_of(limit)}", page, re.MULTILINE)


def amount_of(limit: limits.Limit) -> str:
    """Return how often, as a sentence has it: "30 per 5 minutes", "30 per hour"."""
    item = limit.item
    unit = item.GRANULARITY.name
    return f"{item.amount} per {f'{item.multiples} {unit}s' if item.multiples > 1 else unit} "


def test_config_show_masks_secrets(app: Flask):
    printed = app.test_cli_runner().invoke(args=["config", "show"]).output

    assert "SECRET_KEY=***\n" in printed
    assert "SITE_NAME=Microblog\n" in printed
    assert "for tests only" not in printed


def test_no_password_is_shown():
    config = configuration.load(
        _env_file=None,
        DATABASE_URL="postgresql://us:pass1@host/name?sslpassword=pass2&sslmode=require",
        SECRET_KEY="pass4" * 10,
    )

    values = " ".join(shown(config, name) for name in Config.model_fields)

    assert not re.search(r"pass[1-4]", values)
    assert "sslmode=require" in values


def test_settings_are_shown_as_they_come_out():
    config = configuration.load(
        _env_file=None, PORT=5001, TRUSTED_HOSTS="a.example", RATELIMIT_ENABLED=False
    )

    assert shown(config, "BASE_URL") == "http://localhost:5001"
    assert shown(config, "TRUSTED_HOSTS").startswith("localhost,a.example,")
    assert shown(config, "RATELIMIT_ENABLED") == "0"
    assert shown(config, "DATABASE_URL").startswith("sqlite:///")
