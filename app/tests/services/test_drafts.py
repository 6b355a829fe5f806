"""What was sent while its author was signed out: kept for them, and for a while."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app.extensions import db
from app.jobs.registry import TASKS
from app.models import Draft, Post, User, Visibility
from app.models.base import utc_now
from app.services import drafts, form_keys, jobs
from app.services.errors import NotFound, NotKept
from app.tests.factories import make_user


def texts() -> list[str]:
    found = sorted(draft.fields["body"] for draft in db.session.scalars(select(Draft)))
    db.session.commit()
    return found


def test_a_form_is_kept_once_as_the_same_browser_sent_it_last(susan):
    key = form_keys.make(susan.id)
    first = drafts.keep(key, {"body": "Soup"})

    assert drafts.keep(key, {"body": "Soup and bread"}, sent_here=[first]) == first
    assert texts() == ["Soup and bread"]


def test_what_another_browser_sends_replaces_nothing(susan):
    """Whoever has got hold of a key, before its member sends the form or after."""
    key = form_keys.make(susan.id)
    first = drafts.keep(key, {"body": "Soup"})
    second = drafts.keep(key, {"body": "Buy soup"})

    assert [drafts.keep(key, {"body": body}) for body in ("Soup", "Buy soup")] == [first, second]
    assert texts() == ["Buy soup", "Soup"]
    found = drafts.find(susan, second)
    assert form_keys.owner_of(found.form_key) == susan.id
    assert found.form_key != key


def test_nothing_is_driven_out(susan, john):
    first = [drafts.keep(form_keys.make(susan.id), {"body": str(n)}) for n in range(20)]
    with pytest.raises(NotKept):
        drafts.keep(form_keys.make(susan.id), {"body": "Soup"})

    assert set(db.session.scalars(select(Draft.id))) == set(first)
    assert drafts.keep(form_keys.make(john.id), {"body": "Soup"})


@pytest.mark.parametrize(("seconds", "is_kept"), [(-2, True), (2, False)])
def test_an_old_form_is_its_members_but_nothing_is_kept_of_it(susan, seconds, is_kept):
    key = form_keys.make(susan.id)
    with time_machine.travel(utc_now() + drafts.KEPT_FOR + timedelta(seconds=seconds), tick=False):
        assert form_keys.owner_of(key) == susan.id
        with nullcontext() if is_kept else pytest.raises(NotKept):
            assert drafts.keep(key, {"body": "Soup"})
        # Nor of what else was said in it.
        assert form_keys.owner_of(form_keys.variant(key, "Soup"), drafts.KEPT_FOR) == (
            susan.id if is_kept else None
        )


@pytest.mark.parametrize("place", [0, 12, 20, -1])
def test_no_part_of_a_key_can_be_changed(susan, place):
    key = form_keys.make(susan.id)
    changed = list(key)
    changed[place] = "1" if key[place] != "1" else "2"

    assert form_keys.owner_of("".join(changed)) is None


def test_the_longest_key_fits(susan):
    longest = form_keys.make(10**19 - 1)

    assert len(longest) <= Post.form_key.type.length
    assert form_keys.owner_of(longest) == 10**19 - 1


def test_the_newest_is_what_was_sent_last(susan, john):
    keys = [form_keys.make(susan.id) for _ in range(2)]
    ids = [drafts.keep(key, {"body": key}) for key in (*keys, keys[0])]

    assert drafts.newest(susan) == ids[0] == ids[2]
    assert drafts.newest(john) is None


@pytest.mark.parametrize("column", [User.suspended_at, User.erased_at])
def test_nothing_is_kept_for_who_is_gone(susan, column):
    db.session.execute(update(User).where(User.id == susan.id).values({column: utc_now()}))

    assert drafts.keep(form_keys.make(susan.id), {"body": "Soup"}) is None
    assert drafts.keep(form_keys.make(1), {"body": "Soup"}) is None
    assert texts() == []


def test_a_draft_is_its_authors_alone(susan, john):
    draft_id = drafts.keep(form_keys.make(susan.id), {"body": "Soup"})

    assert drafts.find(susan, draft_id).fields == {"body": "Soup"}
    assert drafts.owner_of(draft_id) == susan.id
    with pytest.raises(NotFound):
        drafts.find(john, draft_id)


@pytest.mark.parametrize(
    ("given", "visibility"),
    [
        ({}, Visibility.PUBLIC),
        ({"visibility": "members"}, Visibility.MEMBERS),
        ({"visibility": "all the world"}, Visibility.DIRECT),
    ],
)
def test_what_makes_no_sense_is_seen_by_nobody_else(given, visibility):
    assert drafts.writing_of(given, None).visibility is visibility


def test_old_drafts_are_thrown_away(susan, run_jobs):
    old = utc_now() - drafts.KEPT_FOR - timedelta(minutes=1)
    for author in (susan, make_user()):
        for age in (old, utc_now()):
            key = form_keys.make(author.id)
            row = Draft(user_id=author.id, form_key=key, fields={"body": "x"}, created_at=age)
            db.session.add(row)
    jobs.enqueue("sweep_drafts")
    assert TASKS["sweep_drafts"].every
    run_jobs()

    assert texts() == ["x", "x"]
