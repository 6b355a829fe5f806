"""What members take along of their talk: all that they see on the pages, and no more."""

import io
import json
import tracemalloc
from datetime import timedelta
from itertools import chain
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, update

from app.extensions import db
from app.jobs import archives
from app.jobs.deletions import erase_account
from app.models import (
    Message,
    MessagesFrom,
    Mute,
    NotificationChoice,
    NotificationKind,
    User,
)
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import (
    batches,
    blocks,
    conversation_rows,
    conversations,
    deletions,
    follows,
    message_rows,
    messages,
    mutes,
    notification_choices,
    personal_notifications,
    posts,
    reactions,
    reposts,
    suspensions,
    thread_mutes,
    users,
)
from app.services.errors import NotFound
from app.tests.factories import make_post, make_user
from app.tests.services.test_exports import HOSTILE, Nowhere


@pytest.fixture
def wren(owner):
    return make_user("wren")


def contents(user: User) -> dict[str, str]:
    """Return what is in the export of somebody, by file name."""
    file = io.BytesIO()
    archives.write(file, user, lambda *_: None)
    db.session.commit()
    with ZipFile(file) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if not name.startswith("media/")
        }


def lists(user: User, *names: str) -> list[list[dict]]:
    found = contents(user)
    return [json.loads(found[f"data/{name}.json"]) for name in names]


def write_to(sender: User, names: str, *texts: str) -> int:
    """Begin a conversation, or go on with it, and return its id."""
    for text in texts:
        conversation_id = conversations.begin(sender, names, text)
    db.session.commit()
    return conversation_id


def answer(sender: User, conversation_id: int, text: str) -> int:
    message_id = messages.send(sender, conversation_id, text)
    db.session.commit()
    return message_id


def test_an_export_holds_the_conversations_of_a_member_and_no_others(app, susan, john, wren):
    pair_id = write_to(susan, "john", "Soup?")
    answer(john, pair_id, "With @wren!")
    group_id = write_to(wren, "susan, john", "Bread for all")
    write_to(john, "wren", "A secret of two others")
    found = contents(susan)

    group, pair = json.loads(found["data/conversations.json"])
    assert (pair["id"], pair["group"], pair["state"]) == (str(pair_id), False, "accepted")
    assert (group["id"], group["group"]) == (str(group_id), True)
    assert [member["user_name"] for member in pair["members"]] == ["john"]
    assert {member["user_name"] for member in group["members"]} == {"john", "wren"}
    written = json.loads(found["data/messages.json"])
    assert [(each["conversation_id"], each["text"]) for each in written] == [
        (str(group_id), "Bread for all"),
        (str(pair_id), "With @wren!"),
        (str(pair_id), "Soup?"),
    ]
    assert [each["sender"]["user_name"] for each in written] == ["wren", "john", "susan"]
    assert all(each["sent_at"] and not each["deleted_at"] for each in written)
    page = found[f"messages/{pair_id}.html"]
    assert page.index("Soup?") < page.index("With ")
    assert 'href="http://localhost/@wren"' in page
    assert f'<a href="messages/{group_id}.html"' in found["index.html"]
    assert "2 messages" in found["index.html"]
    assert "secret" not in "".join(found.values())


def test_who_must_ask_first_is_in_it_as_a_request(app, susan, john):
    susan.credential.messages_from = MessagesFrom.NOBODY
    db.session.commit()
    write_to(john, "susan", "May I?")
    [[conversation], [message]] = lists(susan, "conversations", "messages")

    assert conversation["state"] == "requested"
    assert message["text"] == "May I?"


def nothing(susan, john, pair_id, group_id):
    pass


def block(susan, john, pair_id, group_id):
    blocks.block(susan, john)


def be_blocked(susan, john, pair_id, group_id):
    blocks.block(john, susan)


def mute(susan, john, pair_id, group_id):
    mutes.mute(susan, john)


def suspend(susan, john, pair_id, group_id):
    suspensions.suspend(john)


def leave_for_good(susan, john, pair_id, group_id):
    deletions.schedule(john)


def clear(susan, john, pair_id, group_id):
    conversations.clear(susan, pair_id)


def clear_and_write(susan, john, pair_id, group_id):
    conversations.clear(susan, pair_id)
    messages.send(john, pair_id, "Once more")


def leave_group(susan, john, pair_id, group_id):
    conversations.leave(susan, group_id)


def let_john_leave_group(susan, john, pair_id, group_id):
    conversations.leave(john, group_id)


