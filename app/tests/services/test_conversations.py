"""Conversations: whom one writes to, where that arrives, and how one leaves."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Block,
    Conversation,
    Credential,
    Follow,
    FollowState,
    Message,
    MessagesFrom,
    Mute,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.services import conversation_rows, conversations, message_recipients, messages
from app.services.errors import (
    NobodyNamed,
    NotAllowed,
    NotFound,
    TooManyPeople,
    UnknownPeople,
)
from app.tests.factories import make_follow, make_user


@pytest.fixture
def mary(owner):
    return make_user("mary")


def begin(sender: User, names: str, text: str = "Hello") -> int:
    conversation_id = conversations.begin(sender, names, text)
    db.session.commit()
    return conversation_id


def number_of(model) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


def badge(user: User) -> int:
    query = select(Credential.unread_messages).where(Credential.user_id == user.id)
    return db.session.scalars(query).one()


def lists_of(user: User) -> tuple[list[int], list[int]]:
    """Return the conversations in the inbox of a member, and those among the requests."""
    states = (ParticipantState.ACCEPTED, ParticipantState.REQUESTED)
    inbox, requests = (
        [row.id for row in conversation_rows.listed(user, state).items] for state in states
    )
    return inbox, requests


class TestNames:
    @pytest.mark.parametrize(
        "names", ["john mary", "john,mary", " @john ;\n@Mary,, JOHN susan", "mary john"]
    )
    def test_they_are_found_however_they_are_written(self, susan, john, mary, names):
        found = message_recipients.recipients(susan, names)

        assert {person.id for person in found} == {john.id, mary.id}
        assert len(found) == 2

    @pytest.mark.parametrize("names", ["", " , @", "susan", "@SUSAN susan"])
    def test_somebody_must_be_named(self, susan, names):
        with pytest.raises(NobodyNamed):
            message_recipients.recipients(susan, names)

    def test_all_of_them_must_be_there(self, susan, john):
        with pytest.raises(UnknownPeople) as caught:
            message_recipients.recipients(susan, "john Nobody ’x")

        assert caught.value.names == ("Nobody", "’x")

    def test_a_conversation_has_so_many_members(self, susan):
        names = [make_user().username for _ in range(Conversation.MAX_PARTICIPANTS)]

        assert len(message_recipients.recipients(susan, " ".join(names[1:]))) == 19
        with pytest.raises(TooManyPeople):
            message_recipients.recipients(susan, " ".join(names))

    @pytest.mark.parametrize("column", ["suspended_at", "deletion_at", "erased_at"])
    def test_who_is_hidden_is_not_there(self, susan, john, column):
        setattr(john, column, utc_now())
        db.session.commit()

        with pytest.raises(UnknownPeople):
            conversations.begin(susan, "john", "Hello")

    def test_nor_is_who_blocks_or_is_blocked(self, susan, john, mary):
        db.session.add(Block(blocker_id=john.id, blocked_id=susan.id))
        db.session.add(Block(blocker_id=susan.id, blocked_id=mary.id))
        db.session.commit()

        for name in ("john", "mary"):
            with pytest.raises(UnknownPeople):
                conversations.begin(susan, name, "Hello")
        with pytest.raises(UnknownPeople):
            conversations.begin(john, "susan", "Hello")
        assert number_of(Conversation) == 0


def test_two_people_have_one_conversation(susan, john):
    assert begin(susan, "john") == begin(susan, "john") == begin(john, "susan")
    assert number_of(Participant) == 2
    assert number_of(Message) == 3


def test_groups_are_new_each_time(susan, john, mary):
    assert begin(susan, "john mary") != begin(susan, "john mary")
    assert number_of(Participant) == 6


@pytest.mark.parametrize(
    ("chosen", "is_followed", "is_welcome"),
    [
        (MessagesFrom.EVERYONE, None, True),
        (MessagesFrom.FOLLOWED, FollowState.ACCEPTED, True),
        (MessagesFrom.FOLLOWED, FollowState.REQUESTED, False),
        (MessagesFrom.FOLLOWED, None, False),
        (MessagesFrom.NOBODY, FollowState.ACCEPTED, False),
        (MessagesFrom.NOBODY, None, False),
    ],
)
@pytest.mark.parametrize("names", ["john", "john mary"])
def test_members_choose_whose_messages_come_in(
    susan, john, mary, chosen, is_followed, is_welcome, names
):
    john.credential.messages_from = chosen
    if is_followed:
        db.session.add(Follow(follower_id=john.id, followed_id=susan.id, state=is_followed))
    # That susan follows them is not their choice.
    make_follow(susan, john)
    db.session.commit()

    conversation_id = begin(susan, names)

    expected = ([conversation_id], []) if is_welcome else ([], [conversation_id])
    assert lists_of(john) == expected
    assert badge(john) == is_welcome
    assert lists_of(susan) == ([conversation_id], [])


def test_who_was_written_to_may_answer_whatever_they_choose_later(susan, john):
    pair = begin(susan, "john")
    susan.credential.messages_from = MessagesFrom.NOBODY
    db.session.commit()

    begin(john, "susan")

    assert lists_of(susan) == ([pair], [])
    assert badge(susan) == 1


def test_lists_begin_with_what_was_said_last(susan, john, mary):
    of_john, of_mary, of_all = begin(john, "susan"), begin(mary, "susan"), begin(susan, "john mary")
    begin(john, "susan")

    assert lists_of(susan)[0] == [of_john, of_all, of_mary]


def test_a_member_of_a_group_who_mutes_whoever_began_it_is_spared(susan, john, mary):
    db.session.add(Mute(muter_id=john.id, muted_id=susan.id))
    group = begin(susan, "john mary")

    assert lists_of(john) == ([], [])
    messages.send(mary, group, "Hello")
    assert lists_of(john) == ([group], [])


class TestLeaving:
    def test_who_leaves_reads_and_hears_no_more(self, susan, john, mary):
        group = begin(susan, "john mary")
        conversations.leave(john, group)
        messages.send(susan, group, "Is he gone?")

        assert badge(john) == 0
        assert lists_of(john) == ([], [])
        with pytest.raises(NotFound):
            conversation_rows.one(john, group)
        members = conversation_rows.members(susan, [group])[group]
        assert [row.username for row in members] == ["mary"]

    def test_the_last_one_takes_it_along(self, susan, john, mary):
        group = begin(susan, "john mary")
        for person in (susan, john, mary):
            assert number_of(Conversation) == 1
            conversations.leave(person, group)

        assert number_of(Conversation) == number_of(Message) == 0

    def test_a_pair_is_not_left_and_a_group_not_cleared(self, susan, john, mary):
        with pytest.raises(NotAllowed):
            conversations.leave(susan, begin(susan, "john"))
        with pytest.raises(NotAllowed):
            conversations.clear(susan, begin(susan, "john mary"))


def test_clearing_is_for_oneself_and_until_the_next_message(susan, john):
    pair = begin(susan, "john")
    conversations.clear(john, pair)

    assert badge(john) == 0
    assert lists_of(john) == ([], [])
    assert lists_of(susan) == ([pair], [])
    begin(susan, "john", "Again")
    assert badge(john) == 1
    assert lists_of(john) == ([pair], [])
