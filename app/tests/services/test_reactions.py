"""Likes, reposts, bookmarks and pins: who may, what it changes, and what is counted."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Bookmark, Follow, Like, Mention, Pin, Post, Visibility
from app.models.base import utc_now
from app.permissions import REPEATABLE
from app.services import reactions, reposts
from app.services.errors import NotAllowed, NotConfirmed, NotFound, PinsFull
from app.tests.factories import make_post, make_user

DO_AND_UNDO = [
    (reactions.like, reactions.unlike),
    (reactions.bookmark, reactions.unbookmark),
    (reactions.pin, reactions.unpin),
    (reposts.repost, reposts.undo),
]
ACTIONS = [action for pair in DO_AND_UNDO for action in pair]
# How to do it, to undo it, and where it is counted.
COUNTED = [
    (reactions.like, reactions.unlike, Post.likes_count, Like),
    (reposts.repost, reposts.undo, Post.reposts_count, Post),
]


@pytest.fixture
def post(susan):
    return make_post(susan)


def value(column, post):
    return db.session.scalar(select(column).where(Post.id == post.id))


def number_of(model):
    return db.session.scalar(select(func.count()).select_from(model))


def the_repost(post):
    return db.session.scalars(select(Post).where(Post.repost_of_id == post.id)).one()


def names(page):
    return [person.username for person in page.items]


@pytest.mark.parametrize(("do", "undo", "column", "model"), COUNTED)
def test_what_is_done_twice_counts_once(post, susan, john, do, undo, column, model):
    before = number_of(model)

    for person in (john, john, susan):
        do(person, post.id)
    assert (value(column, post), number_of(model) - before) == (2, 2)

    for _ in range(2):
        undo(john, post.id)
    assert (value(column, post), number_of(model) - before) == (1, 1)


def test_a_bookmark_is_one_row_that_nobody_counts(post, john):
    reactions.bookmark(john, post.id)
    reactions.bookmark(john, post.id)
    assert number_of(Bookmark) == 1

    reactions.unbookmark(john, post.id)
    reactions.unbookmark(john, post.id)
    assert number_of(Bookmark) == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_what_one_may_not_see_does_not_exist(susan, john, action):
    hidden = make_post(susan, visibility=Visibility.FOLLOWERS)

    for post_id in (hidden.id, 1):
        with pytest.raises(NotFound):
            action(john, post_id)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_deleted_post_does_not_exist(post, susan, action):
    post.text = post.html = ""
    post.deleted_at = utc_now()
    db.session.flush()

    with pytest.raises(NotFound):
        action(susan, post.id)


@pytest.mark.parametrize(("do", "undo"), DO_AND_UNDO)
def test_who_has_to_confirm_an_address_only_takes_back(make_app, post, susan, do, undo):
    susan.credential.email_confirmed_at = None
    db.session.commit()

    with make_app(REQUIRE_CONFIRMED_EMAIL=True).app_context():
        with pytest.raises(NotConfirmed):
            do(susan, post.id)
        undo(susan, post.id)


@pytest.mark.parametrize(("do", "undo"), [*DO_AND_UNDO[:2], DO_AND_UNDO[3]])
def test_what_one_sees_no_more_is_taken_back_once(post, susan, john, do, undo):
    wren = make_user("wren")
    for person in (john, wren):
        do(person, post.id)
    susan.suspended_at = utc_now()
    db.session.flush()

    undo(john, post.id)
    with pytest.raises(NotFound):
        undo(john, post.id)

    counts = {value(column, post) for _, taken, column, _ in COUNTED if taken is undo}
    assert counts <= {1}
    # The other one is still there.
    undo(wren, post.id)


@pytest.mark.parametrize("visibility", Visibility)
def test_who_sees_a_post_may_like_it_and_repost_it_if_it_is_for_many(susan, john, visibility):
    post = make_post(susan, visibility=visibility)
    db.session.add(Follow(follower_id=john.id, followed_id=susan.id))
    db.session.add(Mention(post_id=post.id, user_id=john.id))
    db.session.flush()

    reactions.like(john, post.id)
    assert value(Post.likes_count, post) == 1

    if visibility in REPEATABLE:
        reposts.repost(john, post.id)
        assert the_repost(post).visibility is visibility
    else:
        with pytest.raises(NotAllowed):
            reposts.repost(john, post.id)
        assert value(Post.reposts_count, post) == 0


@pytest.mark.parametrize("action", [*ACTIONS[:4], *ACTIONS[6:]])
def test_an_action_tells_which_post_it_was_done_to(post, john, action):
    reposts.repost(john, post.id)
    repost = the_repost(post)

    assert action(make_user("wren"), repost.id) == post.id
    assert action(john, repost.id) == post.id


def test_a_repost_is_a_row_without_words_of_its_own(post, john):
    reposts.repost(john, post.id)
    repost = the_repost(post)

    assert (repost.author_id, repost.text, repost.html) == (john.id, "", "")
    assert repost.conversation_id == repost.id
    assert repost.uri == f"http://localhost/posts/{repost.id}"
    assert john.posts_count == 0


def test_what_is_done_to_a_repost_is_done_to_what_it_repeats(post, susan, john):
    reposts.repost(john, post.id)
    repost = the_repost(post)
    wren = make_user("wren")

    reactions.like(wren, repost.id)
    reactions.bookmark(wren, repost.id)
    reactions.pin(susan, repost.id)
    reposts.repost(wren, repost.id)
    assert (value(Post.likes_count, post), value(Post.reposts_count, post)) == (1, 2)
    assert value(Post.likes_count, repost) == value(Post.reposts_count, repost) == 0
    kept = [db.session.scalar(select(model.post_id)) for model in (Like, Bookmark, Pin)]
    assert kept == [post.id] * 3

    reactions.unlike(wren, repost.id)
    # Each their own.
    reposts.undo(wren, repost.id)
    assert (value(Post.likes_count, post), the_repost(post).author_id) == (0, john.id)


@pytest.mark.parametrize("do", [reactions.like, reposts.repost])
def test_what_is_counted_takes_two_statements_and_five_to_tell_its_author(
    post, susan, john, count_queries, do
):
    db.session.commit()
    for person, told in ((susan, []), (john, ["SELECT", "INSERT", "INSERT", "UPDATE", "UPDATE"])):
        count_queries.clear()

        do(person, post.id)

        verbs = [statement.split()[0] for statement in count_queries]
        assert verbs == ["INSERT", "UPDATE", *told]


def test_pins_take_the_highest_place_that_is_free(susan):
    posts = [make_post(susan) for _ in range(Pin.MAX + 1)]
    for post in posts[: Pin.MAX]:
        reactions.pin(susan, post.id)
    reactions.pin(susan, posts[0].id)
    assert places(susan) == {post.id: place for place, post in enumerate(posts[: Pin.MAX], 1)}

    with pytest.raises(PinsFull) as refusal:
        reactions.pin(susan, posts[-1].id)
    assert refusal.value.limit == Pin.MAX

    reactions.unpin(susan, posts[1].id)
    reactions.pin(susan, posts[-1].id)
    assert places(susan)[posts[-1].id] == 2


def places(user):
    found = select(Pin.post_id, Pin.position).where(Pin.user_id == user.id)
    return dict(tuple(row) for row in db.session.execute(found))


def test_only_ones_own_posts_that_others_see_are_pinned(post, susan, john):
    with pytest.raises(NotAllowed):
        reactions.pin(john, post.id)
    with pytest.raises(NotAllowed):
        reactions.pin(susan, make_post(susan, visibility=Visibility.DIRECT).id)
    assert number_of(Pin) == 0

    reactions.pin(susan, post.id)
    reactions.unpin(john, post.id)
    assert number_of(Pin) == 1


@pytest.mark.parametrize(
    ("do", "people"),
    [(reactions.like, reactions.likers), (reposts.repost, reposts.reposters)],
)
def test_who_did_it_is_listed_latest_first_but_hidden_people(post, susan, john, do, people):
    for person in (john, susan, make_user("wren")):
        do(person, post.id)
    assert names(people(john, post.id)) == ["wren", "susan", "john"]
    assert names(people(None, post.id)) == ["wren", "susan", "john"]

    john.suspended_at = utc_now()
    db.session.flush()
    assert names(people(susan, post.id)) == ["wren", "susan"]
    [wren, *_] = people(susan, post.id).items
    assert names(people(susan, post.id, wren.key)) == ["susan"]


def test_who_did_it_is_told_to_nobody_who_does_not_see_the_post(susan, john):
    post = make_post(susan, visibility=Visibility.MEMBERS)
    reactions.like(john, post.id)
    reposts.repost(john, post.id)

    for people in (reactions.likers, reposts.reposters):
        assert names(people(susan, post.id)) == ["john"]
        assert names(people(None, post.id)) == []
