"""Following hashtags."""

from functools import partial

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Tag, TagFollow
from app.services import tag_follows
from app.services.errors import NotConfirmed, TagFollowsFull
from app.tests.factories import make_post
from app.tests.together import together, windows


def followed(user) -> list[str]:
    names = [row.name for row in tag_follows.listed(user)]
    db.session.commit()
    return names


def tags() -> list[str]:
    return sorted(db.session.scalars(select(Tag.name)))


def test_following_twice_is_following_once(susan, john):
    for name in ("soup", "bread", "soup"):
        tag_follows.follow(susan, name)

    assert followed(susan) == ["bread", "soup"]
    assert tag_follows.is_followed(susan, "soup")
    assert not tag_follows.is_followed(john, "soup")
    assert not tag_follows.is_followed(susan, "cake")


def test_a_tag_that_nobody_uses_is_there_as_long_as_it_is_followed(susan, john):
    make_post(john, "#soup")
    for user, name in ((susan, "soup"), (susan, "cake"), (susan, "bread"), (john, "bread")):
        tag_follows.follow(user, name)
    assert tags() == ["bread", "cake", "soup"]

    for name in ("soup", "cake", "bread", "nothing"):
        tag_follows.unfollow(susan, name)
    assert followed(susan) == []
    assert followed(john) == ["bread"]
    assert tags() == ["bread", "soup"]


def test_one_follows_only_so_many(susan, monkeypatch):
    monkeypatch.setattr(tag_follows, "MAX", 2)
    for name in ("soup", "bread", "soup"):
        tag_follows.follow(susan, name)

    with pytest.raises(TagFollowsFull):
        tag_follows.follow(susan, "cake")


def test_who_has_not_confirmed_an_address_follows_nothing(susan, monkeypatch):
    monkeypatch.setattr(tag_follows, "is_confirmed", lambda _actor: False)

    with pytest.raises(NotConfirmed):
        tag_follows.follow(susan, "soup")


def test_the_same_tag_at_once_is_followed_once(susan, client_of):
    browsers = windows(client_of(susan), 6)
    outcomes = together(partial(browser.htmx, "/tags/soup/follow") for browser in browsers)

    assert {outcome.status_code for outcome in outcomes} == {200}
    assert len(db.session.scalars(select(TagFollow.tag_id)).all()) == 1


def test_so_many_are_so_many_also_at_once(susan, client_of, monkeypatch):
    monkeypatch.setattr(tag_follows, "MAX", 3)
    browsers = windows(client_of(susan), 6)
    together(
        partial(browser.htmx, f"/tags/soup{number}/follow")
        for number, browser in enumerate(browsers)
    )

    assert len(followed(susan)) == 3
    assert len(tags()) == 3
