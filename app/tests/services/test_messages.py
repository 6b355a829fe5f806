"""Private messages: what is unread, for whom, and what stays of what was said."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Block,
    Conversation,
    Credential,
    Mention,
    Message,
    MessagesFrom,
    Mute,
    Notification,
    NotificationGroup,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.services import (
    conversation_rows,
    conversations,
    message_recounts,
    message_rows,
    messages,
    suspensions,
)
from app.services.errors import (
    FormUsed,
    NotAllowed,
    NotConfirmed,
    NotFound,
    TextMissing,
    TextTooLong,
)
from app.services.text import InvalidText
from app.tests.factories import make_user


@pytest.fixture
def mary(owner):
    return make_user("mary")


@pytest.fixture
def pair(susan, john) -> int:
    """Return the conversation of susan and john, which susan has begun."""
    return begin(susan, "john", "Soup?")


@pytest.fixture
def group(susan, john, mary) -> int:
    return begin(susan, "john mary", "Soup for all?")


def begin(sender: User, names: str, text: str = "Hello") -> int:
    conversation_id = conversations.begin(sender, names, text)
    db.session.commit()
    return conversation_id


def send(sender: User, conversation_id: int, text: str = "And?", **given) -> int:
    message_id = messages.send(sender, conversation_id, text, **given)
    db.session.commit()
    return message_id


def block(one: User, other: User) -> None:
    db.session.add(Block(blocker_id=one.id, blocked_id=other.id))
    db.session.flush()
    message_recounts.recount(one.id, [other.id])
    message_recounts.recount(other.id, [one.id])
    db.session.commit()


def mute(one: User, other: User, **columns) -> None:
    db.session.add(Mute(muter_id=one.id, muted_id=other.id, **columns))
    db.session.flush()
    message_recounts.recount(one.id, [other.id])
    db.session.commit()


def unmute(one: User, other: User) -> None:
    db.session.execute(Mute.__table__.delete())
    message_recounts.recount(one.id, [other.id])
    db.session.commit()


def unread(user: User, conversation_id: int) -> tuple[int, int]:
    """Return how many messages of a conversation are unread, and how many conversations are."""
    query = (
        select(Participant.unread_count, Credential.unread_messages)
        .join(Credential, Credential.user_id == Participant.user_id)
        .where(Participant.user_id == user.id, Participant.conversation_id == conversation_id)
    )
    return tuple(*db.session.execute(query))


def badge(user: User) -> int:
    query = select(Credential.unread_messages).where(Credential.user_id == user.id)
    return db.session.scalars(query).one()


def told(user: User) -> int:
    query = select(func.count(Notification.id)).where(Notification.user_id == user.id)
    return db.session.scalars(query).one()


def texts(user: User, conversation_id: int) -> list[str]:
    return [row.html for row in message_rows.page(user, conversation_id).items]


def inbox(user: User) -> list[int]:
    return [row.id for row in conversation_rows.listed(user, ParticipantState.ACCEPTED).items]


def test_what_others_write_is_unread_and_told(susan, john, pair):
    assert unread(john, pair) == (1, 1)
    assert unread(susan, pair) == (0, 0)

    send(susan, pair)

    assert unread(john, pair) == (2, 1)
    assert told(john) == 2
    assert texts(john, pair) == ["<p>Soup?</p>", "<p>And?</p>"]


def test_answering_reads(susan, john, pair):
    send(john, pair)

    assert unread(john, pair) == (0, 0)
    assert unread(susan, pair) == (1, 1)


def test_reading_goes_as_far_as_is_said(susan, john, pair):
    second, third = send(susan, pair), send(susan, pair)

    messages.mark_read(john, pair, second)
    assert unread(john, pair) == (1, 1)

    messages.mark_read(john, pair, third)
    assert unread(john, pair) == (0, 0)

    # Told late.
    messages.mark_read(john, pair, second)
    assert unread(john, pair) == (0, 0)


def test_what_is_not_written_yet_is_not_read(susan, john, pair):
    messages.mark_read(john, pair, 2**62)
    send(susan, pair)

    assert unread(john, pair) == (1, 1)


def test_naming_somebody_adds_nobody_and_tells_nobody(susan, john, mary, pair):
    send(susan, pair, "Ask @mary about https://kitchen.example #soup")

    assert 'href="/@mary"' in texts(john, pair)[-1]
    assert told(mary) == 0
    assert db.session.scalars(select(func.count(Mention.post_id))).one() == 0
    with pytest.raises(NotFound):
        conversation_rows.one(mary, pair)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", TextMissing), (" \u200b\n", TextMissing), ("x" * 2001, TextTooLong), ("\0", InvalidText)],
)
def test_a_text_is_one_that_can_be_shown(susan, pair, text, problem):
    with pytest.raises(problem):
        messages.send(susan, pair, text)


def test_a_text_is_counted_as_its_readers_do(susan, john, pair):
    family = "👩\u200d👩\u200d👧\u200d👦"

    send(susan, pair, family * Message.MAX_LENGTH)

    assert family in texts(john, pair)[-1]


def test_markup_is_text(susan, john, pair):
    send(susan, pair, "<b>soup</b>")

    assert texts(john, pair)[-1] == "<p>&lt;b&gt;soup&lt;/b&gt;</p>"


def test_who_has_not_confirmed_an_address_writes_nothing(make_app, susan, john, pair):
    susan.credential.email_confirmed_at = None
    db.session.commit()
    with make_app(REQUIRE_CONFIRMED_EMAIL=True).app_context():
        with pytest.raises(NotConfirmed):
            messages.send(susan, pair, "Hello")
        with pytest.raises(NotConfirmed):
            conversations.begin(susan, "john", "Hello")


def test_a_form_that_is_sent_twice_is_one_message(susan, john, pair):
    first = send(susan, pair, "Once", form_key="key")

    assert send(susan, pair, "Once ", form_key="key") == first
    assert unread(john, pair) == (2, 1)
    with pytest.raises(FormUsed):
        messages.send(susan, pair, "Twice", form_key="key")


def test_a_form_belongs_to_one_conversation(susan, pair, group):
    send(susan, pair, "Once", form_key="key")

    with pytest.raises(FormUsed):
        messages.send(susan, group, "Once", form_key="key")


def test_messages_are_in_order_whatever_the_clocks_say(susan, john, pair):
    ahead = 2**62
    db.session.execute(Conversation.__table__.update().values(last_message_id=ahead))

    assert send(john, pair) == ahead + 1


class TestDeleting:
    def test_a_deleted_message_leaves_its_place(self, susan, john, pair):
        message_id = send(susan, pair, "Regret")

        messages.delete(susan, pair, message_id)
        messages.delete(susan, pair, message_id)

        assert texts(john, pair) == ["<p>Soup?</p>", ""]
        assert unread(john, pair) == (1, 1)
        assert told(john) == 1
        assert conversation_rows.one(john, pair).deleted_at is not None

    def test_the_last_that_is_unread_takes_the_badge_along(self, susan, john, pair):
        [message_id] = db.session.scalars(select(Message.id))

        messages.delete(susan, pair, message_id)

        assert unread(john, pair) == (0, 0)
        assert told(john) == 0

    def test_what_was_read_counts_for_nothing(self, susan, john, pair):
        read = send(susan, pair)
        messages.mark_read(john, pair, read)
        send(susan, pair)

        messages.delete(susan, pair, read)

        assert unread(john, pair) == (1, 1)

    def test_nobody_deletes_what_others_wrote(self, susan, john, mary, pair, group):
        message_id = send(susan, pair, "Mine")

        for actor, place in ((john, pair), (mary, pair), (susan, group)):
            with pytest.raises(NotFound):
                messages.delete(actor, place, message_id)
        assert texts(john, pair)[-1] == "<p>Mine</p>"


class TestBlocks:
    def test_between_two_nothing_is_said_any_more(self, susan, john, pair):
        block(john, susan)

        for person in (susan, john):
            for act in (
                lambda p: messages.send(p, pair, "Hello"),
                lambda p: messages.mark_read(p, pair, 2**62),
                lambda p: conversation_rows.one(p, pair),
                lambda p: message_rows.news(p, pair, 1),
                lambda p: conversations.accept(p, pair),
                lambda p: conversations.clear(p, pair),
            ):
                with pytest.raises(NotFound):
                    act(person)
            assert inbox(person) == []
        assert badge(john) == 0

    def test_in_a_group_neither_reads_the_other(self, susan, john, mary, group):
        block(john, susan)
        send(mary, group, "By mary")
        send(susan, group, "By susan")

        assert texts(john, group) == ["<p>By mary</p>"]
        assert unread(john, group) == (1, 1)
        assert unread(mary, group) == (1, 1)
        assert told(john) == 2
        assert conversation_rows.one(john, group).text == "By mary"
        assert {row.username for row in conversation_rows.members(john, [group])[group]} == {"mary"}

    def test_what_was_unread_no_longer_is_and_comes_back(self, susan, john, mary, group):
        send(susan, group)
        send(mary, group)
        assert unread(john, group) == (3, 1)

        block(susan, john)
        assert unread(john, group) == (1, 1)

        db.session.execute(Block.__table__.delete())
        message_recounts.recount(john.id, [susan.id])
        assert unread(john, group) == (3, 1)

    def test_a_block_counts_in_groups_that_one_has_left(self, susan, john, group):
        conversations.leave(susan, group)
        block(john, susan)

        assert unread(john, group) == (0, 0)


class TestMutes:
    def test_a_muted_member_is_read_when_asked_for(self, susan, john, pair):
        mute(john, susan)
        send(susan, pair, "Again")

        assert unread(john, pair) == (0, 0)
        assert told(john) == 1
        assert inbox(john) == []
        assert texts(john, pair)[-1] == "<p>Again</p>"
        assert inbox(susan) == [pair]

    def test_in_a_group_they_move_nothing_up(self, susan, john, mary, group):
        mute(john, susan)
        said = send(mary, group, "By mary")
        send(susan, group, "By susan")

        assert unread(john, group) == (1, 1)
        assert conversation_rows.one(john, group).key == said
        assert texts(john, group)[-1] == "<p>By susan</p>"

    def test_a_mute_that_ends_brings_back_what_is_unread(self, susan, john, pair):
        mute(john, susan)
        send(susan, pair)
        unmute(john, susan)

        assert unread(john, pair) == (2, 1)
        assert inbox(john) == [pair]

    def test_a_mute_that_has_run_out_mutes_nothing(self, susan, john, pair):
        mute(john, susan, expires_at=utc_now() - timedelta(seconds=1))
        send(susan, pair)

        assert unread(john, pair) == (2, 1)
        assert inbox(john) == [pair]


def test_who_is_hidden_says_nothing(susan, john, mary, pair, group, run_jobs):
    send(mary, group)
    suspensions.suspend(susan)
    run_jobs()

    assert inbox(john) == [group]
    assert texts(john, group) == ["<p>And?</p>"]
    assert unread(john, group) == (1, 1)
    with pytest.raises(NotFound):
        messages.send(john, pair, "Hello")

    suspensions.lift(susan)
    run_jobs()
    assert unread(john, group) == (2, 2)
    assert unread(john, pair) == (1, 2)


class TestRequests:
    @pytest.fixture(autouse=True)
    def _choose(self, john):
        john.credential.messages_from = MessagesFrom.NOBODY
        db.session.commit()

    def test_a_request_counts_and_tells_nothing(self, susan, john, pair):
        send(susan, pair)

        assert unread(john, pair) == (2, 0)
        assert told(john) == 0
        assert inbox(john) == []
        assert conversation_rows.requests_count(john) == 1

    def test_accepting_lets_it_count(self, susan, john, pair):
        conversations.accept(john, pair)
        conversations.accept(john, pair)

        assert unread(john, pair) == (1, 1)
        assert inbox(john) == [pair]
        assert conversation_rows.requests_count(john) == 0
        send(susan, pair)
        assert unread(john, pair) == (2, 1)

    def test_answering_accepts(self, susan, john, pair):
        send(john, pair)

        assert unread(john, pair) == (0, 0)
        assert inbox(john) == [pair]

    def test_a_request_that_is_cleared_is_gone_until_the_next(self, susan, john, pair):
        conversations.clear(john, pair)

        assert conversation_rows.requests_count(john) == 0
        send(susan, pair, "Please")
        assert conversation_rows.requests_count(john) == 1
        assert texts(john, pair) == ["<p>Please</p>"]

    def test_a_group_is_a_request_for_who_wants_it_so(self, susan, john, mary, group):
        assert conversation_rows.requests_count(john) == 1
        assert unread(john, group) == (1, 0)
        assert unread(mary, group) == (1, 1)


class TestErasing:
    def test_nothing_is_left_of_what_somebody_wrote(self, susan, john, pair, group):
        while conversations.erase(susan.id):
            pass

        assert set(db.session.scalars(select(Message.text))) == {""}
        assert unread(john, pair) == (0, 0)
        assert unread(john, group) == (0, 0)
        assert told(john) == 0
        left = select(func.count(Participant.user_id)).where(Participant.user_id == susan.id)
        assert db.session.scalars(left).one() == 0
        with pytest.raises(NotAllowed):
            messages.send(john, pair, "Hello")

    def test_a_conversation_goes_with_the_last_of_its_members(self, susan, john, pair):
        conversations.erase(susan.id)
        conversations.erase(john.id)

        assert list(db.session.scalars(select(Conversation.id))) == []
        assert list(db.session.scalars(select(Message.id))) == []

    def test_it_takes_many_small_steps(self, susan, john, pair, monkeypatch):
        for module in (messages, conversations):
            monkeypatch.setattr(module, "BATCH", 1)
        send(susan, pair)

        assert conversations.erase(susan.id)
        assert texts(john, pair).count("") == 1


def test_many_conversations_are_recounted_a_few_at_a_time(susan, john, mary, monkeypatch):
    monkeypatch.setattr(message_recounts, "BATCH", 2)
    for names in ("john", "mary", "john mary"):
        begin(susan, names)

    after = message_recounts.recount_with(susan.id, 0)
    after = message_recounts.recount_with(susan.id, after)

    assert message_recounts.recount_with(susan.id, after) is None


class TestPages:
    @pytest.fixture
    def ids(self, make_app, susan, pair) -> list[int]:
        return [*db.session.scalars(select(Message.id)), *(send(susan, pair) for _ in range(6))]

    @pytest.fixture
    def read(self, make_app, john, pair, ids):
        with make_app(PAGE_SIZE=3).app_context():

            def read(**cursor):
                page = message_rows.page(john, pair, **cursor)
                return [ids.index(row.id) for row in page.items], page.earlier, page.later

            yield read

    def test_one_begins_at_the_newest(self, read, ids):
        assert read() == ([4, 5, 6], ids[4], None)

    def test_one_goes_back_to_the_beginning(self, read, ids):
        assert read(before=ids[4]) == ([1, 2, 3], ids[1], ids[3])
        assert read(before=ids[1]) == ([0], None, ids[0])
        assert read(before=ids[0]) == ([], None, ids[0] - 1)

    def test_and_forth_again(self, read, ids):
        assert read(after=ids[0]) == ([1, 2, 3], ids[1], ids[3])
        assert read(after=ids[3]) == ([4, 5, 6], ids[4], None)
        assert read(after=ids[6]) == ([], ids[6] + 1, None)

    def test_what_was_cleared_is_not_there(self, john, pair, ids, read):
        conversations.clear(john, pair)

        assert read() == ([], None, None)
        assert read(after=1) == ([], 2, None)


def test_news_are_what_came_after(susan, john, mary, pair):
    [first] = db.session.scalars(select(Message.id))
    assert message_rows.news(john, pair, first) == (None, [])

    second = send(susan, pair)

    above, items = message_rows.news(john, pair, first)
    assert above.id == first
    assert [row.id for row in items] == [second]
    with pytest.raises(NotFound):
        message_rows.news(mary, pair, first)


def test_who_leaves_or_clears_is_told_of_it_no_longer(susan, john, mary, group, pair):
    assert (told(john), told(mary)) == (2, 1)

    conversations.leave(john, group)
    assert (told(john), told(mary)) == (1, 1)

    conversations.clear(john, pair)
    assert told(john) == 0
    send(susan, pair)
    assert told(john) == 1


def test_with_a_conversation_goes_what_members_were_told_of_it(susan, john, mary, group):
    for member in (john, mary, susan):
        conversations.leave(member, group)

    assert list(db.session.scalars(select(Notification.id))) == []
    assert list(db.session.scalars(select(NotificationGroup.id))) == []
