"""Private messages as people read and write them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import Credential, Message, MessagesFrom, Participant, UserSession
from app.models.base import utc_now
from app.models.ids import id_at
from app.services import blocks, conversations, form_keys, messages
from app.tests.client import Client
from app.tests.factories import make_user


@pytest.fixture
def mary(owner):
    return make_user("mary")


@pytest.fixture
def pair(susan, john) -> int:
    return begin(susan, "john", "Is there soup?")


@pytest.fixture
def susans(susan, client_of) -> Client:
    return client_of(susan)


@pytest.fixture
def johns(john, client_of) -> Client:
    return client_of(john)


def begin(sender, names: str, text: str) -> int:
    conversation_id = conversations.begin(sender, names, text)
    db.session.commit()
    return conversation_id


def say(sender, conversation_id: int, text: str = "And?", at: datetime | None = None) -> int:
    message_id = messages.send(sender, conversation_id, text)
    if at is not None:
        moved = id_at(at)
        statement = update(Message).where(Message.id == message_id)
        db.session.execute(statement.values(id=moved, created_at=at))
        message_id = moved
    db.session.commit()
    return message_id


def number_of(model) -> int:
    number = db.session.scalars(select(func.count()).select_from(model)).one()
    db.session.commit()
    return number


def bubbles_on(page) -> list[int]:
    return [int(found) for found in re.findall(r'<li class="bubble[^"]*" id="m(\d+)"', page.text)]


def newest_of(conversation_id: int) -> int:
    query = select(func.max(Message.id)).where(Message.conversation_id == conversation_id)
    found = db.session.scalars(query).one()
    db.session.commit()
    return found


class TestBeginning:
    def test_a_first_message_leads_to_the_conversation(self, john, susans, johns):
        form = susans.get("/messages/new?to=john")
        assert 'value="john"' in form.text
        answer = susans.post("/messages", {"to": "@John", "body": "Is there soup?"})

        assert re.fullmatch(r"/messages/\d+#newest", answer.location)
        path = answer.location.partition("#")[0]
        assert "<p>Is there soup?</p>" in johns.get(path).text
        assert path in johns.get("/messages").text

    def test_who_has_one_already_is_led_there(self, pair, susans, johns):
        assert susans.get("/messages/new?to=john").location == f"/messages/{pair}#newest"
        assert johns.get("/messages/new?to=%40SUSAN").location == f"/messages/{pair}#newest"
        answer = johns.post("/messages", {"to": "susan", "body": "Yes"})
        assert answer.location == f"/messages/{pair}#newest"

    def test_several_names_begin_a_group(self, john, mary, susans):
        answer = susans.post("/messages", {"to": "john, @mary; john", "body": "Soup?"})

        page = susans.get(answer.location.partition("#")[0]).text
        assert "john, mary" in page
        assert number_of(Participant) == 3

    @pytest.mark.parametrize(
        ("to", "said"),
        [
            ("", "Say whom you write to"),
            ("susan", "You cannot write to yourself."),
            ("john nobody @noone", "There is nobody called any of these: @nobody, @noone."),
            ("nobody", "There is nobody called @nobody."),
            (" ".join(f"m{n}" for n in range(20)), "You can write to 19 people at once."),
        ],
    )
    def test_a_name_that_is_wrong_loses_nothing(self, john, susans, to, said):
        page = susans.post("/messages", {"to": to, "body": "Half an hour of thoughts"})

        assert page.status_code == 422
        assert said in page.text
        assert "Half an hour of thoughts</textarea>" in page.text
        assert f'value="{to}"' in page.text
        assert number_of(Message) == 0

    def test_the_form_can_be_asked_for_by_a_name_that_is_wrong(self, susans):
        page = susans.get("/messages/new?to=nobody")

        assert page.status_code == 404
        assert "There is nobody called @nobody." in page.text

    def test_a_form_sent_twice_begins_one_group(self, susan, john, mary, susans):
        form = {"to": "john mary", "body": "Soup?", "key": form_keys.make(susan.id)}

        first, second = (susans.post("/messages", form) for _ in range(2))

        assert first.location == second.location
        assert number_of(Message) == 1

    def test_a_form_sent_again_to_others_is_a_message_to_them(self, susan, john, mary, susans):
        form = {"to": "john", "body": "Soup?", "key": form_keys.make(susan.id)}
        susans.post("/messages", form)

        page = susans.post("/messages", form | {"to": "mary"})
        assert page.status_code == 422
        assert "This form was sent already." in page.text
        [key] = re.findall(r'name="key"[^>]* value="([^"]+)"', page.text)
        assert susans.post("/messages", form | {"to": "mary", "key": key}).status_code == 303
        assert number_of(Message) == 2

    def test_a_key_of_somebody_else_is_none(self, john, susans):
        form = {"to": "john", "body": "Soup?", "key": form_keys.make(john.id)}

        susans.post("/messages", form)

        assert db.session.scalars(select(Message.form_key)).one() is None

    def test_a_profile_has_a_button(self, john, susans):
        assert 'href="/messages/new?to=john"' in susans.get("/@john").text
        assert "/messages/new" not in susans.get("/@susan").text


class TestReading:
    def test_the_list_says_what_is_new(self, john, pair, susans, johns):
        theirs, own = johns.get("/messages").text, susans.get("/messages").text

        assert '<a class="convo is-unread"' in theirs
        assert "Unread:" in theirs
        assert "Is there soup?" in theirs
        assert "is-unread" not in own
        assert "<bdi>You</bdi>: Is there soup?" in own

    def test_looking_reads_nothing_and_a_button_does(self, john, pair, johns):
        page = johns.get(f"/messages/{pair}")
        assert "Mark as read" in page.text

        newest = newest_of(pair)
        answer = johns.post(f"/messages/{pair}/read", {"message": str(newest)})

        assert answer.location == f"/messages/{pair}#newest"
        assert "Mark as read" not in johns.get(f"/messages/{pair}").text
        assert "is-unread" not in johns.get("/messages").text

    def test_a_script_hears_nothing_back(self, john, pair, johns):
        answer = johns.htmx(f"/messages/{pair}/read", {"message": str(newest_of(pair))})

        assert (answer.status_code, answer.data) == (204, b"")

    @pytest.mark.parametrize("message", ["-1", "x", "9" * 30])
    def test_what_is_no_message_is_refused(self, pair, johns, message):
        assert johns.post(f"/messages/{pair}/read", {"message": message}).status_code == 400

    def test_who_writes_sees_that_it_is_read(self, susan, john, pair, susans):
        second = say(susan, pair)
        assert "· Read" not in susans.get(f"/messages/{pair}").text

        messages.mark_read(john, pair, second)
        db.session.commit()

        page = susans.get(f"/messages/{pair}").text
        assert page.count("· Read") == 1
        assert page.index("· Read") > page.index(f'id="m{second}"')

    def test_nobody_learns_that_a_request_was_read(self, susan, john, susans):
        john.credential.messages_from = MessagesFrom.NOBODY
        pair = begin(susan, "john", "Hello")
        messages.mark_read(john, pair, newest_of(pair))
        db.session.commit()

        assert "· Read" not in susans.get(f"/messages/{pair}").text

    def test_days_are_those_of_the_reader(self, susan, john, pair, johns):
        db.session.execute(
            update(Credential).where(Credential.user_id == john.id).values(time_zone="Asia/Seoul")
        )
        db.session.execute(delete(Message))
        said_at = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
        say(susan, pair, "Before midnight", said_at)
        say(susan, pair, "After midnight", said_at + timedelta(hours=1))

        with time_machine.travel(said_at + timedelta(hours=2)):
            johns.sign_in("john")
            page = johns.get(f"/messages/{pair}").text

        days = re.findall(r'<li class="day"><time datetime="([^"]+)">([^<]+)</time>', page)
        assert days == [("2026-03-11", "Yesterday"), ("2026-03-12", "Today")]
        assert '<time datetime="2026-03-11T15:30:00Z">00:30' in page

    def test_pages_lead_to_all_that_was_said(self, susan, john, pair, make_app):
        said = [newest_of(pair), *(say(susan, pair) for _ in range(7))]
        browser = Client(make_app(PAGE_SIZE=3))
        browser.sign_in("john")
        page = browser.get(f"/messages/{pair}")
        assert bubbles_on(page) == said[-3:]
        assert "Later messages" not in page.text

        found = bubbles_on(page)
        while "Earlier messages" in page.text:
            page = browser.get(re.search(r'href="([^"#]+)#newest" rel="prev"', page.text)[1])
            assert "data-conversation=" not in page.text
            found = bubbles_on(page) + found
        assert found == said

        found = bubbles_on(page)
        while "Later messages" in page.text:
            page = browser.get(re.search(r'href="([^"]+)" rel="next"', page.text)[1])
            found += bubbles_on(page)
        assert found == said
        assert "data-conversation=" in page.text

    def test_a_list_has_pages(self, susan, make_app):
        for number in range(4):
            make_user(f"friend{number}")
            begin(susan, f"friend{number}", "Hello")
        browser = Client(make_app(PAGE_SIZE=3))
        browser.sign_in("susan")

        first = browser.get("/messages").text
        second = browser.get(re.search(r'rel="next" href="([^"]+)"', first)[1]).text

        assert first.count('class="convo"') == 3
        assert second.count('class="convo"') == 1

    def test_news_come_as_they_are_shown(self, susan, john, mary, pair, johns):
        first = newest_of(pair)
        assert johns.get(f"/messages/{pair}/news?after={first}").status_code == 204

        second = say(susan, pair, "More")

        answer = johns.get(f"/messages/{pair}/news?after={first}")
        assert bubbles_on(answer) == [second]
        assert 'class="day"' not in answer.text
        assert "<html" not in answer.text
        assert 'class="day"' in johns.get(f"/messages/{pair}/news?after=0").text

    def test_a_group_says_who_wrote(self, susan, john, mary, johns):
        group = begin(susan, "john mary", "Soup?")
        say(susan, group, "Today?")
        say(mary, group, "Yes")

        page = johns.get(f"/messages/{group}").text

        assert page.count('<p class="meta mb-0" aria-hidden="true"><bdi>susan</bdi>') == 1
        assert "<bdi>mary</bdi>: Yes" in page
        assert 'href="/@mary"' in page

    def test_a_message_that_goes_on_takes_over_the_time(self, susan, pair, johns):
        first = newest_of(pair)
        say(susan, pair, "More")

        part = johns.get(f"/messages/{pair}/news?after={first}").text

        assert '<li class="bubble bubble-next"' in part
        assert (
            "bubble-next"
            not in johns.get(f"/messages/{pair}/news?after=0").text.partition("</li>")[0]
        )

    def test_a_group_names_who_has_left_and_is_not_taken_for_a_pair(
        self, susan, john, mary, client_of, johns
    ):
        group = begin(susan, "john mary", "Soup?")
        say(mary, group, "Without me.")
        conversations.leave(mary, group)
        db.session.commit()

        page = johns.get("/messages").text

        assert "<bdi>mary</bdi>: Without me." in page
        assert '<bdi class="post-name">susan (group)</bdi>' in page

    def test_the_list_comes_alone(self, susan, john, pair, susans, johns):
        part = johns.get(f"/messages/list?open={pair}")

        assert "<html" not in part.text
        assert "Is there soup?" in part.text
        assert part.text.count('aria-current="page"') == 2
        assert "Is there soup?" in susans.get("/messages/list").text
        assert "Is there soup?" not in susans.get("/messages/list?requests=1").text
        assert (
            'data-conversations="/messages/list?requests=1"' in johns.get("/messages/requests").text
        )


class TestSending:
    def test_a_plain_form_leads_to_the_end(self, pair, johns):
        johns.get(f"/messages/{pair}")
        answer = johns.post(f"/messages/{pair}/send", {"body": "Yes"})

        assert answer.status_code == 303
        assert answer.location == f"/messages/{pair}#newest"
        assert "<p>Yes</p>" in johns.get(f"/messages/{pair}").text

    def test_htmx_gets_all_that_is_new_and_an_empty_form(self, susan, pair, johns):
        first = newest_of(pair)
        second = say(susan, pair, "Hello?")

        part = johns.htmx(f"/messages/{pair}/send", {"body": "Yes", "newest": str(first)})

        assert bubbles_on(part) == [second, newest_of(pair)]
        assert 'hx-swap-oob="true"' in part.text
        assert f'name="newest" type="hidden" value="{newest_of(pair)}"' in part.text

    def test_htmx_that_is_far_behind_gets_a_page_and_learns_that_there_is_more(
        self, susan, pair, make_app
    ):
        for _ in range(4):
            say(susan, pair)
        browser = Client(make_app(PAGE_SIZE=3))
        browser.sign_in("john")

        answer = browser.htmx(f"/messages/{pair}/send", {"body": "Yes", "newest": "0"})

        assert len(bubbles_on(answer)) == 3
        newest = newest_of(pair)
        assert newest not in bubbles_on(answer)
        assert f'name="newest" type="hidden" value="{newest}"' in answer.text

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("", "Write something first."),
            ("x" * 2001, "1 character too many; a message has at most 2,000."),
        ],
    )
    def test_what_is_refused_comes_back(self, pair, johns, body, said):
        page = johns.post(f"/messages/{pair}/send", {"body": body})
        part = johns.htmx(f"/messages/{pair}/send", {"body": body})

        for answer in (page, part):
            assert answer.status_code == 422
            assert said.replace(",", "") in answer.text.replace(",", "")
            assert f"{body}</textarea>" in answer.text
        assert part.headers["HX-Retarget"] == "#message-form"
        assert "<html" not in part.text
        assert number_of(Message) == 1

    def test_what_was_written_to_nobody_comes_back(self, john, pair, susans):
        conversations.erase(john.id)
        db.session.commit()

        page = susans.post(f"/messages/{pair}/send", {"body": "Still there?"})

        assert page.status_code == 422

    def test_what_was_written_to_a_group_one_has_left_comes_back(self, john, mary, susan, johns):
        group = begin(susan, "john mary", "Soup?")
        conversations.leave(john, group)
        db.session.commit()

        page = johns.post(f"/messages/{group}/send", {"body": "Still there?"})

        assert page.status_code == 422
        assert "Nobody can be written to here any more" in page.text
        assert "Still there?</textarea>" in page.text
        part = johns.htmx(f"/messages/{group}/send", {"body": "Hm"})
        assert part.status_code == 404
        assert "<p data-reason>Nobody can be written to here any more." in part.text

    def test_the_same_form_again_is_the_same_message(self, john, pair, johns):
        form = {"body": "Yes", "key": form_keys.make(john.id)}
        for _ in range(2):
            assert johns.post(f"/messages/{pair}/send", form).status_code == 303
        page = johns.post(f"/messages/{pair}/send", form | {"body": "No"})

        assert number_of(Message) == 2
        assert page.status_code == 422
        assert "This form was sent already." in page.text
        again = re.search(r'name="key" type="hidden" value="([^"]+)"', page.text)[1]
        assert johns.post(f"/messages/{pair}/send", {"body": "No", "key": again}).status_code == 303


class TestExpiredSessions:
    @pytest.fixture
    def form(self, john) -> dict[str, str]:
        return {"body": "Half an hour of thoughts", "key": form_keys.make(john.id)}

    @pytest.mark.parametrize("path", ["/messages/{pair}/send", "/messages"])
    def test_what_was_typed_is_shown_again(self, pair, johns, form, path):
        path = path.format(pair=pair)
        db.session.execute(delete(UserSession))
        db.session.commit()

        page = johns.post(path, form | {"to": "susan"})
        assert page.status_code == 403
        assert "You are signed out. Nothing is lost" in page.text
        assert "Half an hour of thoughts</textarea>" in page.text

        johns.sign_in("john")
        page = johns.post(path, form | {"to": "susan", "csrf_token": "old"})
        assert page.status_code == 422
        assert "Please send this once more." in page.text
        assert number_of(Message) == 1
        assert johns.post(path, form | {"to": "susan"}).status_code == 303
        assert number_of(Message) == 2

    def test_without_a_key_of_ours_it_is_not(self, pair, johns):
        answer = johns.post(f"/messages/{pair}/send", {"body": "Yes", "csrf_token": "old"})

        assert answer.status_code == 400


class TestRequests:
    @pytest.fixture
    def request_id(self, susan, john) -> int:
        john.credential.messages_from = MessagesFrom.FOLLOWED
        return begin(susan, "john", "Do you know me?")

    def test_they_wait_in_a_list_of_their_own(self, request_id, johns):
        assert "Requests (1)" in johns.get("/messages").text
        assert "Do you know me?" not in johns.get("/messages").text
        assert "Do you know me?" in johns.get("/messages/requests").text

    def test_they_can_be_accepted(self, request_id, johns):
        page = johns.get(f"/messages/{request_id}")
        assert ">Accept</button>" in page.text
        # It stands in the list beside it.
        assert f'href="/messages/{request_id}#newest" aria-current="page"' in page.text
        assert 'href="/messages/requests" aria-current="page"' in page.text

        johns.post(f"/messages/{request_id}/accept")

        assert "Do you know me?" in johns.get("/messages").text
        assert ">Accept</button>" not in johns.get(f"/messages/{request_id}").text

    def test_they_can_be_deleted(self, request_id, johns):
        assert "Delete this conversation?" in johns.get(f"/messages/{request_id}/remove").text
        assert johns.post(f"/messages/{request_id}/clear").location == "/messages"
        assert "Do you know me?" not in johns.get("/messages/requests").text


def test_deleting_leaves_a_place(susan, pair, susans, johns):
    message_id = newest_of(pair)
    page = susans.get(f"/messages/{pair}")
    path = f"/messages/{pair}/delete/{message_id}"
    assert path in page.text
    assert path not in johns.get(f"/messages/{pair}").text

    part = susans.htmx(path)

    assert bubbles_on(part) == [message_id]
    assert "This message was deleted" in part.text
    answer = susans.post(path, {"next": f"/messages/{pair}?before=7"})
    assert answer.location == f"/messages/{pair}?before=7#m{message_id}"
    for place in (f"/messages/{pair}", "/messages"):
        page = johns.get(place).text
        assert "This message was deleted" in page
        assert "soup" not in page


def test_ones_own_message_is_deleted_also_where_the_other_is_out_of_sight(
    susan, john, pair, susans
):
    message_id = newest_of(pair)
    blocks.block(john, susan)
    db.session.commit()

    answer = susans.post(f"/messages/{pair}/delete/{message_id}")

    assert answer.location == "/messages"
    assert "The message is deleted." in susans.get("/messages").text
    assert db.session.scalars(select(Message.text)).one() == ""
    db.session.rollback()


def test_a_group_can_be_left_and_a_pair_cannot(susan, john, mary, pair, johns):
    group = begin(susan, "john mary", "Soup?")
    assert "Leave this conversation?" in johns.get(f"/messages/{group}/remove").text

    assert johns.post(f"/messages/{group}/leave").location == "/messages"

    assert johns.get(f"/messages/{group}").status_code == 404
    assert johns.post(f"/messages/{pair}/leave").status_code == 403


def test_somebody_who_is_gone_is_named_so(susan, john, pair, johns):
    conversations.erase(susan.id)
    susan.username, susan.erased_at = "deleted_x", utc_now()
    db.session.commit()

    page = johns.get(f"/messages/{pair}").text

    assert "Deleted account" in page
    assert "deleted_x" not in page
    assert "This account is deleted." in page
    assert "message-form" not in page


def test_a_page_takes_few_queries_however_long(susan, client_of, count_queries):
    browser = client_of(susan)
    taken = set()
    for number in range(1, 12, 5):
        for _ in range(number):
            friend, other = make_user(), make_user()
            pair = begin(susan, friend.username, "Hello")
            group = begin(friend, f"susan {other.username}", "Hello")
            messages.send(friend, pair, "Hello")
        db.session.commit()
        counts = []
        for path in (
            "/messages",
            "/messages/requests",
            f"/messages/{pair}",
            f"/messages/{group}",
            f"/messages/{pair}/news?after=1",
            "/messages/list",
            f"/messages/list?open={pair}",
        ):
            count_queries.clear()
            assert browser.get(path).status_code == 200
            counts.append(len(count_queries))
        taken.add(tuple(counts))

    assert taken == {(4, 3, 6, 6, 4, 4, 5)}


def test_nothing_new_is_found_out_by_two_queries(susan, john, client_of, count_queries):
    pair = begin(susan, "john", "Hello")
    browser = client_of(john)
    newest = db.session.scalars(select(Message.id)).one()
    count_queries.clear()

    assert browser.get(f"/messages/{pair}/news?after={newest}").status_code == 204
    assert len(count_queries) == 2
