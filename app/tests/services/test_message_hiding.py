"""Private messages of people who are hidden, muted or gone meanwhile: nothing is lost over that."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.jobs import messages as message_jobs
from app.models import (
    Credential,
    Message,
    MessagesFrom,
    Mute,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.services import (
    blocks,
    conversation_rows,
    conversations,
    deletions,
    message_recounts,
    messages,
    mutes,
    suspensions,
)
from app.services.errors import FormUsed, NotFound
from app.tests.factories import make_follow, make_user


@pytest.fixture
def mary(owner):
    return make_user("mary")


@pytest.fixture
def group(susan, john, mary) -> int:
    """Return a conversation of three, in which susan has written."""
    return begin(susan, "john mary")


def begin(sender: User, names: str, text: str = "Hello", **given) -> int:
    conversation_id = conversations.begin(sender, names, text, **given)
    db.session.commit()
    return conversation_id


def do(act, *arguments) -> None:
    act(*arguments)
    db.session.commit()


def unread(user: User, conversation_id: int) -> tuple[int, int]:
    """Return how many messages of a conversation are unread, and how many conversations are."""
    query = (
        select(Participant.unread_count, Credential.unread_messages)
        .join(Credential, Credential.user_id == Participant.user_id)
        .where(Participant.user_id == user.id, Participant.conversation_id == conversation_id)
    )
    return tuple(*db.session.execute(query))


def listed(user: User, state: ParticipantState = ParticipantState.ACCEPTED) -> list[int]:
    return [row.id for row in conversation_rows.listed(user, state).items]


def requests(user: User) -> list[int]:
    return listed(user, ParticipantState.REQUESTED)


class TestOfThoseWhoHaveLeft:
    """Their words are still in the group."""

    def test_unmuting_brings_them_back(self, susan, john, group):
        do(mutes.mute, john, susan)
        assert listed(john) == []
        do(conversations.leave, susan, group)
        do(mutes.unmute, john, susan)

        assert listed(john) == [group]
        assert unread(john, group) == (1, 1)

    def test_unblocking_brings_them_back_also_if_they_were_read(self, susan, john, group):
        do(messages.mark_read, john, group, 2**62)
        do(blocks.block, john, susan)
        assert listed(john) == []
        do(conversations.leave, susan, group)
        do(blocks.unblock, john, susan)

        assert listed(john) == [group]

    def test_a_suspension_hides_them_until_it_is_lifted(self, susan, john, group, run_jobs):
        do(conversations.leave, susan, group)
        do(suspensions.suspend, susan)
        run_jobs()
        assert unread(john, group) == (0, 0)
        assert listed(john) == []

        do(suspensions.lift, susan)
        run_jobs()
        assert unread(john, group) == (1, 1)
        assert listed(john) == [group]


def test_a_suspension_that_is_lifted_while_it_is_counted(susan, run_jobs, monkeypatch):
    """The job has just counted for some of the others, and would not go back to them."""
    people = [make_user() for _ in range(3)]
    pairs = [begin(susan, person.username) for person in people]
    monkeypatch.setattr(message_recounts, "BATCH", 1)
    do(suspensions.suspend, susan)
    commit, lifted = message_jobs.commit, []

    def commit_and_lift(database) -> None:
        commit(database)
        if not lifted:
            lifted.append(susan.id)
            suspensions.lift(db.session.get_one(User, susan.id))
            commit(database)

    monkeypatch.setattr(message_jobs, "commit", commit_and_lift)
    run_jobs()

    assert lifted
    for person, pair in zip(people, pairs, strict=True):
        assert unread(person, pair) == (1, 1)
        assert listed(person) == [pair]


class TestOnesOwnWords:
    def test_they_stay_listed_over_a_suspension(self, susan, mary, john, run_jobs):
        group = begin(susan, "mary john")
        do(mutes.mute, susan, john)
        do(suspensions.suspend, susan)
        run_jobs()
        over = utc_now() - timedelta(seconds=1)
        db.session.execute(update(Mute).values(expires_at=over))
        do(mutes.sweep)
        do(suspensions.lift, susan)
        run_jobs()

        assert listed(susan) == [group]

    def test_they_stay_listed_over_a_deletion_that_is_called_off(self, susan, john, mary, run_jobs):
        group = begin(susan, "mary john")
        do(messages.send, mary, group, "By mary")
        do(messages.send, susan, group, "By susan")
        newest = conversation_rows.one(susan, group).key
        do(deletions.schedule, susan)
        do(mutes.mute, susan, john)
        db.session.execute(update(User).where(User.id == susan.id).values(deletion_at=None))
        do(message_recounts.recount_later, susan.id)
        run_jobs()

        assert conversation_rows.one(susan, group).key == newest

    @pytest.mark.parametrize("is_blocked", [True, False])
    def test_they_can_be_deleted_also_out_of_sight(self, susan, john, is_blocked):
        pair = begin(susan, "john")
        [message_id] = db.session.scalars(select(Message.id))
        do(*((blocks.block, john, susan) if is_blocked else (suspensions.suspend, john)))

        do(messages.delete, susan, pair, message_id)

        assert list(db.session.scalars(select(Message.text))) == [""]
        with pytest.raises(NotFound):
            messages.delete(make_user(), pair, message_id)


class TestAFormThatIsSentToOthers:
    def test_it_is_refused_and_goes_to_them_as_a_new_one(self, susan, john, mary):
        begin(susan, "john", "Hello", form_key="key")

        for names in ("mary", "john mary"):
            with pytest.raises(FormUsed):
                conversations.begin(susan, names, "Hello", form_key="key")
        db.session.rollback()
        assert listed(mary) == []

    @pytest.mark.parametrize("names", ["john", "john mary"])
    def test_to_the_same_people_it_is_one(self, susan, john, mary, names):
        first = begin(susan, names, form_key="key")

        again = " ".join(f"@{name.upper()}" for name in reversed(names.split()))
        assert begin(susan, f"{again}, susan", form_key="key") == first
        assert len(db.session.scalars(select(Message.id)).all()) == 1


class TestWhereItArrivesLater:
    """Whom a member wants messages of is asked again when a conversation is new to them again."""

    @pytest.fixture
    def pair(self, susan, john) -> int:
        pair = begin(susan, "john")
        choose(john, MessagesFrom.NOBODY)
        return pair

    def test_who_has_let_them_in_stays_with_it(self, susan, john, pair):
        do(messages.send, susan, pair, "And?")

        assert listed(john) == [pair]

    @pytest.mark.parametrize("has_written", [True, False])
    def test_what_was_cleared_begins_anew(self, susan, john, pair, has_written):
        if has_written:
            do(messages.send, john, pair, "Hello")
        do(conversations.clear, john, pair)
        do(messages.send, susan, pair, "And?")

        assert (listed(john), requests(john)) == ([], [pair])
        assert unread(john, pair) == (1, 0)

    def test_also_for_who_lets_in_more_now(self, susan, john, pair):
        do(conversations.clear, john, pair)
        do(messages.send, susan, pair, "And?")
        do(conversations.clear, john, pair)
        choose(john, MessagesFrom.FOLLOWED)
        make_follow(john, susan)
        do(messages.send, susan, pair, "And?")

        assert (listed(john), requests(john)) == ([pair], [])
        assert unread(john, pair) == (1, 1)

    def test_a_stranger_who_was_blocked_is_one_again(self, susan, john, pair):
        do(blocks.block, john, susan)
        do(blocks.unblock, john, susan)
        do(messages.send, susan, pair, "And?")

        assert (listed(john), requests(john)) == ([], [pair])
        assert unread(john, pair) == (2, 0)
        assert listed(susan) == [pair]

    def test_who_has_answered_them_stays_with_it(self, susan, john, pair):
        do(messages.send, john, pair, "Hello")
        do(blocks.block, susan, john)
        do(blocks.unblock, susan, john)
        do(messages.send, susan, pair, "And?")

        assert listed(john) == [pair]

    def test_a_request_that_was_accepted_stays_so(self, susan, john):
        choose(john, MessagesFrom.NOBODY)
        pair = begin(susan, "john")
        do(conversations.accept, john, pair)
        do(messages.send, susan, pair, "And?")

        assert listed(john) == [pair]

    def test_in_a_group_nobody_is_asked_again(self, susan, john, mary, group):
        choose(john, MessagesFrom.NOBODY)
        do(mutes.mute, john, susan)
        do(messages.send, mary, group, "By mary")

        assert listed(john) == [group]


def choose(user: User, choice: MessagesFrom) -> None:
    chosen = update(Credential).where(Credential.user_id == user.id).values(messages_from=choice)
    do(db.session.execute, chosen)
