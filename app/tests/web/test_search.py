"""The pages of the search."""

import re

import pytest
from sqlalchemy import text

from app.database.search_tables import make_whole
from app.extensions import db
from app.tests.client import Client
from app.tests.factories import make_post

NASTY = ["%22%3E%3Csvg/onload=1%3E%7B%7B7*7%7D%7D", "%27%20OR%201=1--", "x" * 5_000, "-", "%22"]


def posts_on(page):
    return re.findall(r'<article class="post[^"]*" id="p(\d+)"', page.text)


def test_hits_are_marked_and_a_fold_stays_folded(susan, client):
    folded = make_post(susan, "Le café", warning="About <coffee>")
    page = client.get("/search?q=cafe")

    assert posts_on(page) == [str(folded.id)]
    assert "Le <mark>café</mark>" in page.text
    assert re.search(r'<details class="[^"]*\bcw\b[^"]*">', page.text)
    assert '<meta name="robots" content="noindex">' in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert 'href="/search" aria-current="page"' in page.text


def test_pages_and_tabs_keep_what_was_typed(susan, make_app):
    for number in range(3):
        make_post(susan, f"soup & bread {number}")
    browser = Client(make_app(PAGE_SIZE=2))
    for sort in ("", "&amp;sort=best"):
        page = browser.get(f"/search?q=soup+%26+bread{sort.replace('amp;', '')}")
        older = re.search(r'rel="next" href="([^"]+)"', page.text)[1]

        assert older.startswith(f"/search?q=soup+%26+bread{sort}&amp;before=")
        assert 'href="/search/people?q=soup+%26+bread"' in page.text
        assert len(posts_on(page)) == 2
        assert len(posts_on(browser.get(older.replace("&amp;", "&")))) == 1


def test_a_page_takes_few_queries(susan, client_of, client, count_queries, database_kind):
    for text_ in (*["soup"] * 26, "bread"):
        make_post(susan, text_)
    # PostgreSQL is asked twice for what few posts have.
    more = 1 if database_kind == "postgresql" else 0
    for reader in (client_of(susan), client):
        taken = {}
        # The first page of a visit may ask for more.
        for word in ("bread", "soup", "bread"):
            count_queries.clear()
            reader.get(f"/search?q={word}")
            taken[word] = len(count_queries)

        assert taken["soup"] <= 4
        assert taken["bread"] == taken["soup"] + more


def test_people_and_hashtags_have_pages_of_their_own(susan, john, client_of):
    make_post(john, "#soup")
    browser = client_of(susan)

    people = browser.get("/search/people?q=joh").text
    assert 'formaction="/@john/follow"' in people
    assert 'href="/tags/soup"' in browser.get("/search/tags?q=%23so").text
    for tab in ("", "/people", "/tags"):
        assert "for “<bdi>nothing</bdi>”" in browser.get(f"/search{tab}?q=nothing").text
        assert "What are you looking for?" in browser.get(f"/search{tab}").text


@pytest.mark.parametrize("tab", ["", "/people", "/tags"])
def test_whatever_is_typed_is_a_page_and_escaped(susan, client, tab):
    make_post(susan, "\"><svg/onload=1>{{7*7}} or '1'")
    for typed in NASTY:
        page = client.get(f"/search{tab}?q={typed}&sort=nonsense")

        assert page.status_code == 200, typed
        assert "<svg/onload" not in page.text
        assert "{{7*7}}" in page.text or "svg" not in typed


def test_what_was_not_searched_for_is_said(client, susan):
    make_post(susan, "soup")

    assert "A date is written as" in client.get("/search?q=soup+before:someday").text
    assert "only the beginning" in client.get("/search?q=" + "soup+" * 200).text


@pytest.fixture
def damage(app):
    """Return a function that takes away what posts are found by."""

    def drop() -> None:
        db.session.commit()
        index = {"sqlite": "post_words_index", "postgresql": "post_words"}[db.engine.dialect.name]
        with db.engine.begin() as connection:
            connection.execute(text(f"DROP TABLE {index}"))

    yield drop
    db.session.rollback()
    make_whole(db, afresh=True)


def test_a_damaged_index_takes_nothing_else_with_it(app, susan, client_of, damage):
    browser = client_of(susan)
    before = make_post(susan, "Before the soup")
    damage()

    assert browser.post("/posts", {"body": "Soup all the same", "next": "/"}).status_code == 303
    assert "Soup all the same" in browser.get("/").text
    assert browser.post(f"/posts/{before.id}/delete", {"next": "/"}).status_code == 303
    answer = browser.get("/search?q=soup")
    assert (answer.status_code, "does not work now" in answer.text) == (200, True)

    rebuilt = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert "posts: 1 made" in rebuilt.output
    answer = browser.get("/search?q=soup").text
    assert ("all the same" in answer, "Before the" in answer) == (True, False)
