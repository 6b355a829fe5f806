import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Bookmark,
    Job,
    Like,
    Mention,
    Picture,
    Pin,
    Post,
    PostEdit,
    PostTag,
    Tag,
    Translation,
    User,
)
from app.services import edits, posts, reactions, reposts, threads, timelines
from app.services.contents import Content
from app.services.errors import NotAllowed, NotFound, TextMissing, TextTooLong
from app.services.text import InvalidText
from app.tests.factories import make_follow, make_post, make_user
from app.tests.services.test_edits import add_pictures


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
        posts.publish(susan, Content(text))


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b"])
def test_control_characters_are_refused(susan, text):
    with pytest.raises(InvalidText):
        posts.publish(susan, Content(text))


def test_a_post_has_as_many_characters_as_a_reader_counts(susan):
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert posts.publish(susan, Content(family * 500))
    with pytest.raises(TextTooLong) as refused:
        posts.publish(susan, Content("x" * 501))
    assert refused.value.length == 501


def test_a_thousand_marks_do_not_hide_in_one_character(susan):
    with pytest.raises((TextTooLong, InvalidText)):
        posts.publish(susan, Content("z" + "\u0301" * 5000))


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


def test_all_that_hangs_on_a_post_is_deleted_with_it(susan, john):
    parent = make_post(john, "Soup?")
    post = make_post(susan, "Yes @john #soup", reply_to=parent, warning="Food")
    keys = {each.key for each in pictures_of(add_pictures(post, "A pot", "A spoon"))}
    edits.edit(susan, post.id, 0, Content("Yes! @john #soup"))
    for act in (reactions.like, reactions.bookmark, reposts.repost):
        act(john, post.id)
    reactions.pin(susan, post.id)
    db.session.add(
        Translation(post_id=post.id, language="es", version=0, html="<p>Sí</p>", provider="x")
    )
    answer = make_post(john, "When?", reply_to=post)
    hangs = (Like, Bookmark, Pin, PostEdit, Translation, Mention, PostTag)
    assert all(db.session.scalars(select(model)).all() for model in hangs)

    posts.delete(susan, post.id)
    db.session.commit()
    db.session.expire_all()

    assert [model for model in (*hangs, Picture) if db.session.scalars(select(model)).all()] == []
    left = select(Post.id).order_by(Post.id)
    assert db.session.scalars(left).all() == [parent.id, post.id, answer.id]
    assert (post.likes_count, post.reposts_count, post.pictures_count) == (0, 0, 0)
    assert (post.replies_count, post.sensitive, post.spoiler_text) == (1, False, "")
    assert (parent.replies_count, answer.in_reply_to_id) == (0, post.id)
    assert (count_of(susan), count_of(john)) == (0, 2)
    [job] = db.session.scalars(select(Job).where(Job.name == "remove_media"))
    assert set(job.arguments["keys"]) == keys


def pictures_of(picture_ids):
    return db.session.scalars(select(Picture).where(Picture.id.in_(picture_ids))).all()


def test_a_deleted_post_is_nowhere_but_in_its_thread(susan, john):
    make_follow(john, susan)
    parent = make_post(john, "Soup?")
    post = make_post(susan, "Yes @john #soup")
    reply = make_post(susan, "Indeed", reply_to=parent)
    answer = make_post(john, "When?", reply_to=reply)
    add_pictures(post, "A pot")
    for post_id in (post.id, reply.id):
        for act in (reactions.like, reactions.bookmark, reposts.repost):
            act(john, post_id)
        posts.delete(susan, post_id)
    db.session.commit()

    for find, *arguments in (
        (timelines.home, john),
        (timelines.home, susan),
        (timelines.explore, susan),
        (timelines.by_tag, susan, "soup"),
        (timelines.by_author, susan, susan.id),
        (timelines.by_author, john, john.id),
        (timelines.replies_by, susan, susan.id),
        (timelines.gallery_of, susan, susan.id),
        (timelines.liked_by, john),
        (timelines.bookmarked_by, john),
    ):
        found = {row.id for row in find(*arguments).items}
        assert not found & {post.id, reply.id}, find.__name__
    [shown] = timelines.replies_by(john, john.id).items
    assert (shown.in_reply_to_id, shown.parent_username, shown.parent_text) == (
        reply.id,
        None,
        None,
    )
    above = threads.conversation(john, answer.id).ancestors
    assert [row.id if row else None for row in above] == [parent.id, None]
    [branch] = threads.conversation(john, parent.id).replies
    assert branch.row is None
    assert [below.row.id for below in branch.replies] == [answer.id]


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
