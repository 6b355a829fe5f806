"""Who is told of what, what is taken back, and what is counted as unread."""

import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import (
    Block,
    Credential,
    Job,
    Mute,
    Notification,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
    Post,
    ThreadMute,
    User,
    Visibility,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import (
    deletions,
    edits,
    follows,
    notification_choices,
    notification_groups,
    notification_rows,
    notifications,
    posts,
    reactions,
    reposts,
    suspensions,
)
from app.services.contents import Content
from app.tests.factories import make_follow, make_post, make_user
from app.tests.together import together

KIND = NotificationKind


@pytest.fixture
def post(susan):
    return make_post(susan)


def told(user) -> list[tuple[str, str]]:
    """Return who told somebody of what kind, the latest first."""
    query = (
        select(User.username, Notification.kind)
        .join(User, User.id == Notification.actor_id)
        .where(Notification.user_id == user.id)
        .order_by(Notification.id.desc())
    )
    return [(name, kind.value) for name, kind in db.session.execute(query)]


def unread(user) -> int:
    query = select(Credential.unread_notifications).where(Credential.user_id == user.id)
    return db.session.scalars(query).one()


def likes(post) -> int:
    return db.session.scalars(select(Post.likes_count).where(Post.id == post.id)).one()


def groups() -> int:
    return db.session.scalars(select(func.count()).select_from(NotificationGroup)).one()


def assert_counters_are_right() -> None:
    """Each counter says how many groups are unread; each group has something, and its newest."""
    counted = select(NotificationGroup.user_id, func.count()).where(NotificationGroup.is_unread)
    numbers = dict(db.session.execute(counted.group_by(NotificationGroup.user_id)).all())
    counters = select(Credential.user_id, Credential.unread_notifications)
    for user_id, number in db.session.execute(counters):
        assert number == numbers.get(user_id, 0)
    newest = select(func.max(Notification.id)).where(Notification.group_id == NotificationGroup.id)
    right = select(NotificationGroup.latest_id, newest.scalar_subquery())
    assert all(latest == found for latest, found in db.session.execute(right))


def edited(post, text: str) -> None:
    number = db.session.scalars(select(Post.edits_count).where(Post.id == post.id)).one()
    edits.edit(db.session.get_one(User, post.author_id), post.id, number, Content(text))


def shown(user) -> list:
    return notification_rows.listed(user).items


class TestEachKind:
    def test_a_like(self, post, susan, john):
        reactions.like(john, post.id)
        reactions.like(john, post.id)
        assert (told(susan), unread(susan)) == ([("john", "like")], 1)

        reactions.unlike(john, post.id)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)

    def test_a_repost(self, post, susan, john):
        reposts.repost(john, post.id)
        reposts.repost(john, post.id)
        assert (told(susan), unread(susan)) == ([("john", "repost")], 1)

        reposts.undo(john, post.id)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)

    def test_a_follow(self, susan, john):
        follows.follow(john, susan)
        follows.follow(john, susan)
        assert (told(susan), unread(susan)) == ([("john", "follow")], 1)

        follows.unfollow(john, susan)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)

    def test_a_mention(self, susan, john):
        named = make_post(john, "@susan, is there soup?")
        assert (told(susan), unread(susan)) == ([("john", "mention")], 1)

        posts.delete(john, named.id)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)

    def test_a_reply_also_if_it_names_whom_it_replies_to(self, post, susan, john):
        reply = make_post(john, "@susan Yes.", reply_to=post)
        assert (told(susan), unread(susan)) == ([("john", "reply")], 1)

        posts.delete(john, reply.id)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)

    def test_nobody_is_told_of_what_they_do_themselves(self, post, susan):
        reactions.like(susan, post.id)
        reposts.repost(susan, post.id)
        make_post(susan, "@susan Indeed.", reply_to=post)

        assert told(susan) == []

    def test_with_a_post_goes_all_that_was_told_about_it(self, post, susan, john):
        reactions.like(john, post.id)
        reposts.repost(john, post.id)
        reply = make_post(john, reply_to=post)

        posts.delete(susan, post.id)

        assert (told(susan), unread(susan)) == ([("john", "reply")], 1)
        posts.delete(john, reply.id)
        assert (told(susan), unread(susan), groups()) == ([], 0, 0)


