"""Private messages and those whom they do not concern."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Conversation, Message, Participant, Role
from app.services import conversations
from app.tests.factories import make_user

OF_CONVERSATION = ["/messages/{id}", "/messages/{id}/news?after=1", "/messages/{id}/remove"]
TO_CONVERSATION = ["send", "read", "accept", "leave", "clear", "delete/{message_id}"]
SECRET = "The key is under the pot"


@pytest.fixture
def pair(susan, john) -> int:
    return begin(susan, "john")


def begin(sender, names: str) -> int:
    conversation_id = conversations.begin(sender, names, SECRET)
    db.session.commit()
    return conversation_id


def everything() -> list:
    """Return all that is kept of messages."""
    tables = (Conversation, Participant, Message)
    found = [list(db.session.execute(select(table.__table__))) for table in tables]
    db.session.commit()
    return found


@pytest.fixture(params=[*Role, "former"])
def stranger(request, susan, john, owner, pair):
    """Return somebody who takes no part in it, whatever else they may do."""
    if request.param == "former":
        person = make_user("former")
        group = begin(susan, "john former")
        conversations.leave(person, group)
        db.session.commit()
        return person
    return owner if request.param is Role.OWNER else make_user("stranger", role=request.param)


def test_nobody_reads_what_they_take_no_part_in(stranger, pair, susan, client_of):
    browser = client_of(stranger)
    ids = [*db.session.scalars(select(Conversation.id))]
    db.session.commit()
    for path in OF_CONVERSATION:
        nothing = browser.get(path.format(id=1))
        for id_ in ids:
            answer = browser.get(path.format(id=id_))
            assert answer.status_code == nothing.status_code == 404
            assert SECRET not in answer.text
            assert len(answer.data) == len(nothing.data)
    for path in ("/messages", "/messages/requests", "/notifications"):
        assert SECRET not in browser.get(path).text


def test_nobody_changes_what_they_take_no_part_in(stranger, pair, client_of):
    browser = client_of(stranger)
    message_id = newest_of(pair)
    browser.get("/messages")
    before = everything()
    for id_ in {pair, *(row.id for row in before[0])}:
        for path in TO_CONVERSATION:
            target = f"/messages/{id_}/{path.format(message_id=message_id)}"
            answer = browser.htmx(target, {"body": "x", "message": "1"})
            assert answer.status_code == 404, path
    assert everything() == before


def test_messages_are_deleted_by_those_who_wrote_them_only(susan, john, pair, owner, client_of):
    group = begin(john, "susan owner_of_all")
    mine, theirs = newest_of(pair), newest_of(group)
    johns, susans = client_of(john), client_of(susan)
    before = everything()

    for browser, path in (
        (johns, f"/messages/{pair}/delete/{mine}"),
        (susans, f"/messages/{group}/delete/{theirs}"),
        # One's own, by the address of another conversation.
        (susans, f"/messages/{group}/delete/{mine}"),
        (susans, f"/messages/{pair}/delete/1"),
        (client_of(owner), f"/messages/{group}/delete/{theirs}"),
    ):
        assert browser.post(path).status_code == 404
    assert everything() == before


def test_what_a_form_says_besides_is_ignored(susan, john, pair, client_of):
    other = make_user("other")
    fields = {
        "body": "Hello",
        "sender_id": str(john.id),
        "conversation_id": "1",
        "id": "1",
        "created_at": "2001-01-01",
        "user_id": str(other.id),
    }
    assert client_of(susan).post(f"/messages/{pair}/send", fields).status_code == 303

    message = db.session.get(Message, newest_of(pair))
    assert (message.sender_id, message.conversation_id) == (susan.id, pair)
    assert message.created_at.year > 2001


@pytest.mark.parametrize("id_", ["0", "-1", "01", "x", str(2**64), "%D9%A3"])
def test_what_is_no_conversation_is_not_found(susan, client_of, id_):
    assert client_of(susan).get(f"/messages/{id_}").status_code == 404


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize("cursor", ["0", "-1", "x", "NaN", "9" * 20, "1_000", "%D9%A3"])
def test_a_cursor_that_cannot_be_is_refused(john, pair, client_of, name, cursor):
    assert client_of(john).get(f"/messages/{pair}?{name}={cursor}").status_code == 400


def test_markup_is_shown_as_it_was_typed(susan, john, client_of):
    bad = '"><svg/onload=1>{{7*7}} javascript:alert(1)'
    browser = client_of(susan)
    browser.post("/messages", {"to": "john", "body": bad})

    for reader in (browser, client_of(john)):
        conversation_id = db.session.scalars(select(Conversation.id)).one()
        for path in ("/messages", f"/messages/{conversation_id}"):
            page = reader.get(path).text
            assert "<svg/onload" not in page
            assert "{{7*7}}" in page
            assert 'href="javascript' not in page
    page = browser.get("/messages/new?to=%22%3E%3Csvg/onload=1%3E").text
    assert "<svg/onload" not in page


def newest_of(conversation_id: int) -> int:
    query = select(Conversation.last_message_id).where(Conversation.id == conversation_id)
    found = db.session.scalars(query).one()
    db.session.commit()
    return found
