"""The page of notifications: what is shown as one, by whom, and what is left out."""

from datetime import timedelta

import pytest

from app.extensions import db, settings
from app.models import (
    Block,
    Conversation,
    Mute,
    NotificationKind,
    Participant,
    ParticipantState,
    ThreadMute,
    Visibility,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import follows, notification_rows, notifications, reactions, reposts
from app.services.notification_rows import Tab
from app.tests.factories import make_post, make_user


@pytest.fixture
def post(susan):
    return make_post(susan, "A post about soup.")


def listed(user, tab: Tab = Tab.ALL, before: int | None = None):
    return notification_rows.listed(user, tab, before).items


def kinds(user, tab: Tab = Tab.ALL) -> list[str]:
    return [row.kind.value for row in listed(user, tab)]


def names(row) -> list[str]:
    return [person.username for person in row.people]


def test_what_many_did_is_one_with_the_newest_first(susan, post):
    people = [make_user(f"member_{number}") for number in range(6)]
    for person in people:
        reactions.like(person, post.id)

    [row] = listed(susan)

    assert names(row) == ["member_5", "member_4", "member_3", "member_2"]
    assert (row.people_count, row.excerpt, row.target_id) == (6, "A post about soup.", post.id)
    assert (row.is_unread, row.is_about_reply) == (True, False)


def test_more_people_than_are_counted(susan, post, monkeypatch):
    monkeypatch.setattr(notification_rows, "MAX_COUNT", 3)
    notification_rows._people.cache_clear()
    for _ in range(5):
        reactions.like(make_user(), post.id)

    [row] = listed(susan)
    notification_rows._people.cache_clear()

    assert row.people_count == 4


def test_the_newest_is_at_the_top_wherever_it_began(susan, john, owner, post):
    other = make_post(susan)
    reactions.like(john, post.id)
    reposts.repost(john, other.id)
    reactions.like(owner, post.id)

    assert kinds(susan) == ["like", "repost"]


def test_tabs(susan, john, post):
    reactions.like(john, post.id)
    reposts.repost(john, post.id)
    follows.follow(john, susan)
    make_post(john, reply_to=post)
    make_post(john, "@susan?")

    assert kinds(susan) == ["mention", "reply", "follow", "repost", "like"]
    assert kinds(susan, Tab.MENTIONS) == ["mention", "reply"]
    assert kinds(susan, Tab.FOLLOWS) == ["follow"]
    assert kinds(susan, Tab.REACTIONS) == ["repost", "like"]
    assert kinds(john) == []


def test_pages_go_on_where_the_one_before_ended(susan, john):
    for number in range(settings.PAGE_SIZE + 2):
        make_post(john, f"@susan {number}")

    first = notification_rows.listed(susan)
    second = notification_rows.listed(susan, before=first.older)

    assert (len(first.items), first.is_first) == (settings.PAGE_SIZE, True)
    assert [row.excerpt for row in second.items] == ["@susan 1", "@susan 0"]
    assert (second.older, second.is_first) == (None, False)


def test_what_came_after_the_page_was_shown_stays_unread(susan, john, owner, post):
    reactions.like(john, post.id)
    follows.follow(john, susan)
    shown = new_id()
    reactions.like(owner, post.id)

    notifications.mark_all_read(susan, shown)

    assert [(row.kind.value, row.is_unread) for row in listed(susan)] == [
        ("like", True),
        ("follow", False),
    ]
    notifications.mark_all_read(susan, new_id())
    notifications.mark_all_read(susan, new_id())
    db.session.refresh(susan.credential)
    assert susan.credential.unread_notifications == 0
    assert not any(row.is_unread for row in listed(susan))


def test_nobody_marks_what_others_were_told(susan, john, post):
    reactions.like(john, post.id)

    notifications.mark_all_read(john, new_id())

    assert listed(susan)[0].is_unread


def test_a_warning_stands_for_the_post(susan, john):
    warned = make_post(susan, "The butler.", warning="Who did it")
    reactions.like(john, warned.id)

    assert listed(susan)[0].excerpt == "Who did it"


def test_a_post_that_is_seen_no_longer_is_no_news(susan, john, post):
    follows.follow(susan, john)
    make_post(john, reply_to=post, visibility=Visibility.FOLLOWERS)
    assert kinds(susan) == ["reply"]

    follows.unfollow(susan, john)
    assert kinds(susan) == []


class TestPeople:
    @pytest.fixture
    def liked(self, post, john, owner):
        reactions.like(john, post.id)
        reactions.like(owner, post.id)

    @pytest.mark.parametrize("is_blocker", [True, False])
    def test_who_is_blocked_is_not_there(self, liked, susan, john, is_blocker):
        pair = (susan.id, john.id) if is_blocker else (john.id, susan.id)
        db.session.add(Block(blocker_id=pair[0], blocked_id=pair[1]))
        db.session.flush()

        [row] = listed(susan)
        assert (names(row), row.people_count) == (["owner_of_all"], 1)

    @pytest.mark.parametrize(
        ("columns", "people"),
        [
            ({}, ["owner_of_all"]),
            ({"hides_notifications": False}, ["owner_of_all", "john"]),
            ({"expires_at": utc_now() - timedelta(1)}, ["owner_of_all", "john"]),
        ],
    )
    def test_who_is_muted_is_not_there_if_so_wanted(self, liked, susan, john, columns, people):
        db.session.add(Mute(muter_id=susan.id, muted_id=john.id, **columns))
        db.session.flush()

        [row] = listed(susan)
        assert (names(row), row.people_count) == (people, len(people))

    @pytest.mark.parametrize("column", ["suspended_at", "deletion_at"])
    def test_who_is_hidden_is_not_there(self, liked, susan, john, owner, column):
        for person in (john, owner):
            setattr(person, column, utc_now())
        db.session.flush()

        assert listed(susan) == []

    def test_nor_what_is_of_a_muted_conversation(self, liked, post, susan):
        mute = ThreadMute(user_id=susan.id, conversation_id=post.conversation_id)
        db.session.add(mute)
        db.session.flush()

        assert listed(susan) == []


class TestMessages:
    @pytest.fixture
    def place(self, susan, john):
        """Susan's place in a conversation, in which john has written twice."""
        conversation = Conversation()
        db.session.add(conversation)
        db.session.flush()
        place = Participant(
            conversation_id=conversation.id,
            user_id=susan.id,
            last_message_id=2,
            unread_count=2,
        )
        db.session.add(place)
        db.session.flush()
        for message_id in (1, 2):
            notifications.tell(
                NotificationKind.MESSAGE,
                john,
                [susan.id],
                target_id=conversation.id,
                cause_id=message_id,
            )
        return place

    def test_somebody_who_wrote_twice_is_one(self, place, susan):
        [row] = listed(susan)

        assert (names(row), row.people_count) == (["john"], 1)
        assert (row.target_id, row.is_unread) == (place.conversation_id, True)

    def test_they_are_read_where_messages_are(self, place, susan):
        place.unread_count = 0
        db.session.flush()

        assert [row.is_unread for row in listed(susan)] == [False]

    @pytest.mark.parametrize(
        "columns", [{"state": ParticipantState.REQUESTED}, {"last_message_id": None}]
    )
    def test_of_what_is_in_no_list_nothing_is_said(self, place, susan, columns):
        for name, value in columns.items():
            setattr(place, name, value)
        db.session.flush()

        assert listed(susan) == []


def test_a_page_takes_two_statements_however_much_there_is(susan, john, post, count_queries):
    reactions.like(john, post.id)
    count_queries.clear()
    listed(susan)
    assert len(count_queries) == 2

    for number in range(5):
        make_post(make_user(), f"@susan {number}", reply_to=post)
    count_queries.clear()
    listed(susan)
    assert len(count_queries) == 2
