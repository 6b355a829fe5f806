"""Messages that many people write, read and delete in the same moment: every count is exact."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice

import pytest
from sqlalchemy import delete, func, select

from app.extensions import db
from app.models import (
    Block,
    Conversation,
    Credential,
    Message,
    Mute,
    Notification,
    NotificationKind,
    Participant,
    ParticipantState,
    User,
)
from app.services import blocks, conversations, form_keys, messages, mutes
from app.services.errors import UnknownPeople
from app.tests.factories import make_user
from app.tests.together import patiently, together, windows


def rows(query) -> list:
    """Return what is committed; the transaction ends, so that nobody waits for this test."""
    found = list(db.session.execute(query))
    db.session.commit()
    return found


def number_of(model, *conditions) -> int:
    [[number]] = rows(select(func.count()).select_from(model).where(*conditions))
    return number


def badge(user: User) -> int:
    [[count]] = rows(select(Credential.unread_messages).where(Credential.user_id == user.id))
    return count


def unread(user: User, conversation_id: int) -> int:
    query = select(Participant.unread_count).where(
        Participant.user_id == user.id, Participant.conversation_id == conversation_id
    )
    [[count]] = rows(query)
    return count


def begin(sender: User, names: str) -> int:
    conversation_id = conversations.begin(sender, names, "Hello")
    db.session.commit()
    return conversation_id


@pytest.fixture
def acting(app):
    """Return a function that makes of a call a job with a transaction of its own."""

    def make(act: Callable[..., object], *arguments: object) -> Callable[[], object]:
        def run() -> object:
            with app.app_context():
                result = act(*arguments)
                db.session.commit()
                return result

        return partial(patiently, run)

    return make


def audit() -> None:
    """Count all that is unread one by one, and compare."""
    unwanted = {tuple(row) for row in rows(select(Mute.muter_id, Mute.muted_id))}
    for one, other in rows(select(Block.blocker_id, Block.blocked_id)):
        unwanted |= {(one, other), (other, one)}
    said = rows(select(Message.conversation_id, Message.id, Message.sender_id, Message.deleted_at))
    expected: Counter[int] = Counter()
    for part in rows(select(Participant.__table__)):
        count = sum(
            conversation_id == part.conversation_id
            and id_ > max(part.read_id, part.cleared_id)
            and sender_id != part.user_id
            and deleted_at is None
            and (part.user_id, sender_id) not in unwanted
            for conversation_id, id_, sender_id, deleted_at in said
        )
        assert part.unread_count == count
        expected[part.user_id] += count > 0 and part.state is ParticipantState.ACCEPTED
    for user_id, counted in rows(select(Credential.user_id, Credential.unread_messages)):
        assert counted == expected[user_id]


def test_a_hundred_messages_to_one_group_at_once_all_count(susan, john, acting):
    senders = [make_user() for _ in range(10)]
    group = begin(susan, " ".join(["john", *(person.username for person in senders)]))

    outcomes = together(
        acting(messages.send, sender, group, "And?") for sender in islice(cycle(senders), 100)
    )

    assert {type(outcome) for outcome in outcomes} == {int}
    assert len(set(outcomes)) == 100
    assert (unread(susan, group), badge(susan)) == (100, 1)
    assert (unread(john, group), badge(john)) == (101, 1)
    of_john = Notification.user_id == john.id, Notification.kind == NotificationKind.MESSAGE
    assert number_of(Notification, *of_john) == 101
    audit()


def test_a_hundred_people_who_write_to_one_at_once_all_count(susan, acting):
    people = [make_user() for _ in range(100)]

    pairs = together(acting(conversations.begin, each, "susan", "Hello") for each in people)

    assert len(set(pairs)) == number_of(Conversation) == 100
    assert badge(susan) == 100

    assert (
        together(acting(messages.mark_read, susan, pair, 2**62) for pair in pairs) == [None] * 100
    )
    assert badge(susan) == 0

    together(
        acting(messages.send, person, pair, "And?")
        for person, pair in zip(people, pairs, strict=True)
    )
    assert badge(susan) == 100
    audit()


def test_two_who_begin_at_once_have_one_conversation(susan, john, acting):
    both = ((susan, "john"), (john, "susan"))

    outcomes = together(
        acting(conversations.begin, sender, name, "Hello")
        for sender, name in islice(cycle(both), 20)
    )

    assert len(set(outcomes)) == number_of(Conversation) == 1
    assert number_of(Participant) == 2
    assert number_of(Message) == 20
    audit()


@pytest.mark.parametrize("names", ["john", "john mary"])
def test_a_form_that_is_sent_twenty_times_at_once_is_one_message(susan, john, client_of, names):
    make_user("mary")
    form = {"to": names, "body": "Once", "key": form_keys.make(susan.id)}
    tabs = windows(client_of(susan), 20)

    outcomes = together(partial(tab.post, "/messages", form) for tab in tabs)

    assert {outcome.status_code for outcome in outcomes} == {303}
    assert len({outcome.location for outcome in outcomes}) == 1
    assert number_of(Conversation) == number_of(Message) == 1
    audit()


def test_groups_with_the_same_members_wait_for_each_other_in_one_order(susan, acting):
    people = [susan, *(make_user() for _ in range(4))]
    groups = [begin(susan, " ".join(each.username for each in people[1:])) for _ in range(5)]
    jobs = [acting(messages.send, sender, group, "And?") for sender in people for group in groups]

    assert {type(outcome) for outcome in together(jobs * 2)} == {int}
    audit()


def test_whatever_happens_at_once_the_counts_are_as_it_ends(susan, john, acting):
    mary = make_user("mary")
    group, pair = begin(susan, "john mary"), begin(susan, "john")
    said = [messages.send(susan, place, "Regret") for place in (group, pair) for _ in range(5)]
    places = [group] * 5 + [pair] * 5

    jobs = [
        *(acting(messages.delete, susan, *each) for each in zip(places, said, strict=True)),
        *(acting(messages.send, susan, place, "And?") for place in (group, pair) * 8),
        *(acting(messages.send, mary, group, "Yes") for _ in range(8)),
        *(acting(messages.mark_read, john, place, 2**62) for place in (group, pair) * 4),
        acting(mutes.mute, john, susan),
        acting(mutes.mute, mary, john),
        acting(conversations.clear, john, pair),
    ]

    outcomes = together(jobs)

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    audit()


@pytest.mark.parametrize("_round", range(5))
def test_who_blocks_in_the_moment_of_a_first_message_has_nothing_unread(
    susan, john, acting, _round
):
    begun, blocked = together(
        [acting(conversations.begin, susan, "john", "Hello"), acting(blocks.block, john, susan)]
    )

    # Whoever was first: afterwards there is nobody to write to.
    assert blocked is None
    assert isinstance(begun, int | UnknownPeople)

    assert badge(john) == 0
    audit()


def test_the_audit_notices(susan, john):
    begin(susan, "john")
    audit()
    db.session.execute(delete(Message))
    db.session.commit()

    with pytest.raises(AssertionError):
        audit()
