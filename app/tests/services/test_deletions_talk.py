"""Deleting accounts, and what was said to others: notifications, messages, blocks and mutes."""

import pytest
import time_machine
from sqlalchemy import Column, event, func, select

from app.extensions import db
from app.jobs.deletions import erase_account
from app.models import (
    Base,
    Block,
    Conversation,
    Credential,
    Like,
    Mention,
    Message,
    Mute,
    Notification,
    NotificationGroup,
    Participant,
    ThreadMute,
    User,
)
from app.models.base import utc_now
from app.services import (
    blocks,
    conversation_rows,
    conversations,
    deletions,
    follows,
    jobs,
    message_rows,
    messages,
    mutes,
    notifications,
    reactions,
    sweeping,
    thread_mutes,
)
from app.services.errors import NotFound
from app.tests.dying import kill_a_worker
from app.tests.factories import make_follow, make_post, make_user
from app.tests.models import rows
from app.tests.services.test_deletions import erase, everything, fresh, make_due

# What may be left of somebody: the places where something stood, and whose they were.
PLACES = {
    "posts.author_id",
    "posts.in_reply_to_user_id",
    "messages.sender_id",
    # What others wrote about them stays.
    "mentions.user_id",
    # With whom somebody talked, who goes on seeing what they themselves wrote.
    "participants.other_id",
    # Hashes, so that nobody takes the name.
    "usernames.user_id",
}


@pytest.fixture
def wren(owner):
    return make_user("wren")


def references() -> list[Column]:
    """Return every column that says whose something is."""
    return [
        foreign_key.parent
        for table in Base.metadata.sorted_tables
        for foreign_key in sorted(table.foreign_keys, key=str)
        if foreign_key.column is User.__table__.c.id
    ]


def references_to(user: User) -> set[str]:
    """Return the columns in which somebody stands."""
    found = {
        str(column)
        for column in references()
        if db.session.scalar(select(func.count()).where(column == user.id))
    }
    db.session.commit()
    return found


def write_to(sender: User, names: str, text: str = "Words") -> int:
    conversation_id = conversations.begin(sender, names, text)
    db.session.commit()
    return conversation_id


def unread(user: User) -> tuple[int, int]:
    """Return how many notifications and conversations with something unread a member has."""
    columns = (Credential.unread_notifications, Credential.unread_messages)
    row = db.session.execute(select(*columns).where(Credential.user_id == user.id)).one()
    db.session.commit()
    return row.unread_notifications, row.unread_messages


def put_everywhere(susan: User, john: User) -> None:
    """Put somebody into every column that says whose something is."""
    post = make_post(susan, "Soup for @john #soup")
    johns = make_post(john, "Bread #bread", reply_to=post)
    make_follow(susan, john)
    make_follow(john, susan)
    reactions.like(susan, johns.id)
    db.session.add(Mention(post_id=johns.id, user_id=susan.id))
    for add in (rows.add_session, rows.add_token, rows.add_email, rows.add_export, rows.add_code):
        db.session.execute(add(susan))
    for statement in (
        rows.add_email(john, about_id=susan.id, message_id="<2@mail.example>"),
        rows.add_reaction(rows.Bookmark, susan, johns),
        rows.add_pin(post),
        rows.add_draft(susan),
        rows.add_picture(susan),
        rows.add_tag(1, "salt"),
        rows.add_tag_follow(susan),
        rows.add_suggestion(susan, john),
        rows.add_suggestion(john, susan),
        rows.add_popular(susan),
        rows.add_block(susan, john),
        rows.add_block(john, susan),
        rows.add_mute(susan, john),
        rows.add_mute(john, susan),
        rows.add_conversation_mute(susan),
    ):
        db.session.execute(statement)
    db.session.commit()


def test_no_row_says_any_more_whose_it_was(app, susan, john):
    # While they still may.
    conversation_id = write_to(susan, "john")
    messages.send(john, conversation_id, "Answer")
    db.session.commit()
    put_everywhere(susan, john)
    assert references_to(susan) == {str(column) for column in references()}
    erase(susan)

    assert references_to(susan) == PLACES
    # What is john's stays.
    assert {"credentials.user_id", "messages.sender_id"} <= references_to(john)


def test_a_dump_is_free_of_what_somebody_said(app, run_jobs, susan, john, wren):
    pair_id = write_to(wren, "susan", "A privateword")
    write_to(wren, "susan, john", "A groupword")
    deleted = messages.send(wren, pair_id, "A deletedword")
    messages.delete(wren, pair_id, deleted)
    messages.send(susan, pair_id, "An answerword")
    follows.follow(wren, susan)
    reactions.like(wren, make_post(susan, "Soup").id)
    db.session.commit()
    run_jobs()
    words = ("privateword", "groupword", "wren")
    assert all(word in everything() for word in words)

    erase(wren)
    run_jobs()

    after = everything()
    assert [word for word in words if word in after] == []
    assert "answerword" in after


def test_what_others_are_told_and_have_unread_is_right_again(app, susan, john, wren):
    post = make_post(susan, "Soup")
    for person in (john, wren):
        reactions.like(person, post.id)
    follows.follow(wren, susan)
    reactions.like(susan, make_post(wren, "Bread").id)
    db.session.commit()
    write_to(wren, "susan")
    group_id = write_to(wren, "susan, john")
    messages.send(john, group_id, "More")
    messages.send(wren, group_id, "Yet more")
    db.session.commit()
    assert unread(susan) == (2, 2)
    assert unread(john) == (0, 1)

    erase(wren)

    # That john likes the post, and what he wrote.
    assert unread(susan) == (1, 1)
    assert unread(john) == (0, 0)
    told = db.session.execute(select(Notification.actor_id, Notification.user_id))
    assert set(told.all()) == {(john.id, susan.id)}
    groups = db.session.scalars(select(NotificationGroup.user_id)).all()
    assert set(groups) == {susan.id}


