"""A random walk over all that happens to messages: the stored counts are those of a fresh count.

The count knows nothing of how the services count: it looks at every message, one by one.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import (
    Block,
    Credential,
    Message,
    MessagesFrom,
    Mute,
    Participant,
    ParticipantState,
    User,
)
from app.models.base import utc_now
from app.services import blocks, conversations, follows, messages, mutes, suspensions
from app.services.errors import DomainError
from app.tests.factories import make_user

NAMES = ("anna", "bert", "cleo", "dora")
STEPS = 60


class Walk:
    """Some people who do at random what people do with messages.

    :ivar log: what was done, for whoever has to find out what went wrong
    """

    def __init__(self, seed: int, run_jobs: Callable[[], int]) -> None:
        self.random = random.Random(seed)
        self.run_jobs = run_jobs
        self.people = [make_user(name) for name in NAMES]
        self.log: list[str] = []

    def step(self) -> None:
        acts = [self.begin, self.send, self.send, self.send, self.delete, self.read, self.read]
        acts += [self.leave, self.clear, self.accept, self.choose, self.follow]
        acts += [self.block, self.unblock, self.mute, self.unmute, self.run_out]
        acts += [self.suspend, self.lift, self.lift]
        act = self.random.choice(acts)
        one, other = self.random.sample(self.people, 2)
        self.log.append(f"{act.__name__} {one.username} {other.username}")
        # What is refused changes nothing.
        with suppress(DomainError):
            act(one, other)
            db.session.commit()
        # Else what is read next would not be what the jobs have written.
        db.session.rollback()
        if act in (self.suspend, self.lift):
            self.run_jobs()

    def begin(self, one: User, other: User) -> None:
        if one.suspended_at is None:
            more = self.random.sample(self.people, self.random.randint(0, 2))
            conversations.begin(one, " ".join(p.username for p in (other, *more)), "Hello")

    def send(self, one: User, _: User) -> None:
        if one.suspended_at is None:
            messages.send(one, self.conversation_of(one), "And?")

    def delete(self, one: User, _: User) -> None:
        own = select(Message.conversation_id, Message.id).where(Message.sender_id == one.id)
        messages.delete(one, *self.any_of(own.order_by(Message.id)))

    def read(self, one: User, _: User) -> None:
        conversation_id = self.conversation_of(one)
        said = select(Message.id).where(Message.conversation_id == conversation_id)
        messages.mark_read(one, conversation_id, *self.any_of(said.order_by(Message.id)))

    def leave(self, one: User, _: User) -> None:
        conversations.leave(one, self.conversation_of(one))

    def clear(self, one: User, _: User) -> None:
        conversations.clear(one, self.conversation_of(one))

    def accept(self, one: User, _: User) -> None:
        conversations.accept(one, self.conversation_of(one))

    def choose(self, one: User, _: User) -> None:
        choice = self.random.choice(list(MessagesFrom))
        of_one = update(Credential).where(Credential.user_id == one.id)
        db.session.execute(of_one.values(messages_from=choice))

    def follow(self, one: User, other: User) -> None:
        follows.follow(one, other)

    def block(self, one: User, other: User) -> None:
        blocks.block(one, other)

    def unblock(self, one: User, other: User) -> None:
        blocks.unblock(one, other)

    def mute(self, one: User, other: User) -> None:
        mutes.mute(one, other)

    def unmute(self, one: User, other: User) -> None:
        mutes.unmute(one, other)

    def run_out(self, one: User, _: User) -> None:
        over = utc_now() - timedelta(seconds=1)
        db.session.execute(update(Mute).where(Mute.muter_id == one.id).values(expires_at=over))
        mutes.sweep()

    def suspend(self, one: User, _: User) -> None:
        suspensions.suspend(one)

    def lift(self, one: User, _: User) -> None:
        suspensions.lift(one)

    def conversation_of(self, person: User) -> int:
        theirs = select(Participant.conversation_id).where(Participant.user_id == person.id)
        [conversation_id] = self.any_of(theirs.order_by(Participant.conversation_id))
        return conversation_id

    def any_of(self, query) -> tuple:
        found = db.session.execute(query).all()
        if not found:
            raise DomainError
        return tuple(self.random.choice(found))


def audit(log: list[str]) -> None:
    """Compare all that is stored of what is unread with a count of every message."""
    gone = set(db.session.scalars(select(User.id).where(User.suspended_at.is_not(None))))
    unwanted = {
        tuple(row)
        for row in db.session.execute(
            select(Mute.muter_id, Mute.muted_id).where(Mute.expires_at > utc_now())
        )
    }
    for one, other in db.session.execute(select(Block.blocker_id, Block.blocked_id)):
        unwanted |= {(one, other), (other, one)}
    said = db.session.execute(select(Message.__table__).order_by(Message.id)).all()
    badges: Counter[int] = Counter()
    for part in db.session.execute(select(Participant.__table__)).all():
        there = [
            message
            for message in said
            if message.conversation_id == part.conversation_id and message.id > part.cleared_id
        ]
        wanted = [
            message
            for message in there
            if message.sender_id == part.user_id
            or (message.sender_id not in gone and (part.user_id, message.sender_id) not in unwanted)
        ]
        unread = [
            message
            for message in wanted
            if message.id > part.read_id
            and message.sender_id != part.user_id
            and message.deleted_at is None
        ]
        shown = wanted if part.other_id is None else there
        newest = shown[-1].id if shown else None
        assert (part.unread_count, part.last_message_id) == (len(unread), newest), (part, log)
        badges[part.user_id] += bool(unread) and part.state is ParticipantState.ACCEPTED
    for user_id, stored in db.session.execute(
        select(Credential.user_id, Credential.unread_messages)
    ).all():
        assert stored == badges[user_id], (user_id, log)
    db.session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_stored_counts_are_right(owner, run_jobs, seed):
    walk = Walk(seed, run_jobs)

    for _ in range(STEPS):
        walk.step()
        audit(walk.log)
