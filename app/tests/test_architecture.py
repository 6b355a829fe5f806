"""What a reviewer would have to remember."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parents[1]
SOURCES = [path for path in APP.rglob("*.py") if "tests" not in path.relative_to(APP).parts]
MODELS_OF_POSTS = {"Post"}


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def names_in(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def selects_posts(function: ast.FunctionDef) -> bool:
    """Whether the first thing that some select() in it names is a post."""
    for node in ast.walk(function):
        is_select = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "select"
        if is_select and node.args and names_in(node.args[0]) & MODELS_OF_POSTS:
            return True
    return False


def test_the_test_below_finds_what_it_looks_for():
    raw = ast.parse("def f():\n    return select(Post.id).where(Post.id == 1)").body[0]

    assert selects_posts(raw)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(APP).as_posix())
def test_every_query_of_posts_asks_who_may_see_them(path):
    for function in functions(path):
        if selects_posts(function):
            assert names_in(function) & {"visible_to", "_posts"}, function.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(APP).as_posix())
def test_nothing_pages_by_offset_or_counts_a_feed(path):
    text = path.read_text()

    assert ".offset(" not in text
    assert "select(func.count())" not in text


def test_commits_are_made_by_the_callers_of_services():
    for path in APP.glob("services/*.py"):
        assert ".commit()" not in path.read_text(), path.name


def test_templates_ask_the_database_nothing():
    for path in APP.rglob("templates/**/*.html"):
        text = path.read_text()
        assert "query" not in text, path.name
        assert "url_for" not in text, path.name