def test_conversations_stay_for_those_who_are_left(app, susan, john, wren):
    pair_id = write_to(susan, "john", "Are you there?")
    messages.send(john, pair_id, "Yes")
    group_id = write_to(john, "susan, wren", "All of you?")
    alone_id = write_to(john, "owner_of_all")
    erase(john)

    pair = conversation_rows.one(susan, pair_id)
    assert pair.erased_at is not None
    shown = [(row.sender_id, row.html) for row in message_rows.page(susan, pair_id).items]
    assert [(sender_id, bool(html)) for sender_id, html in shown] == [
        (susan.id, True),
        (john.id, False),
    ]
    [member] = conversation_rows.members(susan, [group_id])[group_id]
    assert member.id == wren.id
    with pytest.raises(NotFound):
        conversation_rows.one(fresh(john), alone_id)


def test_a_conversation_of_nobody_is_gone(app, susan, john):
    write_to(susan, "john")
    erase(susan)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1
    db.session.commit()
    erase(john)

    for model in (Conversation, Participant, Message):
        assert db.session.scalars(select(model)).all() == []


def test_more_than_a_batch_is_erased(app, susan, john, monkeypatch):
    for module in (sweeping, messages, conversations, notifications):
        monkeypatch.setattr(module, "BATCH", 2)
    others = [make_user(f"other{number}") for number in range(5)]
    posts = [make_post(other) for other in others]
    for other, post in zip(others, posts, strict=True):
        write_to(susan, other.username)
        reactions.like(susan, post.id)
        follows.follow(other, susan)
        thread_mutes.mute(susan, post.id)
        db.session.commit()
    for number, other in enumerate(others):
        (mutes.mute if number % 2 else mute_back)(susan, other)
        (blocks.block if number % 2 else block_back)(susan, other)
        db.session.commit()
    thread_mutes.mute(john, posts[0].id)
    db.session.commit()
    erase(susan)

    for model in (Block, Mute, Like, Notification, NotificationGroup):
        assert db.session.scalars(select(model)).all() == [], model
    assert db.session.scalars(select(ThreadMute.user_id)).all() == [john.id]
    assert set(db.session.scalars(select(Message.text))) == {""}
    assert susan.id not in set(db.session.scalars(select(Participant.user_id)))


def mute_back(susan: User, other: User) -> None:
    mutes.mute(other, susan)


def block_back(susan: User, other: User) -> None:
    blocks.block(other, susan)


def test_who_is_leaving_is_out_of_sight_in_all_that_was_said(app, run_jobs, susan, john):
    pair_id = write_to(john, "susan")
    reactions.like(john, make_post(susan, "Soup").id)
    db.session.commit()
    assert unread(susan) == (1, 1)
    deletions.schedule(john)
    run_all(run_jobs)

    assert unread(susan) == (0, 0)
    with pytest.raises(NotFound):
        conversation_rows.one(susan, pair_id)


def run_all(run_jobs) -> None:
    """Do all jobs, also those that wait for what began before."""
    db.session.commit()
    with time_machine.travel(utc_now() + 2 * notifications.AFTERWARDS, tick=True):
        run_jobs()


def test_a_worker_killed_at_any_moment_erases_all_that_was_said(app, owner, run_jobs):
    friend = make_user()
    post = make_post(friend, "Soup")
    moment, was_killed = 0, True
    while was_killed:
        moment += 1
        victim = make_user()
        write_to(victim, friend.username, "Secretword")
        reactions.like(victim, post.id)
        mutes.mute(friend, victim)
        blocks.block(victim, owner)
        make_due(victim)
        jobs.enqueue("erase_account", user_id=victim.id)
        db.session.commit()
        was_killed = kill_a_worker(app, moment)
        run_jobs()

        assert fresh(victim).deletion_at is None, moment
        assert references_to(victim) <= PLACES, moment
        assert set(db.session.scalars(select(Message.text))) == {""}, moment
        assert unread(friend) == (0, 0), moment
    assert moment > 15


def test_nothing_is_erased_by_a_look_at_whole_tables(app, susan, john):
    write_to(susan, "john")
    make_due(susan)
    plans = {}

    def explain(connection, _cursor, statement, parameters, *_rest) -> None:
        if not statement.startswith("DELETE FROM") or "usernames" in statement:
            return
        raw = connection.connection.cursor()
        if db.engine.dialect.name == "postgresql":
            # Of a few rows, it would not use any index.
            raw.execute("SET LOCAL enable_seqscan = off")
            raw.execute("EXPLAIN " + statement, parameters)
        else:
            raw.execute("EXPLAIN QUERY PLAN " + statement, parameters)
        plans[statement.split()[2]] = str(raw.fetchall())
        raw.close()

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        erase_account(susan.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    db.session.commit()

    for table in ("blocks", "mutes", "thread_mutes", "notifications", "participants"):
        assert f"SCAN {table}" not in plans[table], plans[table]
        assert "Seq Scan" not in plans[table], plans[table]
