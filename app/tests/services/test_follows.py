import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import User
from app.models.base import utc_now
from app.services import follows, profiles, users
from app.services.errors import NotAllowed
from app.tests.factories import make_follow, make_user


def counts(user):
    return db.session.execute(
        select(User.following_count, User.followers_count).where(User.id == user.id)
    ).one()


def test_following_counts_on_both_sides(susan, john):
    follows.follow(susan, john)

    assert counts(susan) == (1, 0)
    assert counts(john) == (0, 1)


def test_following_twice_is_following_once(susan, john):
    follows.follow(susan, john)
    follows.follow(susan, john)

    assert counts(john) == (0, 1)


def test_unfollowing_takes_it_back_once(susan, john):
    follows.follow(susan, john)
    follows.unfollow(susan, john)
    follows.unfollow(susan, john)

    assert counts(susan) == (0, 0)
    assert counts(john) == (0, 0)


def test_nobody_follows_themselves(susan):
    with pytest.raises(NotAllowed):
        follows.follow(susan, susan)


@pytest.mark.parametrize("column", ["suspended_at", "deletion_at", "erased_at"])
def test_nobody_follows_who_is_hidden(susan, john, column):
    setattr(john, column, utc_now())

    with pytest.raises(NotAllowed):
        follows.follow(susan, john)


def test_lists_of_followers_are_newest_first(susan, john):
    maria = make_user("maria")
    make_follow(john, susan)
    make_follow(maria, susan)
    make_follow(susan, maria)

    followers = users.followers(susan, susan.id).items
    assert [person.username for person in followers] == ["maria", "john"]
    assert [person.is_followed for person in followers] == [True, False]
    following = users.following(None, susan.id).items
    assert [person.username for person in following] == ["maria"]


def test_suspended_people_are_nowhere(susan, john):
    make_follow(john, susan)
    john.suspended_at = utc_now()
    db.session.commit()

    assert users.followers(susan, susan.id).items == []
    with pytest.raises(users.NotFound):
        profiles.profile(susan, "john")
