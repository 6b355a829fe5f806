"""Hashtags and their words: there while somebody uses or follows them, and no longer."""

import pytest
from sqlalchemy import delete, event, select

from app.extensions import db
from app.models import PostTag, Tag, TagFollow, TagWords
from app.services import edits, posts, tag_follows, tags
from app.services.contents import Content
from app.tests.factories import make_post

postgresql_only = pytest.mark.usefixtures("on_postgresql")


def left() -> list[str]:
    """Return the names of the hashtags; those and no others can be found."""
    found = db.session.execute(select(Tag.id, Tag.name).order_by(Tag.name)).all()
    indexed = db.session.scalars(select(TagWords.tag_id)).all()
    db.session.commit()
    assert sorted(indexed) == sorted(tag.id for tag in found)
    return [tag.name for tag in found]


@pytest.fixture
def used(susan, john):
    """Return a post with three hashtags, of which one is only its own."""
    post = make_post(susan, "#used #followed #own")
    make_post(john, "#used")
    tag_follows.follow(john, "followed")
    db.session.commit()
    return post


def test_a_deleted_post_takes_those_with_it_that_nobody_else_wants(susan, used):
    assert left() == ["followed", "own", "used"]
    posts.delete(susan, used.id)
    db.session.commit()

    assert left() == ["followed", "used"]


def test_an_edit_keeps_what_the_post_still_carries(susan, used):
    for number, (text, names) in enumerate(
        (
            ("#own #new", ["followed", "new", "own", "used"]),
            ("#own", ["followed", "own", "used"]),
            ("Nothing", ["followed", "used"]),
        )
    ):
        own_id = db.session.scalar(select(Tag.id).where(Tag.name == "own"))
        edits.edit(susan, used.id, number, Content(text))
        db.session.commit()
        assert left() == names
        if "own" in names:
            assert db.session.scalar(select(Tag.id).where(Tag.name == "own")) == own_id


@postgresql_only
def test_one_that_is_given_up_while_it_is_taken_up_is_made_anew(susan, john):
    tag_follows.follow(john, "soup")
    db.session.commit()

    given_up = []

    def give_up(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("INSERT INTO tags") and not given_up:
            given_up.append("soup")
            with db.engine.begin() as other:
                other.execute(delete(TagWords))
                other.execute(delete(Tag))

    event.listen(db.engine, "after_cursor_execute", give_up)
    make_post(susan, "#bread #soup")
    event.remove(db.engine, "after_cursor_execute", give_up)

    assert given_up
    assert left() == ["bread", "soup"]
    assert len(db.session.scalars(select(PostTag.tag_id)).all()) == 2


@postgresql_only
def test_one_that_is_taken_up_is_not_given_up_by_others(susan, john, client_of):
    tag_follows.follow(john, "soup")
    db.session.commit()
    browser = client_of(john)

    [tag_id] = tags.take_up(["soup"])
    assert browser.htmx("/tags/soup/unfollow").status_code == 200
    db.session.add(TagFollow(user_id=susan.id, tag_id=tag_id))
    db.session.commit()

    assert left() == ["soup"]