class TestPostsForSome:
    def test_who_is_replied_to_but_may_not_see_it_is_not_told(self, post, susan, john):
        make_post(john, reply_to=post, visibility=Visibility.DIRECT)
        make_post(john, reply_to=post, visibility=Visibility.FOLLOWERS)

        assert told(susan) == []

    def test_followers_are_told_of_replies_for_followers(self, post, susan, john):
        make_follow(susan, john)

        make_post(john, reply_to=post, visibility=Visibility.FOLLOWERS)

        assert told(susan) == [("john", "reply")]

    def test_who_is_named_in_a_post_for_some_is_told(self, susan, john):
        make_post(john, "@susan Soup?", visibility=Visibility.FOLLOWERS)
        make_post(john, "@susan Soup!", visibility=Visibility.DIRECT)

        assert told(susan) == [("john", "mention")] * 2

    def test_who_follows_no_longer_has_nothing_unread_of_what_was_for_followers(
        self, post, susan, john
    ):
        make_follow(susan, john)
        make_post(john, reply_to=post, visibility=Visibility.FOLLOWERS)
        assert unread(susan) == 1

        follows.unfollow(susan, john)

        assert unread(susan) == 0
        assert shown(susan) == []


class TestEdits:
    def test_who_is_named_now_is_told_and_from_others_it_is_taken_back(self, susan, john, owner):
        post = make_post(john, "@susan Soup?")

        edited(post, "@owner_of_all Soup?")

        assert (told(susan), unread(susan)) == ([], 0)
        assert (told(owner), unread(owner)) == ([("john", "mention")], 1)

    def test_who_stays_named_is_not_told_again(self, susan, john):
        post = make_post(john, "@susan Soup?")
        notifications.mark_all_read(susan, new_id())

        edited(post, "@susan Soup!")

        assert (told(susan), unread(susan)) == ([("john", "mention")], 0)

    def test_a_reply_stays_one_whoever_it_names(self, post, susan, john):
        reply = make_post(john, "Yes.", reply_to=post)
        notifications.mark_all_read(susan, new_id())

        for text in ("@susan Yes.", "Yes!"):
            edited(reply, text)
            assert (told(susan), unread(susan)) == ([("john", "reply")], 0)
            assert_counters_are_right()

    def test_a_reply_for_some_is_told_once_it_names_whom_it_replies_to(self, post, susan, john):
        reply = make_post(john, "Yes.", reply_to=post, visibility=Visibility.DIRECT)

        edited(reply, "@susan Yes.")
        assert (told(susan), unread(susan)) == ([("john", "reply")], 1)

        edited(reply, "Yes.")
        assert (unread(susan), shown(susan)) == (0, [])