def delete_message(susan, john, pair_id, group_id):
    page = message_rows.page(john, pair_id)
    messages.delete(john, pair_id, page.items[-1].id)


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        block,
        be_blocked,
        mute,
        suspend,
        leave_for_good,
        clear,
        clear_and_write,
        leave_group,
        let_john_leave_group,
        delete_message,
    ],
)
def test_it_holds_the_messages_that_the_pages_show(app, susan, john, wren, change):
    pair_id = write_to(susan, "john", "Words in the pair")
    answer(john, pair_id, "More of them")
    group_id = write_to(wren, "susan, john", "Words in the group")
    answer(john, group_id, "More of those")
    change(susan, john, pair_id, group_id)
    db.session.commit()
    found = contents(susan)

    shown = {id_: on_the_page(susan, id_) for id_ in (pair_id, group_id)}
    exported = json.loads(found["data/messages.json"])
    for id_, expected in shown.items():
        assert {
            int(each["id"]): each["deleted_at"] is None
            for each in exported
            if each["conversation_id"] == str(id_)
        } == expected
        assert (f"messages/{id_}.html" in found) == bool(expected)
    for member in chain.from_iterable(
        each["members"] for each in json.loads(found["data/conversations.json"])
    ):
        assert member["user_name"] in {"john", "wren"} - hidden_names(change)
    db.session.commit()


def on_the_page(viewer: User, conversation_id: int) -> dict[int, bool]:
    """Return the ids of the messages that somebody is shown, and whether with their words."""
    try:
        conversation_rows.one(viewer, conversation_id)
    except NotFound:
        return {}
    rows = message_rows.page(viewer, conversation_id).items
    return {row.id: row.deleted_at is None for row in rows}


def hidden_names(change) -> set[str]:
    return {"john"} if change in {block, be_blocked, suspend, leave_for_good} else set()


def test_who_is_gone_leaves_places_without_names_or_words(app, susan, john):
    pair_id = write_to(susan, "john", "Are you there?")
    answer(john, pair_id, "A word to take back")
    deletions.schedule_now(john)
    db.session.commit()
    erase_account(john.id)
    db.session.commit()
    found = contents(susan)

    [theirs, own] = json.loads(found["data/messages.json"])
    assert (theirs["sender"]["user_name"], theirs["text"]) == (None, "")
    assert theirs["deleted_at"]
    assert own["text"] == "Are you there?"
    page = found[f"messages/{pair_id}.html"]
    assert "Deleted account" in page
    assert "This message was deleted" in page
    text = "".join(found.values())
    assert not [
        word for word in ("john", "take back", "deleted_") if word in text.replace("deleted_at", "")
    ]


def test_a_long_conversation_has_several_pages(app, susan, john, monkeypatch, count_queries):
    monkeypatch.setattr(batches, "BATCH", 2)
    pair_id = write_to(susan, "john", *(f"Number {number}" for number in range(5)))
    found = contents(susan)

    first, second, third = (found[f"messages/{pair_id}{part}.html"] for part in ("", "-2", "-3"))
    for page, numbers in ((first, "34"), (second, "12"), (third, "0")):
        shown = [number for number in "01234" if f"Number {number}" in page]
        assert shown == [*numbers]
        assert page.index(f"Number {numbers[0]}") <= page.index(f"Number {numbers[-1]}")
    assert f'href="../messages/{pair_id}-2.html">Older messages' in first
    assert "Newer messages" not in first
    assert f'href="../messages/{pair_id}.html">Newer messages' in second
    assert f'href="../messages/{pair_id}-3.html">Older messages' in second
    assert "Older messages" not in third
    assert "5 messages" in found["index.html"]
    assert len(json.loads(found["data/messages.json"])) == 5


def test_what_somebody_wrote_in_a_message_is_escaped(app, susan, john):
    john.display_name = HOSTILE
    db.session.commit()
    pair_id = write_to(john, "susan", HOSTILE)
    found = contents(susan)

    for name in (f"messages/{pair_id}.html", "index.html"):
        assert "&gt;&lt;svg/onload=1&gt;{{7*7}}" in found[name]
        assert "<svg" not in found[name]


def test_an_export_tells_what_the_member_was_told(app, susan, john):
    post = make_post(susan, "Soup")
    follows.follow(john, susan)
    reactions.like(john, post.id)
    reposts.repost(john, post.id)
    reply = make_post(john, "With bread", reply_to=post)
    naming = make_post(john, "Where is @susan?")
    pair_id = write_to(john, "susan", "Here")
    [told] = lists(susan, "notifications")

    assert [(each["kind"], each["post_uri"], each["conversation_id"]) for each in told] == [
        ("follow", None, None),
        ("mention", naming.uri, None),
        ("reply", reply.uri, None),
        ("like", post.uri, None),
        ("repost", post.uri, None),
        ("message", None, str(pair_id)),
    ]
    assert {each["user_name"] for each in told} == {"john"}
    assert all(each["at"] for each in told)
    assert lists(john, "notifications") == [[]]


