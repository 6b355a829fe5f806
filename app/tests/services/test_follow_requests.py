"""Locked accounts: who asks to follow, what they are answered, and what is counted."""

from functools import partial

import pytest
from sqlalchemy import func, select

from app.extensions import db, settings
from app.models import Follow, FollowState, MessagesFrom, Notification, User, Visibility
from app.models.base import utc_now
from app.services import (
    follow_requests,
    follows,
    home,
    notification_rows,
    privacy,
    profiles,
    suggestions,
)
from app.tests.factories import make_follow, make_post, make_user
from app.tests.together import together


@pytest.fixture
def susan(susan):
    """Return susan, who approves followers."""
    lock(susan, is_locked=True)
    return susan


def lock(user: User, *, is_locked: bool) -> None:
    privacy.choose(user, approves_followers=is_locked, messages_from=MessagesFrom.EVERYONE)
    db.session.commit()


def state_of(follower: User, followed: User) -> FollowState | None:
    query = select(Follow.state).where(
        Follow.follower_id == follower.id, Follow.followed_id == followed.id
    )
    return db.session.scalar(query)


def counts(follower: User, followed: User) -> tuple[int, int]:
    """Return how many one follows, and how many follow the other."""
    following = select(User.following_count).where(User.id == follower.id).scalar_subquery()
    followers = select(User.followers_count).where(User.id == followed.id).scalar_subquery()
    return tuple(db.session.execute(select(following, followers)).one())


def told(user: User) -> list[str]:
    return [row.kind.value for row in notification_rows.listed(user).items]


def waiting(user: User) -> list[str]:
    return [row.username for row in follow_requests.listed(user).items]


def test_who_follows_a_locked_account_asks_to(susan, john):
    follows.follow(john, susan)

    assert state_of(john, susan) is FollowState.REQUESTED
    assert counts(john, susan) == (0, 0)
    assert told(susan) == ["follow_request"]
    assert waiting(susan) == ["john"]
    profile = profiles.profile(john, "susan")
    assert (profile.is_followed, profile.is_requested, profile.locked) == (False, True, True)


def test_who_was_asked_is_no_longer_suggested(susan, john):
    assert susan.id in {row.person.id for row in suggestions.kept(john, 3)}
    follows.follow(john, susan)

    assert susan.id not in {row.person.id for row in suggestions.kept(john, 3)}


def test_asking_twice_is_asking_once(susan, john):
    follows.follow(john, susan)
    follows.follow(john, susan)

    assert waiting(susan) == ["john"]
    assert profiles.profile(susan, "susan").requests_count == 1


def test_what_is_for_followers_is_not_for_who_asks(susan, john):
    make_post(susan, visibility=Visibility.FOLLOWERS)
    follows.follow(john, susan)
    assert home.home(john).items == []

    follow_requests.approve(susan, john)
    assert len(home.home(john).items) == 1


def test_who_is_approved_follows_and_is_counted_once(susan, john):
    follows.follow(john, susan)
    for _ in range(2):
        follow_requests.approve(susan, john)

    assert state_of(john, susan) is FollowState.ACCEPTED
    assert counts(john, susan) == (1, 1)
    assert told(susan) == []
    assert waiting(susan) == []


def test_who_is_refused_may_ask_again(susan, john):
    follows.follow(john, susan)
    for _ in range(2):
        follow_requests.refuse(susan, john)
    assert state_of(john, susan) is None
    assert told(susan) == []
    assert counts(john, susan) == (0, 0)

    follows.follow(john, susan)
    assert waiting(susan) == ["john"]


def test_a_request_that_is_withdrawn_is_forgotten(susan, john):
    follows.follow(john, susan)
    follows.unfollow(john, susan)
    follow_requests.approve(susan, john)

    assert state_of(john, susan) is None
    assert told(susan) == []
    assert counts(john, susan) == (0, 0)


def test_nobody_answers_for_another(susan, john):
    wren = make_user("wren", locked=True)
    follows.follow(john, susan)
    follow_requests.approve(wren, john)
    follow_requests.refuse(wren, john)

    assert state_of(john, susan) is FollowState.REQUESTED


def test_refusing_a_follower_does_nothing(susan, john):
    lock(susan, is_locked=False)
    follows.follow(john, susan)
    follow_requests.refuse(susan, john)

    assert counts(john, susan) == (1, 1)


