from datetime import UTC, datetime, timedelta

import pytest

from app.extensions import db
from app.models import Visibility
from app.models.base import utc_now
from app.services import posts, reactions, reposts, timelines
from app.services.errors import InvalidCursor, NotFound
from app.services.pagination import parse_cursor
from app.tests.factories import make_follow, make_post, make_user

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def ids(page):
    return [row.id for row in page.items]


def test_home_shows_own_and_followed_posts_newest_first(susan, john):
    make_follow(susan, john)
    first = make_post(susan)
    second = make_post(john)
    third = make_post(susan)

    assert ids(timelines.home(susan)) == [third.id, second.id, first.id]


def test_home_hides_posts_of_strangers(susan, john):
    make_post(john)

    assert timelines.home(susan).items == []


def test_home_costs_one_query(susan, john, count_queries):
    make_follow(susan, john)
    for _ in range(30):
        make_post(john)
    count_queries.clear()

    timelines.home(susan)

    assert len(count_queries) == 1


def test_pages_of_home_are_all_posts_once(susan):
    authors = [make_user() for _ in range(40)]
    for author in authors:
        make_follow(susan, author)
    made = [
        make_post(author, at=NOON + timedelta(minutes=(number * 7919) % 5000, seconds=turn)).id
        for number, author in enumerate(authors)
        for turn in range(number % 5)
    ]

    seen, before = [], None
    while True:
        page = timelines.home(susan, before)
        seen += ids(page)
        if page.older is None:
            break
        before = page.older

    assert seen == sorted(made, reverse=True)
    assert len(seen) > 60


def test_a_page_stays_as_it_is_while_others_post(susan):
    for _ in range(30):
        make_post(susan)
    first = timelines.explore(None)
    second = timelines.explore(None, first.older)

    make_post(susan)

    assert ids(timelines.explore(None, first.older)) == ids(second)
    assert not set(ids(first)) & set(ids(second))


def test_the_last_page_has_no_older_one(susan):
    for _ in range(25):
        make_post(susan)

    assert timelines.explore(None).older is None


def test_an_imported_old_post_takes_its_place_in_time(susan):
    new = make_post(susan)
    old = make_post(susan, at=NOON - timedelta(days=400))
    middle = make_post(susan, at=NOON)

    assert ids(timelines.explore(None)) == [new.id, middle.id, old.id]


def test_explore_lists_public_posts_only(susan):
    public = make_post(susan)
    for visibility in set(Visibility) - {Visibility.PUBLIC}:
        make_post(susan, visibility=visibility)

    assert ids(timelines.explore(susan)) == [public.id]


def test_a_tag_lists_public_posts_with_it(susan, john):
    first = make_post(susan, "#soup")
    make_post(john, "#bread")
    make_post(john, "#soup", visibility=Visibility.FOLLOWERS)
    second = make_post(john, "More #Soup")

    assert ids(timelines.by_tag(None, "soup")) == [second.id, first.id]
    assert ids(timelines.by_tag(None, "soup", second.id)) == [first.id]
    assert timelines.by_tag(None, "nothing").items == []


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("viewer", ["nobody", "stranger", "follower", "mentioned", "author"])
def test_who_may_see_a_post(owner, susan, viewer, visibility):
    people = {name: make_user(name) for name in ("stranger", "follower", "mentioned")}
    make_follow(people["follower"], susan)
    reader = {"nobody": None, "author": susan, **people}[viewer]
    post = make_post(susan, "For @mentioned", visibility=visibility)

    may_see = {
        Visibility.PUBLIC: True,
        Visibility.UNLISTED: True,
        Visibility.MEMBERS: viewer != "nobody",
        Visibility.FOLLOWERS: viewer in {"follower", "mentioned", "author"},
        Visibility.DIRECT: viewer in {"mentioned", "author"},
    }[visibility]

    assert (post.id in ids(timelines.by_author(reader, susan.id))) is may_see
    if may_see:
        assert timelines.one(reader, post.id).id == post.id
    else:
        with pytest.raises(NotFound):
            timelines.one(reader, post.id)


def test_posts_of_the_suspended_are_gone(susan, john):
    make_follow(susan, john)
    post = make_post(john, "#soup")
    john.suspended_at = utc_now()
    db.session.commit()

    assert timelines.home(susan).items == []
    assert timelines.explore(None).items == []
    assert timelines.by_tag(None, "soup").items == []
    with pytest.raises(NotFound):
        timelines.one(None, post.id)


def test_deleted_posts_are_in_no_list(susan):
    post = make_post(susan, "#soup")
    posts.delete(susan, post.id)
    db.session.commit()

    assert timelines.home(susan).items == []
    assert timelines.explore(susan).items == []
    assert timelines.by_author(susan, susan.id).items == []
    assert timelines.by_tag(susan, "soup").items == []


@pytest.mark.parametrize(
    "value",
    ["", "0", "-1", "+1", "1_000", "٣", "1e3", "NaN", " 1", "1 ", "01", str(2**63), "1" * 21, "x"],
)
def test_a_cursor_is_the_plain_writing_of_an_id(value):
    with pytest.raises(InvalidCursor):
        parse_cursor(value)


def test_the_greatest_id_is_a_cursor():
    assert parse_cursor(str(2**63 - 1)) == 2**63 - 1
    assert parse_cursor(None) is None


def make_repost(user, post):
    reposts.repost(user, post.id)
    db.session.commit()