@pytest.mark.parametrize(
    "hide",
    [
        lambda susan, john, post: blocks.block(susan, john),
        lambda susan, john, post: blocks.block(john, susan),
        lambda susan, john, post: mutes.mute(susan, john),
        lambda susan, john, post: suspensions.suspend(john),
        lambda susan, john, post: deletions.schedule(john),
        lambda susan, john, post: thread_mutes.mute(susan, post.id),
        lambda susan, john, post: posts.delete(susan, post.id),
    ],
    ids=["block", "be blocked", "mute", "suspend", "leave", "mute conversation", "delete post"],
)
def test_it_tells_nothing_of_what_is_hidden(app, susan, john, hide):
    post = make_post(susan, "Soup")
    reactions.like(john, post.id)
    db.session.commit()
    assert len(lists(susan, "notifications")[0]) == 1

    hide(susan, john, post)
    db.session.commit()

    assert lists(susan, "notifications") == [[]]


def test_what_was_told_is_read_some_at_a_time(app, susan, monkeypatch, count_queries):
    monkeypatch.setattr(batches, "BATCH", 2)
    posts = [make_post(susan, "Soup") for _ in range(3)]
    names = ["anna", "bert", "carl"]
    for name in names:
        for post in posts:
            reactions.like(make_user(name) if post is posts[0] else users.find(name), post.id)
        db.session.commit()
    count_queries.clear()

    found = [*chain.from_iterable(personal_notifications.notifications(susan))]

    told = {(each.username, each.uri) for each in found}
    assert told == {(name, post.uri) for name in names for post in posts}
    assert len(found) == 9
    # Five batches of likes, and a look that finds no more of each kind.
    assert len(count_queries) == 5 + len(NotificationKind)


def test_an_export_tells_whom_and_what_the_member_hides(app, susan, john, wren):
    third = make_user("third")
    post = make_post(wren, "Soup")
    blocks.block(susan, john)
    mutes.mute(susan, wren, hides_notifications=False)
    mutes.mute(susan, third, mutes.Duration.DAY)
    mutes.mute(wren, susan)
    thread_mutes.mute(susan, post.id)
    db.session.commit()
    blocked, muted, conversation = lists(susan, "blocks", "mutes", "muted_conversations")

    assert [each["user_name"] for each in blocked] == ["john"]
    assert [(each["user_name"], bool(each["until"])) for each in muted] == [
        ("third", True),
        ("wren", False),
    ]
    assert [each["notifications_too"] for each in muted] == [True, False]
    assert [(each["id"], each["uri"]) for each in conversation] == [(str(post.id), post.uri)]
    assert all(each["since"] for each in (*blocked, *muted, *conversation))
    # Who is muted or blocked does not learn of it.
    assert lists(wren, "blocks") == lists(john, "blocks") == lists(john, "mutes") == [[]]


def test_what_is_over_or_out_of_sight_is_in_none_of_these_lists(app, susan, john, wren):
    post = make_post(wren, "A word of theirs")
    mutes.mute(susan, john, mutes.Duration.HOUR)
    thread_mutes.mute(susan, post.id)
    db.session.execute(update(Mute).values(expires_at=utc_now() - timedelta(seconds=1)))
    blocks.block(susan, wren)
    suspensions.suspend(wren)
    db.session.commit()
    found = lists(susan, "blocks", "mutes", "muted_conversations")

    assert found[:2] == [[], []]
    [conversation] = found[2]
    assert conversation["uri"] is None


def test_an_export_tells_what_the_member_chose(app, susan):
    susan.locked = True
    susan.credential.messages_from = MessagesFrom.FOLLOWED
    notification_choices.choose(susan, {NotificationKind.LIKE: NotificationChoice.NOTHING})
    db.session.commit()
    account = json.loads(contents(susan)["data/account.json"])

    assert account["approves_followers"] is True
    assert account["preferences"]["messages_from"] == "followed"
    chosen = account["preferences"]["notifications"]
    assert chosen.keys() == {kind.value for kind in NotificationKind}
    assert (chosen["like"], chosen["reply"]) == ("nothing", "page")


def test_memory_does_not_grow_with_the_messages(app, owner, susan, john):
    first = make_user("first")
    for user, number in ((first, 10), (susan, 1_500), (john, 3_000)):
        add_messages(user, write_to(user, "owner_of_all", "Hi"), number)
    measure(first)

    assert measure(john) < 1.3 * measure(susan)


def measure(user: User) -> int:
    """Return the most memory that writing somebody's export takes, in bytes."""
    tracemalloc.start()
    archives.write(Nowhere(), user, lambda *_: None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def add_messages(sender: User, conversation_id: int, number: int) -> None:
    """Write so many messages the quick way."""
    words = {"text": "x" * 400, "html": "<p>" + "x" * 400 + "</p>"}
    db.session.execute(
        insert(Message),
        [
            {"id": new_id(), "conversation_id": conversation_id, "sender_id": sender.id, **words}
            for _ in range(number)
        ],
    )
    db.session.commit()
