"""Whom members may want to follow."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import Follow, FollowState, Job, PopularPerson, Suggestion, UserSession
from app.models.base import utc_now
from app.services import (
    acquaintances,
    deletions,
    jobs,
    sessions,
    suggestions,
    suspensions,
)
from app.services.acquaintances import PARTS
from app.services.suggestions import Found
from app.tests.factories import make_follow, make_post, make_user


@pytest.fixture
def town(owner, susan, john):
    """Let susan follow john and mary; they follow okapi, and john wren. These two write."""
    people = {name: make_user(name) for name in ("mary", "okapi", "wren")}
    for follower, followed in (
        (susan, john), (susan, people["mary"]), (john, people["okapi"]), (john, people["wren"]),
        (people["mary"], people["okapi"]), (people["mary"], susan), (people["mary"], john),
    ):  # fmt: skip
        make_follow(follower, followed)
    for name in ("okapi", "wren"):
        make_post(people[name])
    return people


def found_for(user) -> None:
    suggestions.store({user.id: acquaintances.find(user.id)})
    db.session.commit()


def names(viewer, limit=20) -> list[str]:
    found = [row.person.username for row in suggestions.listed(viewer, limit)]
    db.session.commit()
    return found


def test_first_come_those_whom_most_of_the_followed_follow(susan, town):
    okapi, wren = town["okapi"], town["wren"]

    assert acquaintances.find(susan.id) == [Found(okapi.id, 2), Found(wren.id, 1)]
    found_for(susan)
    rows = suggestions.listed(susan, 2)
    assert [(row.person.username, row.common_count) for row in rows] == [("okapi", 2), ("wren", 1)]


def test_then_those_whom_many_follow_then_those_who_came_last(susan, john, owner, town):
    make_post(owner)
    found_for(susan)
    suggestions.store_popular(acquaintances.find_popular())
    make_user("newest")

    assert names(susan) == ["okapi", "wren", "owner_of_all", "newest"]
    assert names(susan, limit=1) == ["okapi"]


def test_on_a_new_site_people_see_each_other_at_once(susan, john):
    assert names(susan) == ["john", "owner_of_all"]


@pytest.fixture
def large_site(monkeypatch):
    """Let one person be many; the statement that says so is made anew, and so is the next."""
    monkeypatch.setattr(suggestions, "FEW", 1)
    suggestions._listed.cache_clear()
    yield
    suggestions._listed.cache_clear()


@pytest.mark.usefixtures("large_site")
def test_on_a_large_site_who_just_came_is_suggested_to_nobody(susan, john):
    make_post(john)
    wren = make_user("wren")
    suggestions.store_popular([john.id, wren.id])

    assert names(susan) == ["john", "wren"]


def test_who_has_not_written_lately_is_not_found(susan, john, owner, town):
    make_follow(john, owner)
    make_post(owner, at=utc_now() - acquaintances.LATELY - timedelta(hours=1))

    assert owner.id not in [row.user_id for row in acquaintances.find(susan.id)]
    assert acquaintances.find_popular() == [town["okapi"].id, town["wren"].id]


@pytest.mark.parametrize("column", ["suspended_at", "deletion_at", "erased_at"])
def test_who_is_hidden_is_left_out_at_once(susan, town, column):
    found_for(susan)
    suggestions.store_popular(acquaintances.find_popular())
    setattr(town["okapi"], column, utc_now())
    db.session.commit()

    assert "okapi" not in names(susan)
    assert [row.user_id for row in acquaintances.find(susan.id)] == [town["wren"].id]
    assert acquaintances.find_popular() == [town["wren"].id]


@pytest.mark.parametrize("state", FollowState)
def test_so_is_whom_one_follows_or_has_asked(susan, town, state):
    found_for(susan)
    make_follow(susan, town["okapi"])
    db.session.execute(
        update(Follow).where(Follow.followed_id == town["okapi"].id).values(state=state)
    )
    db.session.commit()

    assert "okapi" not in names(susan)
    assert town["okapi"].id not in [row.user_id for row in acquaintances.find(susan.id)]


def test_following_somebody_soon_suggests_others(susan, john, town, run_jobs):
    run_jobs()
    okapi = town["okapi"]
    make_follow(okapi, town["wren"])
    make_follow(okapi, susan)
    make_post(john)
    waiting = select(Job.unique_key).where(Job.name == "suggest")

    assert db.session.scalars(waiting).all() == [f"suggest:{okapi.id}"]
    assert run_jobs() == 1
    assert {row.common_count for row in suggestions.listed(okapi, 1)} == {1}


def test_each_member_who_was_here_lately_has_a_turn(susan, john, town, run_jobs, monkeypatch):
    monkeypatch.setattr(acquaintances, "BATCH", 1)
    run_jobs()
    db.session.execute(Suggestion.__table__.delete())
    for user in (susan, town["mary"], john, john):
        sessions.start(user, remembered=True, ip="192.0.2.7", user_agent="")
    db.session.execute(
        update(UserSession)
        .where(UserSession.user_id == town["mary"].id)
        .values(last_seen_at=utc_now() - acquaintances.LATELY)
    )
    for part in range(PARTS):
        jobs.enqueue("suggest_to_part", part=part)
    jobs.enqueue("find_popular_people")
    jobs.enqueue("queue_suggestions")

    # One of them queued another one.
    assert run_jobs() == PARTS + 3
    have = select(Suggestion.user_id).distinct()
    assert set(db.session.scalars(have)) == {susan.id}
    assert len(db.session.scalars(select(PopularPerson.user_id)).all()) == 2


def test_what_is_the_same_as_before_is_not_written(susan, town, count_queries):
    found_for(susan)
    count_queries.clear()
    found_for(susan)

    assert not [text for text in count_queries if text.startswith("INSERT")]


def test_a_part_of_the_members_is_one_of_so_many(susan):
    sessions.start(susan, remembered=True, ip="192.0.2.7", user_agent="")
    found = [part for part in range(PARTS) if susan.id in acquaintances.members(part, after=0)]

    assert found == [susan.id % PARTS]
    assert acquaintances.members(found[0], after=susan.id) == []


def test_nothing_is_left_of_who_is_erased(susan, john, town):
    found_for(susan)
    suggestions.store_popular(acquaintances.find_popular())
    okapi = town["okapi"]
    make_follow(okapi, susan)
    found_for(okapi)
    assert not suggestions.erase(okapi.id)
    rows = db.session.execute(select(Suggestion.user_id, Suggestion.suggested_id))

    assert list(rows) == [(susan.id, town["wren"].id)]
    assert db.session.scalars(select(PopularPerson.user_id)).all() == [town["wren"].id]


def test_a_process_keeps_them_until_the_member_follows_somebody(
    susan, john, count_queries, monkeypatch
):
    monkeypatch.setattr(suggestions, "KEPT_FOR", 10**9)
    found = suggestions.kept(susan, 3)
    count_queries[:] = []
    assert suggestions.kept(susan, 3) == found
    assert [row.person.username for row in found] == ["john", "owner_of_all"]
    assert count_queries == []

    make_follow(susan, john)
    db.session.refresh(susan, ["following_count"])

    assert [row.person.username for row in suggestions.kept(susan, 3)] == ["owner_of_all"]
    assert len(suggestions.kept(john, 3)) == 2


@pytest.mark.parametrize("hide", [suspensions.suspend, deletions.schedule])
def test_and_until_somebody_is_hidden(susan, john, monkeypatch, hide):
    monkeypatch.setattr(suggestions, "KEPT_FOR", 10**9)
    assert "john" in [row.person.username for row in suggestions.kept(susan, 3)]

    hide(john)
    db.session.commit()

    assert "john" not in [row.person.username for row in suggestions.kept(susan, 3)]
