import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Mention, Post, PostTag, Tag, User
from app.services import posts, timelines
from app.services.errors import NotAllowed, NotFound, TextMissing, TextTooLong
from app.services.text import InvalidText
from app.tests.factories import make_post, make_user


def count_of(user):
    return db.session.scalar(select(User.posts_count).where(User.id == user.id))


def test_a_post_is_rendered_once_at_writing(susan):
    post = make_post(susan, "Hello\nthere\n\nhttps://example.org")

    assert post.text == "Hello\nthere\n\nhttps://example.org"
    assert post.html.startswith("<p>Hello<br>there</p>")
    assert post.uri == f"http://localhost/posts/{post.id}"
    assert post.conversation_id == post.id
    assert count_of(susan) == 1


def test_mentions_of_members_are_recorded_once(susan, john):
    post = make_post(susan, "@john and @JOHN and @nobody")

    rows = db.session.scalars(select(Mention.user_id).where(Mention.post_id == post.id)).all()
    assert rows == [john.id]
    assert 'href="/@john"' in post.html
    assert "@nobody" in post.html
    assert 'href="/@nobody"' not in post.html


def test_tags_are_recorded_in_their_normal_form(susan):
    make_post(susan, "#Soup #soup #날씨")
    make_post(susan, "#SOUP")

    assert set(db.session.scalars(select(Tag.name))) == {"soup", "날씨"}
    assert len(db.session.scalars(select(PostTag.post_id)).all()) == 3


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b\u200d", "\u3164"])
def test_nothing_to_read_is_no_post(susan, text):
    with pytest.raises(TextMissing):
        posts.publish(susan, text)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_control_characters_are_refused(susan, text):
    with pytest.raises(InvalidText):
        posts.publish(susan, text)


def test_a_post_has_as_many_characters_as_a_reader_counts(susan):
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert posts.publish(susan, family * 500)
    with pytest.raises(TextTooLong) as refused:
        posts.publish(susan, "x" * 501)
    assert refused.value.length == 501


def test_a_thousand_marks_do_not_hide_in_one_character(susan):
    with pytest.raises((TextTooLong, InvalidText)):
        posts.publish(susan, "z" + "\u0301" * 5000)


def test_a_deleted_post_leaves_a_tombstone_without_words(susan, john):
    post = make_post(susan, "Secret @john #soup")
    post.spoiler_text, post.language = "A warning", "en"
    db.session.commit()

    posts.delete(susan, post.id)
    db.session.commit()
    db.session.refresh(post)

    assert post.deleted_at
    assert (post.text, post.html, post.spoiler_text, post.language) == ("", "", "", None)
    assert db.session.scalars(select(Mention)).all() == []
    assert db.session.scalars(select(PostTag)).all() == []
    assert count_of(susan) == 0
    with pytest.raises(NotFound):
        timelines.one(susan, post.id)


def test_deleting_twice_counts_once(susan):
    post = make_post(susan)
    make_post(susan)

    posts.delete(susan, post.id)
    with pytest.raises(NotFound):
        posts.delete(susan, post.id)

    assert count_of(susan) == 1


def test_only_the_author_deletes(susan, john):
    post = make_post(susan)

    with pytest.raises(NotAllowed):
        posts.delete(john, post.id)

    assert db.session.get_one(Post, post.id).deleted_at is None


def test_what_does_not_exist_cannot_be_deleted(susan):
    with pytest.raises(NotFound):
        posts.delete(susan, 1)


def test_many_mentions_and_tags_are_bounded(susan):
    for number in range(60):
        make_user(f"m{number:02}")
    text = " ".join(f"@m{number:02}" for number in range(60)) + " #a1 #b2"

    post = make_post(susan, text)

    rows = db.session.scalars(select(Mention).where(Mention.post_id == post.id)).all()
    assert len(rows) == 50
