"""What somebody may not see changes nothing of what they find; what is erased is in no index."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.database.search_tables import make_whole
from app.extensions import db
from app.jobs.deletions import erase_account
from app.models import PostWords, TagWords, User, UserWords, Visibility
from app.models.base import utc_now
from app.services import deletions, jobs, posts, search, search_language, search_names
from app.services import search_statements as statements
from app.tests.factories import make_post, make_user

PAGE_SIZE = 2
HIDDEN = PAGE_SIZE + 1


@pytest.fixture
def few(monkeypatch, make_app):
    """Return a function after which pages are short, and so is what is walked and ranked."""
    made = (
        statements.walked,
        statements.walked_seen,
        statements.walk_end,
        statements.walked_ranked,
        statements.indexed_ranked,
        statements.streamed_words,
    )

    def forget() -> None:
        for statement in made:
            statement.cache_clear()

    monkeypatch.setattr(statements, "WINDOW", 2)
    monkeypatch.setattr(statements, "RANKED", 2)
    forget()
    with make_app(PAGE_SIZE=PAGE_SIZE).app_context():
        yield
    monkeypatch.undo()
    forget()


def pages(find, typed: str) -> list[list[int | None]]:
    """Return the ids of all pages of a search, each with where the next begins."""
    seen: list[list[int | None]] = []
    before = None
    while before or not seen:
        page = find(None, search_language.parse(typed), before)
        seen.append([*(row.id for row in page.items), page.older])
        before = page.older
    return seen


def test_posts_that_are_hidden_change_neither_a_page_nor_where_the_next_begins(susan, few):
    for number in range(PAGE_SIZE):
        make_post(susan, f"hot soup {number}")
    asked = [
        (find, typed)
        for find in (search.newest, search.best)
        for typed in ("soup", "soup -bread", "-bread", '"hot soup"')
    ]
    before = [pages(*each) for each in asked]
    assert all(len(found[0]) == PAGE_SIZE + 1 for found in before)
    for _ in range(HIDDEN):
        make_post(susan, "hot soup", visibility=Visibility.DIRECT)

    assert [pages(*each) for each in asked] == before


def test_hashtags_that_are_hidden_change_neither_the_page_nor_the_next(susan, few):
    make_post(susan, "#souplover")
    tags = " ".join(f"#soup{number}" for number in range(HIDDEN))
    make_post(susan, tags, visibility=Visibility.DIRECT)
    page = search_names.tags(None, search_language.parse_names("soup", "#"))

    assert ([row.name for row in page.items], page.older) == (["souplover"], None)


def test_who_has_not_confirmed_their_address_is_not_found(susan):
    make_user("susanna").credential.email_claimed = False
    db.session.commit()
    page = search_names.people(None, search_language.parse_names("susan", "@"))

    assert [row.username for row in page.items] == ["susan"]


def test_posts_that_are_hidden_do_not_change_how_relevant_others_are(susan, john):
    for number in range(10):
        make_post(john, f"plain talk {number}")
    make_post(susan, "soup bread bread")
    make_post(susan, "soup soup bread")

    def order() -> list[int]:
        found = search.best(None, search_language.parse("soup bread"))
        return [row.id for row in found.items]

    before = order()
    for _ in range(10):
        make_post(susan, "soup for John", visibility=Visibility.DIRECT)

    assert order() == before
    for _ in range(10):
        make_post(susan, "bread for John", visibility=Visibility.DIRECT)
    assert order() == before


@pytest.fixture
def leaving(john):
    """Return somebody who is to be erased now."""
    make_post(john, "Words of John #johns")
    john.deletion_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    return john


def test_words_that_were_left_go_with_who_is_erased(leaving):
    deletions.begin(leaving.id)
    deletions.erase_posts(leaving.id)
    post_id = db.session.scalar(text("SELECT id FROM posts"))
    for model, id_ in ((PostWords, post_id), (UserWords, leaving.id), (TagWords, 1)):
        db.session.add(model(**{model.__table__.primary_key.columns[0].name: id_}, words="left"))
    db.session.commit()
    erase_account(leaving.id)
    db.session.commit()

    for model in (PostWords, TagWords):
        assert db.session.scalars(select(model)).all() == []
    assert db.session.get(UserWords, leaving.id) is None
    assert db.session.get(User, leaving.id, populate_existing=True).deletion_at is None


def test_nobody_counts_as_erased_while_the_index_is_broken(leaving):
    index = {"sqlite": "post_words_index", "postgresql": "post_words"}[db.engine.dialect.name]
    with db.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {index}"))
    try:
        with pytest.raises(DBAPIError):
            erase_account(leaving.id)
        db.session.rollback()
        assert db.session.get(User, leaving.id, populate_existing=True).deletion_at is not None
    finally:
        db.session.rollback()
        make_whole(db, afresh=True)
    erase_account(leaving.id)
    db.session.commit()

    assert db.session.get(User, leaving.id, populate_existing=True).deletion_at is None


def test_what_is_deleted_leaves_the_file_too(on_sqlite, susan, run_jobs):
    for number in range(20):
        make_post(susan, f"Soup {number}")
    post = make_post(susan, "zanthoxylum")

    def is_kept() -> bool:
        blocks = db.session.scalars(text("SELECT block FROM post_words_index_data")).all()
        return b"anthoxylum" in b"".join(blocks)

    posts.delete(susan, post.id)
    db.session.commit()
    assert is_kept()
    jobs.enqueue("forget_words_daily")
    run_jobs()

    assert not is_kept()
    assert len(search.newest(None, search_language.parse("soup")).items) == 20
