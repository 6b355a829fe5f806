"""What open pages ask for again and again: fresh, for its reader only, and cheap."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import (
    Conversation,
    Credential,
    Participant,
    User,
    UserSession,
    Visibility,
)
from app.models.base import utc_now
from app.services import reactions, sessions
from app.tests.client import Client
from app.tests.factories import make_post, make_user


def ask(browser, etag: str = "", conversation_id: int = 0):
    address = f"/live?conversation={conversation_id}" if conversation_id else "/live"
    return browser.get(address, **({"If-None-Match": etag} if etag else {}))


def change(model, condition, **values) -> None:
    db.session.execute(update(model).where(condition).values(**values))
    db.session.commit()


@pytest.fixture
def conversation(susan, john):
    """Return a conversation of both, in which nothing is unread."""
    made = Conversation(pair_key=f"{susan.id}:{john.id}", last_message_id=7)
    db.session.add(made)
    db.session.flush()
    for one, other in ((susan, john), (john, susan)):
        values = {"user_id": one.id, "other_id": other.id, "last_message_id": 7}
        db.session.add(Participant(conversation_id=made.id, **values))
    db.session.commit()
    return made


def test_it_says_what_there_is(susan, john, conversation, client_of):
    change(Credential, Credential.user_id == susan.id, unread_notifications=3, unread_messages=1)

    answer = ask(client_of(susan), conversation_id=conversation.id)

    assert answer.status_code == 200
    assert answer.json == {
        "viewer": str(susan.id),
        "notifications": 3,
        "messages": 1,
        "post": answer.json["post"],
        "message": "7",
    }
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_it_has_something_to_say_on_an_empty_site(susan, client_of):
    answer = ask(client_of(susan)).json

    assert (answer["notifications"], answer["message"]) == (0, "0")


def test_it_says_nothing_twice(susan, client_of):
    browser = client_of(susan)
    first = ask(browser)

    again = ask(browser, first.headers["ETag"])

    assert first.headers["ETag"].startswith('W/"')
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_a_like_is_news(susan, john, client_of):
    post = make_post(susan)
    browser = client_of(susan)
    etag = ask(browser).headers["ETag"]

    reactions.like(john, post.id)
    db.session.commit()

    assert ask(browser, etag).json["notifications"] == 1


@pytest.mark.parametrize("visibility", ["public", "unlisted", "members"])
def test_a_post_for_members_is_news_and_which_one_is_not_told(susan, john, client_of, visibility):
    browser = client_of(susan)
    before = ask(browser)

    post = make_post(john, visibility=Visibility(visibility))
    after = ask(browser, before.headers["ETag"])

    assert after.json["post"] != before.json["post"]
    assert str(post.id) not in after.text + after.headers["ETag"]


@pytest.mark.parametrize("visibility", ["followers", "direct"])
def test_of_a_post_for_chosen_people_nothing_is_told(susan, john, client_of, visibility):
    browser = client_of(susan)
    etag = ask(browser).headers["ETag"]

    make_post(john, visibility=Visibility(visibility))

    assert ask(browser, etag).status_code == 304


@pytest.mark.parametrize("column", ["unread_notifications", "unread_messages"])
def test_so_is_what_was_read_elsewhere(susan, client_of, column):
    change(Credential, Credential.user_id == susan.id, **{column: 2})
    browser = client_of(susan)
    etag = ask(browser).headers["ETag"]

    change(Credential, Credential.user_id == susan.id, **{column: 1})

    assert ask(browser, etag).status_code == 200


def test_a_message_is_news_where_its_conversation_is_open(susan, conversation, client_of):
    browser = client_of(susan)
    etags = [
        ask(browser, conversation_id=number).headers["ETag"] for number in (conversation.id, 1)
    ]

    change(Participant, Participant.user_id == susan.id, last_message_id=8)

    assert ask(browser, etags[0], conversation.id).json["message"] == "8"
    assert ask(browser, etags[1], 1).status_code == 304


def test_nobody_hears_of_conversations_of_others(conversation, client_of):
    answer = ask(client_of(make_user("nosy")), conversation_id=conversation.id)

    assert answer.json["message"] == "0"


def test_nobody_is_told_what_another_one_has(susan, john, client_of):
    etag = ask(client_of(susan)).headers["ETag"]

    assert ask(client_of(john), etag).status_code == 200


def test_guests_are_told_nothing(client, count_queries):
    answer = ask(client)

    assert answer.status_code == 204
    assert count_queries == []


def end(session: UserSession) -> None:
    sessions.end_all(session.user_id)


def expire(session: UserSession) -> None:
    session.expires_at = utc_now()


def leave_unused(session: UserSession) -> None:
    session.last_seen_at = utc_now() - sessions.BROWSER_IDLE


def suspend(session: UserSession) -> None:
    db.session.get_one(User, session.user_id).suspended_at = utc_now()


def leave(session: UserSession) -> None:
    db.session.get_one(User, session.user_id).deletion_at = utc_now() + timedelta(days=30)


@pytest.mark.parametrize("finish", [end, expire, leave_unused, suspend, leave])
def test_nor_is_whose_session_is_over(susan, client_of, finish):
    browser = client_of(susan)
    etag = ask(browser).headers["ETag"]

    finish(db.session.scalars(select(UserSession)).one())
    db.session.commit()

    assert ask(browser, etag).status_code == 204


def test_it_takes_one_query_and_notes_nothing(susan, conversation, client_of, count_queries):
    browser = client_of(susan)
    change(
        UserSession, UserSession.user_id == susan.id, last_seen_at=utc_now() - timedelta(hours=1)
    )
    count_queries.clear()

    ask(browser, conversation_id=conversation.id)

    assert len(count_queries) == 1
    assert count_queries[0].startswith("SELECT")


@pytest.mark.parametrize("number", ["0", "x", "-1", str(2**63)])
def test_what_is_no_conversation_is_refused(susan, client_of, number):
    assert client_of(susan).get(f"/live?conversation={number}").status_code == 400


def test_it_does_not_drown_the_log_unless_it_fails(make_app, susan, capfd):
    browser = Client(make_app(LOG_LEVEL="INFO", LOG_FORMAT="json"))
    browser.sign_in("susan")
    capfd.readouterr()

    for path in ("/live", "/live?conversation=0"):
        browser.get(path).close()

    [line] = capfd.readouterr().err.splitlines()
    assert '"route": "/live", "status": 400' in line
