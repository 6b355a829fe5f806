"""Blocking and muting: what it ends, what it counts, and what is left when it is over."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, select

from app.database import begin_writing, commit
from app.extensions import db
from app.models import (
    Block,
    Follow,
    FollowState,
    Mute,
    Role,
    Suggestion,
    ThreadMute,
    User,
)
from app.models.base import utc_now
from app.services import (
    blocks,
    follows,
    hidden_counts,
    home,
    mutes,
    profiles,
    reactions,
    reposts,
    suggestions,
    thread_mutes,
    timelines,
    usernames,
    users,
)
from app.services.errors import NotAllowed, NotFound, Renamed
from app.services.mutes import Duration
from app.tests.factories import make_follow, make_post, make_user
from app.tests.together import patiently, together


def counts(user: User) -> tuple[int, int]:
    query = select(User.following_count, User.followers_count).where(User.id == user.id)
    following, followers = db.session.execute(query).one()
    db.session.commit()
    return following, followers


def number_of(model, *conditions) -> int:
    number = db.session.scalars(select(func.count()).select_from(model).where(*conditions)).one()
    db.session.commit()
    return number


def test_a_block_ends_follows_both_ways(susan, john):
    make_follow(susan, john)
    make_follow(john, susan)
    blocks.block(susan, john)
    blocks.block(susan, john)

    assert counts(susan) == counts(john) == (0, 0)
    assert number_of(Follow) == 0
    assert number_of(Block) == 1


def test_a_block_ends_requests_which_were_never_counted(susan, john):
    susan.locked = True
    db.session.commit()
    make_follow(john, susan)
    blocks.block(susan, john)

    assert number_of(Follow) == 0
    assert counts(susan) == counts(john) == (0, 0)


def test_unblocking_brings_no_follow_back(susan, john):
    make_follow(susan, john)
    blocks.block(susan, john)
    blocks.unblock(susan, john)
    blocks.unblock(susan, john)

    assert counts(susan) == (0, 0)
    assert number_of(Block) == 0
    assert profiles.profile(john, "susan").id == susan.id


@pytest.mark.parametrize("act", [blocks.block, mutes.mute])
def test_nobody_hides_themselves(susan, act):
    with pytest.raises(NotAllowed):
        act(susan, susan)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_staff_can_be_blocked(susan, john, role):
    john.role = role
    db.session.commit()
    blocks.block(susan, john)

    with pytest.raises(NotFound):
        profiles.profile(john, "susan")


def test_who_is_blocked_is_told_that_there_is_nobody(susan, john):
    blocks.block(susan, john)

    for find in (profiles.profile, lambda viewer, name: users.find(name, viewer), blocks.find):
        with pytest.raises(NotFound):
            find(john, "susan")
    assert profiles.also_blocked(susan, "john").is_blocked
    # Whoever does not say that a page may be about them, has none.
    with pytest.raises(NotFound):
        profiles.profile(susan, "john")
    assert blocks.find(susan, "john").id == john.id
    assert profiles.profile(None, "susan").id == susan.id


def test_two_who_block_each_other_can_both_end_it(susan, john):
    blocks.block(susan, john)
    blocks.block(john, susan)
    blocks.unblock(susan, blocks.find(susan, "john"))
    blocks.unblock(john, blocks.find(john, "susan"))

    assert not profiles.profile(susan, "john").is_blocked
    assert profiles.profile(john, "susan").id == susan.id


def test_a_former_name_leads_nobody_on_who_is_blocked(susan, john):
    usernames.rename(susan, "susanna")
    db.session.commit()
    with pytest.raises(Renamed):
        profiles.profile(john, "susan")
    blocks.block(susan, john)

    with pytest.raises(NotFound) as caught:
        profiles.profile(john, "susan")
    assert not isinstance(caught.value, Renamed)


@pytest.mark.parametrize("is_mine", [True, False])
def test_neither_can_do_anything_to_the_other(susan, john, is_mine):
    post = make_post(john)
    repost_of = make_post(make_user("maria"))
    repost_id = reposts.repost(john, repost_of.id)
    blocks.block(*((susan, john) if is_mine else (john, susan)))
    db.session.commit()

    acts: list[Callable[[], object]] = [
        partial(reactions.like, susan, post.id),
        partial(reactions.bookmark, susan, post.id),
        partial(reposts.repost, susan, post.id),
        partial(make_post, susan, reply_to=post),
        partial(thread_mutes.mute, susan, post.id),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    follows.follow(susan, john)
    assert number_of(Follow) == 0
    assert reactions.like(susan, repost_id) == repost_of.id


def test_blocking_somebody_one_followed_has_suggestions_found_anew(susan, john, run_jobs):
    make_follow(susan, john)
    maria = make_user("maria")
    make_post(maria)
    make_follow(john, maria)
    db.session.add(Suggestion(user_id=susan.id, position=0, suggested_id=maria.id, common_count=1))
    db.session.commit()
    assert [row.common_count for row in suggestions.listed(susan, 1)] == [1]
    blocks.block(susan, john)
    db.session.commit()
    run_jobs()

    assert number_of(Suggestion) == 0
    assert "john" not in [row.person.username for row in suggestions.listed(susan, 9)]


def test_who_is_muted_is_suggested_to_nobody_nor_counted(susan, john):
    make_follow(susan, john)
    maria = make_user("maria")
    make_follow(john, maria)
    db.session.add(Suggestion(user_id=susan.id, position=0, suggested_id=maria.id, common_count=1))
    db.session.commit()
    mutes.mute(susan, john)

    assert [row.common_count for row in suggestions.listed(susan, 1)] == [0]
    follows.unfollow(susan, john)
    assert "john" not in [row.person.username for row in suggestions.listed(susan, 9)]


def test_no_process_goes_on_suggesting_them(susan, john, monkeypatch):
    monkeypatch.setattr(suggestions, "KEPT_FOR", 10**9)
    assert "john" in [row.person.username for row in suggestions.kept(susan, 9)]
    before = susan.credential.hiding_version
    monkeypatch.setattr(suggestions, "forget", lambda *_: None)
    blocks.block(john, susan)
    db.session.refresh(susan.credential)

    assert susan.credential.hiding_version > before
    assert "john" not in [row.person.username for row in suggestions.kept(susan, 9)]


@pytest.mark.parametrize(
    ("duration", "length"),
    [
        (Duration.HOUR, timedelta(hours=1)),
        (Duration.DAY, timedelta(days=1)),
        (Duration.WEEK, timedelta(days=7)),
        (Duration.MONTH, timedelta(days=30)),
    ],
)
def test_a_mute_is_over_by_the_clock(susan, john, duration, length):
    make_follow(susan, john)
    make_post(john)
    with time_machine.travel(utc_now(), tick=False) as clock:
        mutes.mute(susan, john, duration)
        db.session.commit()
        clock.shift(length - timedelta(seconds=1))
        assert timelines.home(susan).items == []
        clock.shift(timedelta(seconds=1))
        assert len(timelines.home(susan).items) == 1
        assert mutes.listed(susan).items == []


def test_muting_once_more_begins_anew(susan, john):
    mutes.mute(susan, john, Duration.HOUR)
    mutes.mute(susan, john, hides_notifications=False)

    [row] = mutes.listed(susan).items
    assert row.until == Mute.FOREVER
    assert row.hides_notifications is False
    mutes.unmute(susan, john)
    mutes.unmute(susan, john)
    assert mutes.listed(susan).items == []


def test_mutes_that_are_over_are_swept(susan, john):
    maria = make_user("maria")
    mutes.mute(susan, john, Duration.HOUR)
    mutes.mute(susan, maria)
    db.session.commit()
    with time_machine.travel(utc_now() + timedelta(hours=2)):
        assert mutes.sweep() is True
        assert mutes.sweep() is False
    db.session.commit()

    assert number_of(Mute, Mute.muted_id == john.id) == 0
    assert number_of(Mute) == 1


def test_mutes_are_swept_in_small_transactions(susan, count_queries):
    for _ in range(30):
        mutes.mute(susan, make_user(), Duration.HOUR)
    db.session.commit()
    count_queries.clear()
    with time_machine.travel(utc_now() + timedelta(hours=2)):
        assert mutes.sweep() is True
        assert number_of(Mute) == 30 - mutes.BATCH
        assert len(count_queries) < 12
        assert mutes.sweep() is True
        assert mutes.sweep() is False


def test_a_block_takes_each_lock_once(susan, john, count_queries):
    make_follow(susan, john)
    count_queries.clear()
    blocks.block(susan, john)

    locking = [
        each
        for each in count_queries
        if each.startswith("SELECT") and each.rstrip().endswith(("users.id", "credentials.user_id"))
    ]
    assert len(locking) <= 3


def test_one_mutes_a_conversation_by_any_post_of_it(susan, john):
    root = make_post(john)
    reply = make_post(susan, reply_to=root)
    later = make_post(john, reply_to=reply)
    thread_mutes.mute(susan, reply.id)
    thread_mutes.mute(susan, later.id)

    [row] = thread_mutes.listed(susan).items
    assert (row.key, row.username) == (root.id, "john")
    thread_mutes.unmute(susan, later.id)
    assert thread_mutes.listed(susan).items == []


def test_a_conversation_whose_beginning_is_gone_can_be_unmuted(susan, john):
    root = make_post(john)
    thread_mutes.mute(susan, root.id)
    blocks.block(john, susan)

    [row] = thread_mutes.listed(susan).items
    assert row.username is None
    thread_mutes.unmute(susan, row.key)
    assert number_of(ThreadMute) == 0


def test_a_repost_is_no_conversation(susan, john):
    repost_of = make_post(john)
    reposts.repost(john, repost_of.id)
    repost_id = home.home(john).items[0].key

    with pytest.raises(NotFound):
        thread_mutes.mute(susan, repost_id)


def test_ones_own_posts_stay_where_one_mutes_the_answers(susan, john):
    post = make_post(susan)
    make_post(john, reply_to=post)
    thread_mutes.mute(susan, post.id)

    assert [row.id for row in timelines.home(susan).items] == [post.id]
    assert [row.id for row in timelines.by_author(susan, susan.id).items] == [post.id]


@pytest.mark.parametrize(
    ("listed", "act"), [(blocks.listed, blocks.block), (mutes.listed, mutes.mute)]
)
def test_lists_of_the_hidden_come_in_pages(susan, listed, act):
    for number in range(30):
        act(susan, make_user(f"hidden{number}"))
    first = listed(susan)
    second = listed(susan, first.older)

    assert [row.username for row in first.items[:2]] == ["hidden29", "hidden28"]
    assert (len(first.items), len(second.items), second.older) == (25, 5, None)


def test_only_those_are_subtracted_who_were_counted(susan, john):
    maria, paul = make_user("maria"), make_user("paul")
    for one, other in ((john, maria), (maria, john), (paul, maria), (susan, john), (susan, paul)):
        make_follow(one, other)
    db.session.add(Suggestion(user_id=susan.id, position=0, suggested_id=maria.id, common_count=2))
    for person in (john, make_user("hidden"), make_user("other")):
        mutes.mute(susan, person)
    db.session.commit()

    row = profiles.profile(susan, "maria")
    assert (row.following_count, row.followers_count) == (0, 1)
    assert [each.common_count for each in suggestions.listed(susan, 1)] == [1]
    row = profiles.profile(paul, "maria")
    assert (row.following_count, row.followers_count) == (1, 2)


def test_only_who_leaves_out_somebody_pays_for_counts(susan, john, count_queries):
    maria = make_user("maria")
    post = make_post(maria)
    for person in (susan, john):
        reactions.like(person, post.id)
        reposts.repost(person, post.id)
        make_post(person, reply_to=post)
    db.session.commit()
    count_queries.clear()
    [row] = [row for row in timelines.explore(susan).items if row.id == post.id]
    assert (row.likes_count, row.reposts_count, row.replies_count) == (2, 2, 2)
    assert len(count_queries) == 1

    mutes.mute(susan, john)
    db.session.commit()
    count_queries.clear()
    [row] = [row for row in timelines.explore(susan).items if row.id == post.id]
    assert (row.likes_count, row.reposts_count, row.replies_count) == (1, 1, 1)
    assert len(count_queries) == 2
    # Whoever reads it, the HTML that is kept of a post is the same.
    assert row.leaves_out is False


def test_of_a_popular_post_those_are_subtracted_who_were_counted(susan, john):
    """As long as those who are left out are few, each is looked up; then all are gone through."""
    post = make_post(make_user("maria"))
    for number in range(hidden_counts.LOOKING_UP + 1):
        fan = make_user(f"fan{number}")
        reactions.like(fan, post.id)
        reposts.repost(fan, post.id)
    reactions.like(john, post.id)
    for person, left in ((fan, (9, 8)), (john, (8, 8))):
        mutes.mute(susan, person)
        db.session.commit()
        [row] = timelines.some(susan, [post.id])
        assert (row.likes_count, row.reposts_count) == left


def acting(app, act: Callable[[User, User], None], one_id: int, other_id: int):
    """Return a job that does something between two in a transaction of its own, as requests do."""

    def run() -> str:
        with app.app_context():
            begin_writing(db)
            act(db.session.get_one(User, one_id), db.session.get_one(User, other_id))
            commit(db)
            return "done"

    return partial(patiently, run)


def test_a_hundred_at_once_leave_exact_counts(app, susan, john):
    for user in (susan, john):
        user.credential.email_confirmed_at = utc_now()
    db.session.commit()

    acts = [blocks.block, blocks.unblock, follows.follow, follows.unfollow]
    pairs = [(susan.id, john.id), (john.id, susan.id)]
    jobs = [acting(app, acts[n % 4], *pairs[n // 4 % 2]) for n in range(100)]
    outcomes = together(jobs)

    assert set(outcomes) == {"done"}
    for one, other in ((susan, john), (john, susan)):
        is_following = number_of(
            Follow, Follow.follower_id == one.id, Follow.state == FollowState.ACCEPTED
        )
        assert counts(one)[0] == counts(other)[1] == is_following
    assert not (number_of(Block) and number_of(Follow))
