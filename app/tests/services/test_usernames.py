"""Changing user names: each goes to one person, and stays theirs."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.extensions import db
from app.models import Email, User, Username
from app.models.base import utc_now
from app.services import accounts, signing_in, usernames, users
from app.services.errors import NotFound, Renamed, RenamedTooOften, UsernameTaken
from app.services.names import InvalidName
from app.tests.factories import PASSWORD, make_user
from app.tests.together import together


def rename(user: User, *names: str) -> None:
    for name in names:
        usernames.rename(user, name)
        db.session.commit()


def mails_to(user: User) -> list[tuple[str, dict]]:
    query = select(Email.kind, Email.details).where(Email.user_id == user.id).order_by(Email.id)
    return [tuple(row) for row in db.session.execute(query)]


def test_somebody_takes_another_name_and_hears_of_it(susan):
    rename(susan, "wren")

    assert users.find("wren").id == susan.id
    assert mails_to(susan) == [("username_changed", {"old": "susan", "new": "wren"})]


def test_the_former_name_leads_on(susan):
    rename(susan, "wren", "Swift")

    for former in ("susan", "SUSAN", "wren"):
        with pytest.raises(Renamed) as caught:
            users.find(former)
        assert caught.value.username == "Swift"


def test_the_former_name_of_somebody_hidden_leads_nowhere(susan):
    rename(susan, "wren")
    susan.suspended_at = utc_now()
    db.session.commit()

    with pytest.raises(NotFound) as caught:
        users.find("susan")
    assert not isinstance(caught.value, Renamed)


def test_nobody_else_gets_a_former_name(susan, john):
    rename(susan, "wren")

    with pytest.raises(UsernameTaken):
        usernames.rename(john, "Susan")
    with pytest.raises(UsernameTaken):
        accounts.register("susan", "new@mail.example", PASSWORD)


def test_a_former_name_may_be_had_back(susan):
    rename(susan, "wren", "susan")

    assert users.find("susan").id == susan.id
    with pytest.raises(Renamed):
        users.find("wren")


def test_letter_case_may_change_alone(susan):
    rename(susan, "Susan")

    assert users.find("susan").username == "Susan"


def test_the_same_name_is_no_change(susan):
    rename(susan, "susan")

    assert mails_to(susan) == []


def test_a_name_that_is_taken_comes_with_others_that_are_free(susan, john):
    with pytest.raises(UsernameTaken) as caught:
        usernames.rename(susan, "John")

    assert "John_" in caught.value.free


@pytest.mark.parametrize("name", ["", "a", "x" * 31, "admin", "adm1n", "wrén", "wren\n", "@wren"])
def test_what_nobody_may_be_called_is_refused(susan, name):
    with pytest.raises(InvalidName):
        usernames.rename(susan, name)

    assert susan.username == "susan"


def test_three_new_names_in_thirty_days_are_enough(susan):
    rename(susan, "wren", "swift", "heron")

    with pytest.raises(RenamedTooOften) as caught:
        usernames.rename(susan, "robin")
    days = (caught.value.again_at - utc_now()) / timedelta(days=1)
    assert 29.9 < days <= 30


def test_former_names_and_letter_case_do_not_count(susan):
    rename(susan, "wren", "swift", "heron", "susan", "Wren", "wREN", "heron")

    assert susan.username == "heron"


def test_a_new_name_is_to_be_had_when_the_first_is_thirty_days_old(susan):
    rename(susan, "wren", "swift", "heron")

    with time_machine.travel(utc_now() + timedelta(days=29)), pytest.raises(RenamedTooOften):
        usernames.rename(susan, "robin")
    with time_machine.travel(utc_now() + timedelta(days=30, minutes=1)):
        rename(susan, "robin")
    assert susan.username == "robin"


def test_a_name_goes_to_one_of_many_who_want_it(app, owner):
    people = [make_user() for _ in range(10)]

    def take(user_id, name):
        with app.app_context():
            user = signing_in.find(user_id)
            usernames.rename(user, name)
            db.session.commit()

    wanted = ["Wren", "wren"] * 5
    outcomes = together(
        [
            lambda id_=user.id, name=name: take(id_, name)
            for user, name in zip(people, wanted, strict=True)
        ]
    )

    assert Counter(map(type, outcomes)) == {type(None): 1, UsernameTaken: 9}
    count = select(func.count()).select_from(User).where(func.lower(User.username) == "wren")
    assert db.session.scalar(count) == 1


def test_somebody_who_hurries_takes_no_more_names_than_others(app, susan):
    susan_id = susan.id

    def take(name):
        with app.app_context():
            usernames.rename(signing_in.find(susan_id), name)
            db.session.commit()

    outcomes = together([lambda n=n: take(f"wren{n}") for n in range(10)])

    assert Counter(map(type, outcomes)) == {type(None): 3, RenamedTooOften: 7}
    taken = select(func.count()).select_from(Username).where(Username.user_id == susan_id)
    assert db.session.scalar(taken) == 1 + 3