def test_who_follows_stays_when_an_account_is_locked(susan, john):
    lock(susan, is_locked=False)
    follows.follow(john, susan)
    lock(susan, is_locked=True)

    assert counts(john, susan) == (1, 1)
    assert state_of(john, susan) is FollowState.ACCEPTED


def test_who_waits_goes_on_waiting_when_it_is_unlocked(susan, john):
    follows.follow(john, susan)
    lock(susan, is_locked=False)
    assert waiting(susan) == ["john"]
    follows.follow(make_user("wren"), susan)

    assert counts(john, susan) == (0, 1)
    follow_requests.approve(susan, john)
    assert counts(john, susan) == (1, 2)


def test_a_follower_is_removed_once(susan, john):
    lock(susan, is_locked=False)
    make_follow(john, susan)
    make_follow(susan, john)
    for _ in range(2):
        follows.remove_follower(susan, john)

    assert counts(john, susan) == (0, 0)
    assert counts(susan, john) == (1, 1)
    assert told(susan) == []


def test_who_is_hidden_is_not_in_the_list_nor_counted(susan, john):
    follows.follow(john, susan)
    john.suspended_at = utc_now()
    db.session.commit()

    assert waiting(susan) == []
    assert profiles.profile(susan, "susan").requests_count == 0


def test_only_the_owner_of_a_profile_is_told_how_many_wait(susan, john):
    follows.follow(john, susan)

    assert profiles.profile(susan, "susan").requests_count == 1
    assert profiles.profile(john, "susan").requests_count == 0
    assert profiles.profile(None, "susan").requests_count == 0


def test_the_list_has_pages(susan):
    people = [make_user() for _ in range(settings.PAGE_SIZE + 3)]
    for person in people:
        follows.follow(person, susan)
    first = follow_requests.listed(susan)
    second = follow_requests.listed(susan, first.older)

    ids = [row.id for row in [*first.items, *second.items]]
    assert ids == [person.id for person in reversed(people)]
    assert second.older is None


class TestTogether:
    """Many at once: one row each, counted exactly."""

    @pytest.fixture
    def doing(self, app):
        """Return a function that makes a job of its own of a service call."""

        def job(call, actor: User, target: User):
            def run() -> None:
                with app.app_context():
                    call(actor, target)
                    db.session.commit()

            return run

        return job

    def test_a_hundred_ask_a_locked_account(self, susan, doing):
        people = [make_user() for _ in range(100)]
        outcomes = together([doing(follows.follow, person, susan) for person in people])

        assert outcomes == [None] * 100
        requested = select(func.count(Follow.id)).where(Follow.state == FollowState.REQUESTED)
        assert db.session.scalar(requested) == 100
        assert db.session.scalar(select(func.count(Notification.id))) == 100
        assert counts(people[0], susan) == (0, 0)
        assert db.session.scalar(select(func.sum(User.following_count))) == 0
        db.session.refresh(susan.credential)
        assert susan.credential.unread_notifications == 1

    def test_one_asks_a_hundred_times(self, susan, john, doing):
        outcomes = together([doing(follows.follow, john, susan)] * 20)

        assert outcomes == [None] * 20
        assert db.session.scalar(select(func.count(Follow.id))) == 1
        assert counts(john, susan) == (0, 0)

    def test_a_request_is_approved_many_times(self, susan, john, doing):
        follows.follow(john, susan)
        outcomes = together([doing(follow_requests.approve, susan, john)] * 20)

        assert outcomes == [None] * 20
        assert counts(john, susan) == (1, 1)

    def test_fifty_are_approved(self, susan, doing):
        people = [make_user() for _ in range(50)]
        for person in people:
            follows.follow(person, susan)
        outcomes = together([doing(follow_requests.approve, susan, each) for each in people])

        assert outcomes == [None] * 50
        assert counts(people[0], susan) == (1, 50)
        db.session.refresh(susan.credential)
        assert susan.credential.unread_notifications == 0

    @pytest.mark.parametrize("_again", range(5))
    def test_it_is_answered_while_it_is_withdrawn(self, susan, john, doing, _again):
        follows.follow(john, susan)
        answer = partial(doing, actor=susan, target=john)
        outcomes = together(
            [
                *[answer(follow_requests.approve), doing(follows.unfollow, john, susan)] * 5,
                *[answer(follow_requests.refuse), answer(follows.remove_follower)] * 5,
            ]
        )

        assert outcomes == [None] * 20
        assert state_of(john, susan) is None
        assert counts(john, susan) == (0, 0)
