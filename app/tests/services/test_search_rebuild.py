"""Making the index of the search anew."""

import pytest
from sqlalchemy import delete, text, update

from app.extensions import db
from app.models import PostWords, TagWords, UserWords
from app.services import jobs, posts, search, search_language, search_names, search_rebuild
from app.tests.factories import make_post
from app.tests.pictures import make_picture


def found(typed):
    return [row.id for row in search.newest(None, search_language.parse(typed)).items]


@pytest.fixture
def rebuild(app, monkeypatch):
    """Return a function that rebuilds the index in several batches; it returns what was said."""
    monkeypatch.setattr(search_rebuild, "BATCH", 2)

    def run(*options):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["search", "rebuild", *options])
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def town(susan):
    """Return the ids of posts that are found by all that a post can be found by."""
    ids = [make_post(susan, f"soup {number}").id for number in range(5)]
    post = make_post(susan, "https://soup.example #Tag", warning="Hot", language="en")
    make_picture(susan, post, "A pot")
    db.session.commit()
    return [*ids, post.id]


ALL = "soup has:link has:image #tag hot pot lang:en from:@susan"


def test_what_was_found_before_is_found_again(town, rebuild):
    for model in (PostWords, UserWords, TagWords):
        db.session.execute(delete(model))
    assert found("soup") == []
    said = rebuild()

    assert found("soup") == town[::-1]
    assert found(ALL) == town[-1:]
    assert search_names.people(None, search_language.parse_names("susan", "@")).items
    assert search_names.tags(None, search_language.parse_names("tag", "#")).items
    assert [line for line in said.splitlines() if line.endswith("made")] == [
        "posts: 6 made",
        "people: 2 made",
        "hashtags: 1 made",
    ]


def test_what_is_wrong_is_made_right(town, rebuild, susan):
    stale = town.pop(0)
    posts.delete(susan, stale)
    db.session.commit()
    db.session.execute(text("INSERT INTO post_words VALUES (:id, 'soup')"), {"id": stale})
    db.session.execute(update(PostWords).values(words="bread"))
    rebuild()

    assert (found("bread"), found("soup")) == ([], town[::-1])
    assert db.session.get(PostWords, stale) is None


def test_what_was_stopped_goes_on(town, rebuild):
    db.session.execute(update(PostWords).where(PostWords.post_id == town[0]).values(words="old"))
    db.session.execute(delete(PostWords).where(PostWords.post_id.in_(town[1:4])))
    said = rebuild("--missing")

    assert "posts: 3 made" in said
    assert found("soup") == town[:0:-1]
    assert found("old") == town[:1]


def test_an_upgraded_site_gets_its_index_by_a_job(town, run_jobs):
    db.session.execute(delete(PostWords))
    jobs.enqueue("fill_search", queue=jobs.SLOW_QUEUE)
    run_jobs()

    assert found(ALL) == town[-1:]
