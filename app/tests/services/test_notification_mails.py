"""Mails at once about what members are notified of: when one is sent, and when none."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.models import Email, Job, NotificationChoice, NotificationKind, User, Visibility
from app.models.base import utc_now
from app.models.ids import MAX_ID
from app.services import (
    blocks,
    conversations,
    follows,
    messages,
    mutes,
    notification_choices,
    notification_mails,
    notifications,
    outbox,
    posts,
    reactions,
    suspensions,
    thread_mutes,
)
from app.tests.factories import make_follow, make_post, make_user

KIND = NotificationKind
TEXT = "A map of every bench."


def choose(user: User, choice: NotificationChoice) -> None:
    notification_choices.choose(user, dict.fromkeys(KIND, choice))
    db.session.commit()


@pytest.fixture
def post(susan):
    """Return a post of susan's, who wants a mail about everything."""
    choose(susan, NotificationChoice.MAIL)
    return make_post(susan, TEXT)


def like(person: User, post) -> None:
    reactions.like(person, post.id)
    db.session.commit()


def read_all(user: User) -> None:
    notifications.mark_all_read(user, MAX_ID)
    db.session.commit()


def subjects(mailbox) -> list[str]:
    return [message["Subject"] for message in mailbox.receive()]


def test_a_mail_says_who_did_what_and_leads_there(susan, john, post, mailbox):
    like(john, post)

    [message] = mailbox.receive()
    assert message["Subject"] == "@john liked your post"
    assert message["X-Envelope-To"] == "susan@mail.example"
    assert f"@john liked your post: “{TEXT}”" in mailbox.text(message)
    assert mailbox.link(message) == f"/@susan/{post.id}"
    assert "/settings/notifications" in mailbox.text(message)


def test_the_name_is_said_and_once_the_handle_with_it(susan, john, post, mailbox):
    john.display_name = "John & Co"
    like(john, post)

    [message] = mailbox.receive()
    assert message["Subject"] == "@john liked your post"
    text = mailbox.text(message)
    assert f"John & Co (@john) liked your post: “{TEXT}”" in text
    assert text.count("John & Co") == 1


def test_who_chose_nothing_gets_no_mail(susan, john, mailbox):
    like(john, make_post(susan))

    assert mailbox.receive() == []


def test_many_likes_of_a_post_are_one_mail_until_it_is_read(susan, john, post, mailbox):
    for person in (john, make_user(), make_user()):
        like(person, post)
    assert len(mailbox.receive()) == 1

    read_all(susan)
    like(make_user("wren"), post)
    assert subjects(mailbox) == ["@wren and 3 others liked your post"]


def test_each_post_has_a_mail_of_its_own(susan, john, post, mailbox):
    like(john, post)
    like(john, make_post(susan))

    assert len(mailbox.receive()) == 2


@pytest.mark.parametrize("case", ["unliked", "read", "deleted", "no_mail", "nothing", "blocked"])
@pytest.mark.parametrize("others", [False, True])
def test_what_is_so_no_longer_is_not_sent(susan, john, post, mailbox, case, others):
    like(john, post)
    if others:
        like(make_user("wren"), post)
    match case:
        case "unliked":
            reactions.unlike(john, post.id)
        case "read":
            notifications.mark_all_read(susan, MAX_ID)
        case "deleted":
            posts.delete(susan, post.id)
        case "no_mail":
            choose(susan, NotificationChoice.DIGEST)
        case "nothing":
            choose(susan, NotificationChoice.NOTHING)
        case "blocked":
            blocks.block(susan, john)
    db.session.commit()

    is_left = others and case in {"unliked", "blocked"}
    assert subjects(mailbox) == (["@wren liked your post"] if is_left else [])
    assert (db.session.scalar(select(Email.id)) is not None) is is_left


@pytest.mark.parametrize("case", ["suspended", "muted", "thread_muted", "reader_suspended"])
def test_what_is_hidden_by_now_is_not_sent(susan, john, owner, mailbox, case):
    choose(susan, NotificationChoice.MAIL)
    post = make_post(john, "Look, @susan")
    match case:
        case "suspended":
            suspensions.suspend(john)
        case "muted":
            mutes.mute(susan, john)
        case "thread_muted":
            thread_mutes.mute(susan, post.id)
        case "reader_suspended":
            suspensions.suspend(susan)
    db.session.commit()

    assert mailbox.receive() == []


@pytest.mark.parametrize(
    ("visibility", "is_quoted"),
    [
        (Visibility.PUBLIC, True),
        (Visibility.MEMBERS, False),
        (Visibility.FOLLOWERS, False),
        (Visibility.DIRECT, False),
    ],
)
def test_only_what_everybody_may_read_is_quoted(susan, john, mailbox, visibility, is_quoted):
    choose(susan, NotificationChoice.MAIL)
    post = make_post(john, "The secret soup, @susan", visibility=visibility)

    [message] = mailbox.receive()
    assert message["Subject"] == "@john mentioned you"
    assert ("secret soup" in mailbox.text(message)) is is_quoted
    assert mailbox.link(message) == f"/@john/{post.id}"