def test_home_shows_a_post_once_however_many_reposted_it(susan, john):
    followed = [make_user() for _ in range(4)]
    for user in followed:
        make_follow(susan, user)
    post = make_post(john, "Seen by many.")
    for user in followed:
        make_repost(user, post)

    [row] = timelines.home(susan).items

    assert row.id == post.id
    assert row.reposter_username == followed[-1].username


def test_a_page_of_home_is_full_though_a_post_was_reposted_often(susan, john):
    followed = [make_user() for _ in range(10)]
    for user in followed:
        make_follow(susan, user)
    older = [make_post(followed[number % 10]).id for number in range(30)]
    post = make_post(john)
    for user in followed:
        make_repost(user, post)

    page = timelines.home(susan)

    assert ids(page) == [post.id, *older[:5:-1]]
    assert ids(timelines.home(susan, page.older)) == older[5::-1]


def test_nothing_is_lost_where_a_page_of_home_holds_little_but_reposts_of_one_post(susan, john):
    followed = [make_user() for _ in range(60)]
    for user in followed:
        make_follow(susan, user)
    older = make_post(followed[0])
    post = make_post(john)
    for user in followed:
        make_repost(user, post)

    first = timelines.home(susan)
    second = timelines.home(susan, first.older)

    assert ids(first) == [post.id]
    assert ids(second) == [post.id, older.id]
    assert second.older is None


def test_a_repost_is_gone_with_its_post(susan, john):
    make_follow(susan, john)
    post = make_post(make_user())
    make_repost(john, post)
    posts.delete(db.session.get(type(john), post.author_id), post.id)
    db.session.commit()

    assert timelines.home(susan).items == []
    assert timelines.by_author(susan, john.id).items == []


def test_the_repost_of_a_suspended_member_is_hidden(susan, john):
    make_follow(susan, john)
    author = make_user()
    make_repost(john, make_post(author))
    author.suspended_at = utc_now()
    db.session.commit()

    assert timelines.home(susan).items == []


def test_home_shows_replies_with_the_beginning_of_what_they_answer(susan, john):
    make_follow(susan, john)
    parent = make_post(susan, "A long question.\nIn two lines.")
    reply = make_post(john, "An answer.", reply_to=parent)

    [row, _] = timelines.home(susan).items

    assert row.id == reply.id
    assert row.parent_username == "susan"
    assert row.parent_text == parent.text


def test_a_reply_says_nothing_of_what_the_viewer_may_not_see(susan, john):
    make_follow(susan, john)
    stranger = make_user()
    parent = make_post(stranger, "@john only", visibility=Visibility.DIRECT)
    make_post(john, "An answer.", reply_to=parent)

    [row] = timelines.home(susan).items

    assert row.in_reply_to_id == parent.id
    assert (row.parent_username, row.parent_text, row.parent_spoiler) == (None, None, None)


def test_a_profile_shows_no_replies_and_replies_have_a_list_of_their_own(susan, john):
    post = make_post(john)
    reply = make_post(susan, reply_to=post)
    own = make_post(susan)

    assert ids(timelines.by_author(None, susan.id)) == [own.id]
    assert ids(timelines.replies_by(None, susan.id)) == [reply.id]


def test_pinned_posts_come_first_in_their_order_and_only_once(susan):
    made = [make_post(susan) for _ in range(30)]
    for post in (made[20], made[3]):
        reactions.pin(susan, post.id)
    db.session.commit()

    first = timelines.by_author(None, susan.id)
    second = timelines.by_author(None, susan.id, first.older)
    newest = [post.id for post in reversed(made)]
    others = [id_ for id_ in newest if id_ not in (made[20].id, made[3].id)]

    assert [(row.id, row.place) for row in first.items[:2]] == [(made[20].id, 1), (made[3].id, 2)]
    assert ids(first)[2:] == others[:25]
    # In its place in time it stands, too.
    assert ids(second) == newest[newest.index(first.older) + 1 :]


def test_marks_are_those_of_the_viewer(susan, john):
    post = make_post(susan)
    reactions.like(john, post.id)
    reactions.bookmark(john, post.id)
    make_repost(john, post)

    def marks_for(viewer):
        row = timelines.one(viewer, post.id)
        return tuple(map(bool, (row.is_liked, row.is_bookmarked, row.is_reposted)))

    assert marks_for(john) == (True, True, True)
    assert marks_for(susan) == marks_for(None) == (False, False, False)
    assert timelines.one(None, post.id).likes_count == 1


@pytest.mark.parametrize("listed", [timelines.liked_by, timelines.bookmarked_by])
def test_likes_and_bookmarks_are_listed_by_when_they_were_made(susan, john, listed):
    act = reactions.like if listed is timelines.liked_by else reactions.bookmark
    made = [make_post(john) for _ in range(30)]
    for post in reversed(made):
        act(susan, post.id)
    db.session.commit()

    first = listed(susan)

    assert ids(first) == [post.id for post in made[:25]]
    assert ids(listed(susan, first.older)) == [post.id for post in made[25:]]
    assert listed(john).items == []


def test_explore_shows_neither_replies_nor_reposts(susan, john):
    post = make_post(susan)
    make_post(john, reply_to=post)
    make_repost(john, post)

    assert ids(timelines.explore(None)) == [post.id]


def test_a_tag_shows_replies(susan, john):
    reply = make_post(john, "#soup", reply_to=make_post(susan))

    assert ids(timelines.by_tag(None, "soup")) == [reply.id]


def test_a_count_of_replies_tells_of_nothing_hidden(susan, john):
    post = make_post(susan)
    for visibility in Visibility:
        make_post(john, visibility=visibility, reply_to=post)

    # Public and unlisted.
    assert timelines.one(susan, post.id).replies_count == 2
