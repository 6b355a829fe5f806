"""Statements that PostgreSQL keeps the plans of."""

import pytest
from sqlalchemy import text

from app.database import begin_reading
from app.database import prepared as prepared_module
from app.extensions import db
from app.services import profiles, suggestions, threads, timelines, users
from app.tests.factories import make_follow, make_post


def prepared() -> list[str]:
    return list(db.session.scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_a_list_is_prepared_once_for_each_connection(on_postgresql, susan, john):
    make_follow(susan, john)
    post = make_post(john)
    begin_reading(db)
    db.engine.dispose()

    found = [[row.id for row in timelines.home(viewer).items] for viewer in (susan, john, susan)]

    assert found == [[post.id]] * 3
    assert len(prepared()) == 1
    # What partial indexes ask for stays a constant, what is asked about does not.
    assert "'public'" in prepared()[0]
    assert str(susan.id) not in prepared()[0]


def test_another_connection_prepares_for_itself(on_postgresql, susan):
    make_post(susan)
    begin_reading(db)
    for _ in range(2):
        db.engine.dispose()

        assert len(timelines.home(susan).items) == 1


def test_behind_a_pooler_nothing_is_prepared(on_postgresql, make_app, susan):
    make_post(susan)
    db.session.commit()
    with make_app(DATABASE_PREPARE=False).test_request_context():
        begin_reading(db)

        assert len(timelines.explore(None).items) == 1
        assert prepared() == []


LISTS = [
    timelines.home,
    lambda reader: timelines.home_news(reader, 1),
    timelines.explore,
    lambda _reader: timelines.explore(None),
    lambda reader: timelines.explore_news(reader, 1),
    lambda reader: timelines.by_tag(reader, "lamp"),
    lambda reader: timelines.by_author(reader, reader.id),
    lambda reader: timelines.replies_by(reader, reader.id),
    lambda reader: timelines.gallery_of(reader, reader.id),
    timelines.liked_by,
    timelines.bookmarked_by,
    lambda reader: timelines.some(reader, [1, 2, 3]),
    lambda reader: threads.conversation(reader, make_post(reader).id),
    lambda reader: profiles.profile(reader, reader.username),
    lambda reader: users.person(reader, reader.id),
    lambda reader: suggestions.listed(reader, 3),
]


@pytest.mark.parametrize("look", LISTS)
def test_a_list_is_compiled_once(susan, look):
    look(susan)
    before = prepared_module._compiled.cache_info().misses

    for _ in range(2):
        look(susan)

    assert prepared_module._compiled.cache_info().misses == before
