"""Editing: what was there before is kept, and nobody overwrites what they have not seen."""

import pytest
from sqlalchemy import event, select, update

from app.extensions import db
from app.models import Mention, Picture, Post, PostEdit, PostTag, Tag, Visibility
from app.models.base import utc_now
from app.services import edits, posts, reposts, timelines
from app.services.contents import Content
from app.services.errors import (
    NotAllowed,
    NotConfirmed,
    NotFound,
    PicturesGone,
    StaleVersion,
    TextMissing,
    TextTooLong,
)
from app.tests.factories import make_follow, make_post, make_user
from app.tests.together import together


def edit(author, post, text="Changed.", number=0, **content) -> bool:
    is_changed = edits.edit(author, post.id, number, Content(text, **content))
    db.session.commit()
    return is_changed


def add_pictures(post, *alts) -> list[int]:
    """Give a post pictures, as rows; return their ids."""
    rows = [
        Picture(
            owner_id=post.author_id,
            post_id=post.id,
            position=place,
            key=f"{post.id:016x}{place:016x}",
            width=8,
            height=6,
            small_width=8,
            small_height=6,
            placeholder="data:,",
            size=10,
            alt=alt,
        )
        for place, alt in enumerate(alts)
    ]
    db.session.add_all(rows)
    post.pictures_count = len(rows)
    db.session.commit()
    return [row.id for row in rows]


def history(viewer, post) -> list[str]:
    return [row.html for row in edits.former_versions(viewer, post.id).items]


def test_an_edit_changes_the_post_and_keeps_what_it_said(susan):
    post = make_post(susan, "First words.", warning="Soup", language="en")
    published_at, begun_at = post.created_at, utc_now()

    assert edit(susan, post, "Palabras.", language="es", warning="Sopa")
    row = timelines.one(None, post.id)
    [former] = db.session.scalars(select(PostEdit))

    assert (row.html, row.spoiler_text, row.language) == ("<p>Palabras.</p>", "Sopa", "es")
    assert (row.edits_count, row.created_at) == (1, published_at)
    assert row.edited_at is not None
    assert row.edited_at >= begun_at
    assert (former.text, former.spoiler_text, former.language) == ("First words.", "Soup", "en")
    assert (former.version, former.created_at, former.alts) == (0, published_at, [])


def test_versions_are_listed_newest_first_with_their_times(susan, app):
    post = make_post(susan, "One")
    edit(susan, post, "Two", 0)
    second_at = edits.current(susan, post.id).written_at
    edit(susan, post, "Three", 1)

    rows = edits.former_versions(None, post.id).items

    assert [(row.number, row.html) for row in rows] == [(1, "<p>Two</p>"), (0, "<p>One</p>")]
    assert [row.written_at for row in rows] == [second_at, post.created_at]
    older = edits.former_versions(None, post.id, rows[0].id)
    assert [row.number for row in older.items] == [0]


def test_what_is_the_same_makes_no_version(susan):
    post = make_post(susan, "Words", warning="Soup", language="en")
    same = {"warning": " Soup ", "language": "en"}

    assert not edit(susan, post, "Words \n", **same)
    assert not edit(susan, post, "Words", warning="Soup", language=None)
    assert db.session.scalars(select(PostEdit)).all() == []
    for change in ({"text": "Word"}, {"warning": ""}, {"language": "es"}):
        number = edits.current(susan, post.id).number
        assert edit(susan, post, **({"text": "Words", "number": number} | same | change)), change
        edit(susan, post, "Words", number + 1, **same)


def test_mentions_and_tags_are_those_of_the_new_text(susan, john):
    wren = make_user("wren")
    post = make_post(susan, "For @john #soup", visibility=Visibility.DIRECT)
    edit(susan, post, "For @wren #bread")

    assert db.session.scalars(select(Mention.user_id)).all() == [wren.id]
    tag = select(Tag.name).join(PostTag, PostTag.tag_id == Tag.id)
    assert db.session.scalars(tag).all() == ["bread"]
    with pytest.raises(NotFound):
        timelines.one(john, post.id)
    assert history(john, post) == []
    # What it said before was not for her.
    assert history(wren, post) == []
    assert len(history(susan, post)) == 1


def test_an_edit_leaves_alone_who_may_see_the_post_and_what_it_counts(susan, john):
    parent = make_post(john)
    post = make_post(susan, visibility=Visibility.MEMBERS, reply_to=parent)
    edit(susan, post)

    row = timelines.one(susan, post.id)
    assert (row.visibility, row.in_reply_to_id) == (Visibility.MEMBERS, parent.id)
    assert susan.posts_count == 0
    with pytest.raises(NotFound):
        timelines.one(None, post.id)


def test_a_stale_version_changes_nothing(susan):
    post = make_post(susan, "One")
    edit(susan, post, "Two", 0)

    for number in (0, 2, -1):
        with pytest.raises(StaleVersion):
            edits.edit(susan, post.id, number, Content("Three"))
        db.session.rollback()

    assert timelines.one(None, post.id).html == "<p>Two</p>"