class TestWhoIsTold:
    def tell(self, actor, *people, post_id: int = 1) -> None:
        ids = [person.id for person in people]
        about = {"target_id": post_id, "cause_id": post_id, "thread_id": 7}
        notifications.tell(KIND.MENTION, actor, ids, **about)

    def test_several_at_once(self, susan, john, owner):
        post_id = make_post(owner).id
        for _ in range(2):
            self.tell(owner, susan, john, owner, post_id=post_id)

        assert told(susan) == told(john) == [("owner_of_all", "mention")]
        assert told(owner) == []
        assert (unread(susan), unread(john)) == (1, 1)
        assert_counters_are_right()

    @pytest.mark.parametrize("blocks", [("susan", "john"), ("john", "susan")])
    def test_nobody_of_whom_a_block_keeps_them_apart(self, susan, john, blocks):
        ids = {"susan": susan.id, "john": john.id}
        db.session.add(Block(blocker_id=ids[blocks[0]], blocked_id=ids[blocks[1]]))
        db.session.flush()

        self.tell(john, susan)

        assert told(susan) == []

    @pytest.mark.parametrize(
        ("columns", "is_told"),
        [
            ({}, False),
            ({"hides_notifications": False}, True),
            ({"expires_at": utc_now() - timedelta(seconds=1)}, True),
        ],
    )
    def test_nobody_who_mutes_them_with_their_notifications(self, susan, john, columns, is_told):
        db.session.add(Mute(muter_id=susan.id, muted_id=john.id, **columns))
        db.session.flush()

        self.tell(john, susan)
        self.tell(susan, john)

        assert bool(told(susan)) is is_told
        assert told(john)

    def test_nobody_who_muted_the_conversation(self, susan, john):
        db.session.add(ThreadMute(user_id=susan.id, conversation_id=7))
        db.session.flush()

        self.tell(john, susan)

        assert told(susan) == []

    @pytest.mark.parametrize("column", ["suspended_at", "deletion_at", "erased_at"])
    def test_nobody_who_is_hidden(self, susan, john, column):
        setattr(susan, column, utc_now())
        db.session.flush()

        self.tell(john, susan)

        assert told(susan) == []

    def test_nobody_who_wants_nothing_of_the_kind(self, susan, john, post):
        notification_choices.choose(susan, {KIND.MENTION: NotificationChoice.NOTHING})

        self.tell(john, susan)
        reactions.like(john, post.id)

        assert told(susan) == [("john", "like")]

    def test_for_the_digest_if_they_want_it_there(self, susan, john, post):
        notification_choices.choose(susan, {KIND.LIKE: NotificationChoice.DIGEST})

        reactions.like(john, post.id)
        self.tell(john, susan)

        query = select(Notification.kind).where(Notification.awaits_digest)
        assert db.session.scalars(query).all() == [KIND.LIKE]

    def test_messages_are_never_unread_here(self, susan, john):
        notifications.tell(KIND.MESSAGE, john, [susan.id], target_id=5, cause_id=6)

        assert (told(susan), unread(susan)) == ([("john", "message")], 0)


class TestGroups:
    def test_likes_of_one_post_are_one_group_that_is_unread_once(self, post, susan, john, owner):
        reactions.like(john, post.id)
        reactions.like(owner, post.id)
        assert (groups(), unread(susan)) == (1, 1)

        reactions.unlike(owner, post.id)
        assert (groups(), unread(susan)) == (1, 1)
        assert_counters_are_right()

    def test_what_is_read_becomes_unread_by_what_comes_later(self, post, susan, john, owner):
        reactions.like(john, post.id)
        notifications.mark_all_read(susan, new_id())
        assert unread(susan) == 0

        reactions.like(owner, post.id)
        assert (groups(), unread(susan)) == (1, 1)

    @pytest.mark.parametrize("is_hidden", [False, True])
    def test_what_is_taken_back_leaves_nothing_unread_that_was_read(
        self, susan, john, owner, is_hidden
    ):
        follows.follow(john, susan)
        notifications.mark_all_read(susan, new_id())
        follows.follow(owner, susan)
        assert unread(susan) == 1

        if is_hidden:
            db.session.add(Mute(muter_id=susan.id, muted_id=owner.id))
            db.session.flush()
            notifications.settle(susan.id)
        else:
            follows.unfollow(owner, susan)

        assert (groups(), unread(susan)) == (1, 0)
        assert_counters_are_right()

    def test_what_is_left_that_was_not_read_stays_unread(self, susan, john, owner):
        follows.follow(john, susan)
        follows.follow(owner, susan)

        follows.unfollow(owner, susan)

        assert (groups(), unread(susan)) == (1, 1)
        assert_counters_are_right()

    def test_by_a_clock_that_is_behind_it_is_unread_as_well(self, susan, john, owner):
        follows.follow(john, susan)
        notifications.mark_all_read(susan, new_id())
        with time_machine.travel(utc_now() - timedelta(seconds=9)):
            follows.follow(owner, susan)
        assert unread(susan) == 1

        notifications.settle(susan.id)

        assert unread(susan) == 1

    def test_who_is_hidden_keeps_what_is_unread_until_they_are_back(self, post, susan, john):
        reactions.like(john, post.id)
        suspensions.suspend(susan)
        notifications.settle(susan.id)

        assert unread(susan) == 1

    def test_follows_of_one_day_are_one_group(self, susan, john, owner):
        follows.follow(john, susan)
        follows.follow(owner, susan)
        assert groups() == 1

        db.session.execute(update(NotificationGroup).values(target_id=1))
        follows.follow(make_user("wren"), susan)
        assert groups() == 2

    def test_told_on_another_day_it_stays_where_it_was(self, susan, john):
        for day in (1, 2):
            notifications.tell(KIND.FOLLOW, john, [susan.id], target_id=day)

        assert (told(susan), unread(susan), groups()) == ([("john", "follow")], 1, 1)
        assert_counters_are_right()


