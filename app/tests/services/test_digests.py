"""The daily digest: when it comes, and what it tells."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.extensions import db
from app.jobs.digests import queue_digests
from app.models import Email, Job, Notification, NotificationChoice, NotificationKind, Visibility
from app.models.base import utc_now
from app.models.ids import MAX_ID
from app.services import (
    conversations,
    digests,
    jobs,
    mutes,
    notification_choices,
    notifications,
    posts,
    reactions,
    suspensions,
)
from app.tests.factories import make_follow, make_post, make_user

DAY = timedelta(days=1)


@pytest.fixture
def susan(susan):
    """Return susan, who wants everything in a digest."""
    notification_choices.choose(susan, dict.fromkeys(NotificationKind, NotificationChoice.DIGEST))
    db.session.commit()
    return susan


@pytest.fixture
def day_later(mailbox):
    """Return a function that lets a day pass and returns the mail that has come by then."""

    def pass_(days: int = 1):
        with time_machine.travel(utc_now() + days * DAY + timedelta(minutes=1)):
            jobs.enqueue("queue_digests")
            return mailbox.receive()

    return pass_


def like(person, post) -> None:
    reactions.like(person, post.id)
    db.session.commit()


def waiting() -> int | None:
    query = select(func.count(Notification.id)).where(Notification.awaits_digest)
    number = db.session.scalar(query)
    db.session.commit()
    return number


def test_nothing_comes_before_the_day_is_over(susan, john, mailbox):
    like(john, make_post(susan))
    jobs.enqueue("queue_digests")

    assert mailbox.receive() == []
    assert waiting() == 1


def test_it_tells_all_of_the_day_in_one_mail(susan, john, mailbox, day_later):
    post = make_post(susan, "A map of every bench.")
    for person in (john, make_user("wren"), make_user("noor")):
        like(person, post)
    make_follow(john, susan)
    make_post(john, "Between you and me, @susan", visibility=Visibility.DIRECT)
    conversations.begin(john, "susan", "Psst.")
    db.session.commit()

    [message] = day_later()
    text = mailbox.text(message)
    told = [line for line in text.splitlines() if line.startswith("@")]
    assert told == [
        "@john wrote to you",
        "@john mentioned you",
        "@john follows you",
        "@noor and 2 others liked your post: “A map of every bench.”",
    ]
    assert mailbox.link(message) == "/notifications"
    assert "you and me" not in text
    assert "Psst" not in text
    assert waiting() == 0


def test_what_was_told_is_not_told_again(susan, john, mailbox, day_later):
    like(john, make_post(susan))
    assert len(day_later()) == 1
    assert day_later(2) == []

    like(make_user("wren"), make_post(susan))
    [message] = day_later(3)
    assert "wren" in mailbox.text(message)
    assert "john" not in mailbox.text(message)


def test_one_comes_a_day(susan, john, mailbox, day_later):
    like(john, make_post(susan))
    assert len(day_later()) == 1
    with time_machine.travel(utc_now() + 1.5 * DAY):
        like(john, make_post(susan))
        jobs.enqueue("queue_digests")
        assert mailbox.receive() == []
    assert len(day_later(3)) == 1


@pytest.mark.parametrize("case", ["read", "deleted", "muted", "page", "suspended", "address"])
def test_if_nothing_is_left_there_is_no_mail(susan, john, day_later, case):
    post = make_post(susan)
    like(john, post)
    match case:
        case "read":
            notifications.mark_all_read(susan, MAX_ID)
        case "deleted":
            posts.delete(susan, post.id)
        case "muted":
            mutes.mute(susan, john)
        case "page":
            notification_choices.choose(susan, {})
        case "suspended":
            suspensions.suspend(john)
        case "address":
            susan.credential.email_claimed = False
    db.session.commit()

    assert day_later() == []
    assert waiting() == 0


def test_what_is_read_before_it_goes_out_is_not_told(susan, john, mailbox):
    like(john, make_post(susan))
    with time_machine.travel(utc_now() + 1.1 * DAY):
        digests.send(susan.id)
        notifications.mark_all_read(susan, MAX_ID)
        assert mailbox.receive() == []
    assert db.session.scalar(select(Email.id)) is None


def test_a_member_who_is_suspended_waits(susan, john, day_later):
    like(john, make_post(susan))
    suspensions.suspend(susan)
    db.session.commit()
    assert day_later() == []
    assert waiting() == 1

    suspensions.lift(susan)
    db.session.commit()
    assert len(day_later(2)) == 1


def test_it_names_twenty_and_counts_the_rest(susan, john, mailbox, day_later):
    for _ in range(digests.MAX + 3):
        like(john, make_post(susan))

    [message] = day_later()
    assert mailbox.text(message).count("john liked your post") == digests.MAX
    assert "And 3 more." in mailbox.text(message)


def test_the_jobs_may_run_twice(susan, john, mailbox):
    like(john, make_post(susan))
    with time_machine.travel(utc_now() + 1.1 * DAY):
        queue_digests()
        queue_digests()
        db.session.commit()
        queued = select(func.count(Job.id)).where(Job.name == "send_digest")
        assert db.session.scalar(queued) == 1
        digests.send(susan.id)
        digests.send(susan.id)
        assert len(mailbox.receive()) == 1


def test_members_are_queued_in_batches(susan, john, monkeypatch):
    monkeypatch.setattr(digests, "BATCH", 2)
    for person in [make_user() for _ in range(5)]:
        notification_choices.choose(person, {NotificationKind.LIKE: NotificationChoice.DIGEST})
        like(john, make_post(person))
    with time_machine.travel(utc_now() + 1.1 * DAY):
        queue_digests()

    assert db.session.scalar(select(func.count(Job.id)).where(Job.name == "send_digest")) == 5