def test_of_two_that_edit_at_once_one_is_told(app, susan):
    post_id = make_post(susan, "One").id
    db.session.commit()

    def work(text: str) -> None:
        with app.app_context():
            db.session.info["reading"] = False
            edits.edit(susan, post_id, 0, Content(text))
            db.session.commit()

    outcomes = together([lambda text=text: work(text) for text in ("Two", "Three", "Four")])

    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 2
    assert outcomes.count(None) == 1
    assert db.session.scalars(select(PostEdit.text)).all() == ["One"]
    assert db.session.scalar(select(Post.edits_count)) == 1


def test_only_the_author_edits_and_only_what_can_be_seen(susan, john):
    post = make_post(susan)
    hidden = make_post(susan, visibility=Visibility.FOLLOWERS)
    gone = make_post(susan)
    posts.delete(susan, gone.id)
    reposts.repost(susan, post.id)
    db.session.commit()
    repost_id = db.session.scalar(select(Post.id).where(Post.repost_of_id == post.id))

    with pytest.raises(NotAllowed):
        edits.current(john, post.id)
    with pytest.raises(NotAllowed):
        edits.edit(john, post.id, 0, Content("Mine"))
    for actor, post_id in ((john, hidden.id), (susan, gone.id), (susan, repost_id), (susan, 1)):
        with pytest.raises(NotFound):
            edits.edit(actor, post_id, 0, Content("Mine"))
    db.session.rollback()
    assert timelines.one(None, post.id).edits_count == 0


def test_who_has_to_confirm_an_address_does_that_first(susan, make_app):
    post_id = make_post(susan).id
    susan.credential.email_confirmed_at = None
    db.session.commit()

    with make_app(REQUIRE_CONFIRMED_EMAIL=True).app_context(), pytest.raises(NotConfirmed):
        edits.edit(susan, post_id, 0, Content("Changed."))


@pytest.mark.parametrize(("text", "error"), [("", TextMissing), ("x" * 501, TextTooLong)])
def test_an_edit_keeps_the_rules_of_posts(susan, text, error):
    post = make_post(susan)

    with pytest.raises(error):
        edits.edit(susan, post.id, 0, Content(text))


def test_pictures_are_described_anew_and_left_out(susan):
    post = make_post(susan, "Two pictures")
    heron, lock = add_pictures(post, "A heron", "A lock")
    edit(susan, post, "Two pictures", pictures=[(heron, "A grey heron")], sensitive=True)

    row = timelines.one(None, post.id)
    [former] = edits.former_versions(None, post.id).items
    assert [(each.id, each.alt) for each in row.pictures] == [(heron, "A grey heron")]
    assert (row.pictures_count, row.sensitive) == (1, True)
    assert former.alts == ["A heron", "A lock"]
    assert db.session.get(Picture, lock) is None
    # Its last picture is all that is left of a post without words.
    with pytest.raises(TextMissing):
        edits.edit(susan, post.id, 1, Content(""))
    assert edit(susan, post, "", 1, pictures=[(heron, "A grey heron")])
    # Without pictures there is nothing to be folded.
    assert edit(susan, post, "Words", 2, sensitive=True)
    assert timelines.one(None, post.id).sensitive is False


def test_pictures_of_other_posts_are_passed_over(susan):
    post, other = make_post(susan, "One"), make_post(susan, "Other")
    [own] = add_pictures(post, "Own")
    [of_other] = add_pictures(other, "Of another")

    assert not edit(susan, post, "One", pictures=[(own, "Own"), (of_other, "Taken")])
    assert edit(susan, post, "Two", pictures=[(of_other, "Taken"), (own, "Own")])
    assert [each.id for each in timelines.one(None, post.id).pictures] == [own]
    assert [each.alt for each in timelines.one(None, other.id).pictures] == ["Of another"]


@pytest.mark.parametrize("visibility", Visibility)
def test_the_history_is_for_those_who_see_the_post_or_for_its_author_only(susan, john, visibility):
    post = make_post(susan, "One", visibility=visibility)
    make_follow(john, susan)
    edit(susan, post, "Two for @john")
    is_open = visibility not in {Visibility.FOLLOWERS, Visibility.DIRECT}

    assert history(susan, post) == ["<p>One</p>"]
    assert history(john, post) == (["<p>One</p>"] if is_open else [])
    assert bool(history(None, post)) is (is_open and visibility is not Visibility.MEMBERS)
    assert timelines.one(john, post.id).edits_count == 1

    db.session.execute(update(Post).values(deleted_at=utc_now(), text="", html=""))
    assert history(susan, post) == []


def test_a_version_whose_picture_is_gone_in_this_moment_is_not_saved(susan):
    post = make_post(susan, "Words")
    [own] = add_pictures(post, "Own")

    def overtake(connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("UPDATE posts"):
            connection.exec_driver_sql(f"DELETE FROM pictures WHERE id = {own}")

    event.listen(db.engine, "before_cursor_execute", overtake)
    try:
        with pytest.raises(PicturesGone):
            edits.edit(susan, post.id, 0, Content("", pictures=[(own, "Own")]))
    finally:
        event.remove(db.engine, "before_cursor_execute", overtake)


def test_the_history_has_pages(susan):
    post = make_post(susan, "Version 0")
    for number in range(27):
        edits.edit(susan, post.id, number, Content(f"Version {number + 1}"))
    first = edits.former_versions(None, post.id)
    second = edits.former_versions(None, post.id, first.older)

    assert [row.number for row in first.items + second.items] == list(range(26, -1, -1))
    assert second.older is None