class TestSeeingLess:
    """What somebody is shown no longer is not counted as unread."""

    @pytest.fixture
    def two(self, post, susan, john):
        """Two unread groups of susan's by john, of which one is by somebody else, too."""
        reactions.like(john, post.id)
        reactions.like(make_user("wren"), post.id)
        follows.follow(john, susan)
        assert unread(susan) == 2

    def test_a_mute(self, two, susan, john):
        db.session.add(Mute(muter_id=susan.id, muted_id=john.id))
        db.session.flush()
        notifications.settle(susan.id)

        assert unread(susan) == 1
        assert [row.people_count for row in shown(susan)] == [1]
        assert_counters_are_right()

    def test_a_block(self, two, susan, john):
        reactions.like(susan, make_post(john).id)

        notifications.forget_between(john.id, susan.id)

        assert told(susan) == [("wren", "like")]
        assert told(john) == []
        assert (unread(susan), unread(john)) == (1, 0)
        assert_counters_are_right()

    def test_what_a_request_told_that_began_before_is_put_right_by_a_job(
        self, susan, john, run_jobs, post
    ):
        notifications.forget_between(john.id, susan.id)
        reactions.like(john, post.id)
        db.session.add(Block(blocker_id=susan.id, blocked_id=john.id))
        db.session.commit()
        assert unread(susan) == 1

        # As if the time had come.
        db.session.execute(update(Job).values(available_at=utc_now() - timedelta(days=1)))
        run_jobs()

        assert unread(susan) == 0

    @pytest.mark.parametrize("hide", [suspensions.suspend, deletions.schedule_now])
    def test_somebody_who_is_hidden(self, two, susan, john, run_jobs, hide):
        hide(john)
        run_jobs()

        assert unread(susan) == 1
        assert [row.people_count for row in shown(susan)] == [1]
        assert_counters_are_right()

    def test_who_is_lifted_is_shown_again(self, two, susan, john, run_jobs):
        suspensions.suspend(john)
        run_jobs()
        suspensions.lift(john)

        assert [row.people_count for row in shown(susan)] == [1, 2]

    def test_a_muted_conversation(self, two, post, susan):
        db.session.add(ThreadMute(user_id=susan.id, conversation_id=post.conversation_id))
        db.session.flush()
        notifications.settle(susan.id)

        assert unread(susan) == 1
        assert [row.kind for row in shown(susan)] == [KIND.FOLLOW]


def test_erasing_somebody_removes_what_they_were_told_and_told(post, susan, john):
    reactions.like(john, post.id)
    reactions.like(susan, make_post(john).id)
    wren = make_user("wren")
    reactions.like(wren, post.id)

    db.session.execute(delete(Credential).where(Credential.user_id == john.id))
    while notifications.erase(john.id):
        pass

    assert told(john) == []
    assert told(susan) == [("wren", "like")]
    assert_counters_are_right()