def test_of_a_folded_post_only_its_warning_is_quoted(susan, john, mailbox):
    choose(susan, NotificationChoice.MAIL)
    make_post(john, "The end, @susan", warning="About a film")

    [message] = mailbox.receive()
    assert "About a film" in mailbox.text(message)
    assert "The end" not in mailbox.text(message)


def test_of_a_message_the_mail_says_who_wrote_and_no_word_of_it(susan, john, mailbox):
    choose(susan, NotificationChoice.MAIL)
    conversation_id = conversations.begin(john, "susan", "Between us.")
    messages.send(john, conversation_id, "And one more.")
    db.session.commit()

    [message] = mailbox.receive()
    assert message["Subject"] == "@john wrote to you"
    assert "Between us" not in mailbox.text(message) + mailbox.html(message)
    assert mailbox.link(message) == f"/messages/{conversation_id}#newest"


def test_messages_are_one_mail_until_they_are_read(susan, john, mailbox):
    choose(susan, NotificationChoice.MAIL)
    conversation_id = conversations.begin(john, "susan", "One.")
    db.session.commit()
    assert len(mailbox.receive()) == 1
    messages.send(john, conversation_id, "Two.")
    db.session.commit()
    assert mailbox.receive() == []

    messages.mark_read(susan, conversation_id, MAX_ID)
    messages.send(john, conversation_id, "Three.")
    db.session.commit()
    assert len(mailbox.receive()) == 1


def test_messages_that_are_read_before_the_mail_goes_out_need_none(susan, john, mailbox):
    choose(susan, NotificationChoice.MAIL)
    conversation_id = conversations.begin(john, "susan", "One.")
    messages.mark_read(susan, conversation_id, MAX_ID)
    db.session.commit()

    assert mailbox.receive() == []


def test_who_does_and_undoes_the_same_writes_no_flood(susan, john, post, mailbox):
    sent = 0
    for _ in range(notification_mails.MAX_BY_ONE + 3):
        like(john, post)
        sent += len(mailbox.receive())
        reactions.unlike(john, post.id)
        db.session.commit()
    assert sent == notification_mails.MAX_BY_ONE

    like(make_user("wren"), post)
    assert subjects(mailbox) == ["@wren liked your post"]
    with time_machine.travel(utc_now() + notification_mails.WITHIN + timedelta(minutes=1)):
        read_all(susan)
        like(john, post)
        assert len(mailbox.receive()) == 1


def test_there_is_a_limit_for_all_together(susan, post, mailbox, monkeypatch):
    monkeypatch.setattr(notification_mails, "MAX", 2)
    for _ in range(3):
        like(make_user(), make_post(susan))

    assert len(mailbox.receive()) == 2


def test_an_address_that_is_not_somebodys_gets_no_mail(susan, john, post, mailbox):
    susan.credential.email_claimed = False
    db.session.commit()
    like(john, post)

    assert mailbox.receive() == []


def test_a_mail_is_in_the_language_of_its_reader_not_of_who_caused_it(app, susan, john, post):
    with app.test_request_context(headers={"Accept-Language": "ko"}):
        like(john, post)
        susan.credential.locale = "es"
        like(john, make_post(susan))

    assert [*db.session.scalars(select(Email.locale).order_by(Email.id))] == ["en", "es"]


def test_it_comes_after_mail_that_somebody_waits_for(susan, john, post):
    like(john, post)
    outbox.write("password_changed", susan.credential)
    db.session.commit()

    jobs = db.session.scalars(select(Job).where(Job.name == "send_email"))
    kinds = {email.id: email.kind for email in db.session.scalars(select(Email))}
    priorities = {kinds[job.arguments["email_id"]]: job.priority for job in jobs}
    assert priorities["password_changed"] < priorities["notification"]


def test_followers_and_those_who_ask_to_lead_to_their_lists(susan, john, mailbox):
    choose(susan, NotificationChoice.MAIL)
    make_follow(john, susan)
    [message] = mailbox.receive()
    assert (message["Subject"], mailbox.link(message)) == ("@john follows you", "/@susan/followers")

    susan.locked = True
    db.session.commit()
    follows.follow(make_user("wren"), susan)
    [message] = mailbox.receive()
    assert message["Subject"] == "@wren wants to follow you"
    assert mailbox.link(message) == "/follow-requests"


def test_mails_to_many_are_written_in_few_statements(susan, john, count_queries):
    people = [make_user() for _ in range(12)]
    for person in people:
        choose(person, NotificationChoice.MAIL)
    count_queries.clear()

    make_post(susan, " ".join(f"@{person.username}" for person in people))

    written = [each for each in count_queries if "emails" in each or "INTO jobs" in each]
    # How many were lately; the mails, the jobs that send them.
    assert len(written) == 3
    assert len(db.session.scalars(select(Email.id)).all()) == 12
