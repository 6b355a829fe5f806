"""What a reviewer would have to remember."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import app.jobs  # noqa: F401 - registers the jobs
from app.jobs.registry import TASKS
from app.services import jobs

APP = Path(__file__).parents[1]
SOURCES = [path for path in APP.rglob("*.py") if "tests" not in path.relative_to(APP).parts]
MODELS_OF_POSTS = {"Post"}
OPTIONS_OF_ENQUEUE = set(inspect.signature(jobs.enqueue).parameters) - {"name", "arguments"}


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
            asks = {"visible_to", "visible_as_post_to", "_posts"}
            # Erasing an account is about all its posts, and shows none.
            if path.name == "deletions.py":
                asks.add("written_by")
            # The index of the search knows all posts; who may see them is asked when it is read.
            if path.name == "search_rebuild.py":
                asks.add("is_no_repost")
            # Numbers of posts that the viewer was shown, by their ids.
            if path.name == "hidden_counts.py":
                asks.add("is_one_of")
            # That there is a newer one for all members is told, and nothing of it: see ADR 22.
            if path.name == "live.py":
                asks.add("is_for_members")
            assert names_in(function) & asks, function.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(APP).as_posix())
def test_nothing_pages_by_offset_or_counts_a_feed(path):
    text = path.read_text()

    assert ".offset(" not in text
    assert "select(func.count())" not in text


@pytest.mark.parametrize("path", [*APP.glob("services/*.py")], ids=lambda path: path.name)
def test_transactions_are_begun_and_committed_by_the_callers_of_services(path):
    text = path.read_text()

    for call in (".commit(", "commit(db)", "begin_writing(", "begin_reading(", "before_writing("):
        assert call not in text, call


def enqueued_in(path: Path):
    """Yield what each call of `enqueue` queues: the job's name, and the names of its arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and name_of(node.func) == "enqueue":
            is_literal = node.args and isinstance(node.args[0], ast.Constant)
            given = {keyword.arg for keyword in node.keywords}
            yield node.args[0].value if is_literal else None, given - OPTIONS_OF_ENQUEUE


def name_of(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_every_job_that_is_queued_exists_and_takes_its_arguments():
    names = []
    for path in SOURCES:
        for name, given in enqueued_in(path):
            # Only the periodic jobs, which come from the registry itself, are queued by a variable.
            assert name is not None or path.name == "jobs.py", path
            if name is not None:
                signature = inspect.signature(TASKS[name].run)
                signature.bind(**dict.fromkeys(given))
                names.append(name)

    assert "send_email" in names


def test_periodic_jobs_take_no_arguments():
    for task in TASKS.values():
        if task.every is not None:
            inspect.signature(task.run).bind()


# What belongs to one request.
OF_A_REQUEST = ("csrf_token", "get_flashed_messages", "flashes", "request", "session", "g.")


def shown_by(name: str) -> set[str]:
    """Return a template with those that it includes."""
    text = (APP / "templates" / name).read_text()
    others = set(re.findall(r"""{%-? include "([^"]+)\"""", text)) - {name}
    return {name}.union(*(shown_by(other) for other in others))


def kept_templates() -> set[str]:
    """Return the templates whose HTML is kept for others of the same key."""
    parts = re.findall(r'part\("([^"]+)"\)', (APP / "templates" / "app.html").read_text())
    assert len(parts) > 5
    return set().union(*(shown_by(name) for name in [*parts, "macros/post.html"]))


@pytest.mark.parametrize("name", sorted(kept_templates()))
def test_what_is_kept_asks_for_nothing_that_belongs_to_a_request(name):
    for code in re.findall(r"{[{%](.*?)[%}]}", (APP / "templates" / name).read_text(), re.DOTALL):
        plain = re.sub(r"""_\(".*?"|"[^"]*\"""", "", code)
        for word in OF_A_REQUEST:
            assert not re.search(rf"\b{re.escape(word)}", plain), (name, code)


def test_templates_ask_the_database_nothing():
    for path in (APP / "templates").rglob("*.html"):
        text = path.read_text()
        assert "query" not in text, path.name
        assert "url_for" not in text, path.name