def test_a_like_is_told_in_few_statements(post, susan, john, count_queries):
    notifications.today()
    db.session.commit()
    count_queries.clear()

    reactions.like(john, post.id)
    # The like, its count; whom to tell, group, row, that it is unread, how many are.
    assert len(count_queries) == 7

    count_queries.clear()
    reactions.like(make_user("wren"), post.id)
    told_in = [each for each in count_queries if "notification" in each or "credentials" in each]
    assert not any("SET is_unread" in each for each in told_in)


def test_unliking_takes_it_back_in_few_statements(post, susan, john, count_queries):
    reactions.like(john, post.id)
    count_queries.clear()

    reactions.unlike(john, post.id)

    # The like, its count; row, lock, group, how many are unread.
    assert len(count_queries) == 6


class TestAtOnce:
    """What a hundred members do in the same moment is told and counted once for each."""

    @pytest.fixture
    def members(self, susan):
        return [make_user() for _ in range(100)]

    def act(self, app, jobs) -> None:
        def done(do, *arguments) -> None:
            with app.app_context():
                do(*arguments)
                db.session.commit()

        outcomes = together([partial(done, *job) for job in jobs])
        assert outcomes == [None] * len(jobs)

    def test_a_hundred_likes_and_unlikes(self, app, members, post, susan):
        self.act(app, [(reactions.like, member, post.id) for member in members])

        assert likes(post) == len(set(told(susan))) == len(told(susan)) == 100
        assert (groups(), unread(susan)) == (1, 1)
        assert_counters_are_right()

        self.act(app, [(reactions.unlike, member, post.id) for member in members])

        assert (likes(post), told(susan), groups(), unread(susan)) == (0, [], 0, 0)

    def test_likes_and_unlikes_while_they_are_read(self, app, members, post, susan):
        for member in members[::2]:
            reactions.like(member, post.id)
        db.session.commit()
        turns = [reactions.unlike, reactions.like]

        jobs = [(turns[place % 2], member, post.id) for place, member in enumerate(members)]
        for place in range(0, 100, 5):
            jobs[place] = (notifications.mark_all_read, susan, new_id())
        self.act(app, jobs)

        assert likes(post) == len(told(susan)) == 50
        assert_counters_are_right()

    def test_a_hundred_follows_and_unfollows(self, app, members, susan):
        self.act(app, [(follows.follow, member, susan) for member in members])
        assert len(told(susan)) == 100
        assert (groups(), unread(susan)) == (1, 1)

        self.act(app, [(follows.unfollow, member, susan) for member in members])
        assert (told(susan), groups(), unread(susan)) == ([], 0, 0)

    def test_fifty_posts_that_name_the_same_people(self, app, members, susan, john):
        texts = ["@susan @john soup?", "@john @susan soup!"]
        self.act(
            app,
            [
                (posts.publish, member, Content(texts[place % 2]))
                for place, member in enumerate(members[:50])
            ],
        )

        assert (unread(susan), unread(john), groups()) == (50, 50, 100)
        assert_counters_are_right()


def test_what_comes_while_somebody_sees_less_is_unread(
    app, on_postgresql, post, susan, john, monkeypatch
):
    wren = make_user("wren")
    reactions.like(john, post.id)
    db.session.add(Mute(muter_id=susan.id, muted_id=john.id))
    db.session.commit()

    def like() -> None:
        with app.app_context():
            reactions.like(wren, post.id)
            db.session.commit()

    meanwhile = threading.Thread(target=like)
    mark_read = notification_groups.mark_read

    def mark_late(groups) -> None:
        """Note that nothing is unread a moment after that was seen."""
        meanwhile.start()
        meanwhile.join(timeout=2)
        monkeypatch.setattr(notification_groups, "mark_read", mark_read)
        mark_read(groups)

    monkeypatch.setattr(notification_groups, "mark_read", mark_late)
    notifications.settle(susan.id)
    db.session.commit()
    meanwhile.join()

    assert unread(susan) == 1
    assert_counters_are_right()
