"""User name, e-mail address and password: changing them, and what goes along."""

import re
from collections import Counter

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Email, User
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post, make_user
from app.tests.together import together, windows

PAGE = "/settings/account"
NEW_PASSWORD = "a quiet harbour in winter"
WRONG = "not the password"


def save(browser: Client, **fields: str):
    """Send the form of name and address, as susan has it but for some fields."""
    browser.get(PAGE)
    given = {"username": "susan", "email": "susan@mail.example", "password": PASSWORD}
    return browser.post(PAGE, given | fields)


def change_password(browser: Client, **fields: str):
    browser.get(PAGE)
    given = {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    return browser.post(f"{PAGE}/password", given | fields)


def errors_on(page) -> list[str]:
    """Return the names of the fields that are refused."""
    return re.findall(r'id="(\w+)-error"', page.text)


def kinds_of_mail() -> list[str]:
    found = [*db.session.scalars(select(Email.kind))]
    db.session.commit()
    return found


class TestTheUserName:
    def test_it_changes(self, susan, client_of):
        browser = client_of(susan)
        saved = save(browser, username="@Wren ")

        assert saved.location == PAGE
        page = browser.get(PAGE).text
        assert "You are @Wren now." in page
        assert 'value="Wren"' in page
        assert browser.get("/@Wren").status_code == 200
        assert kinds_of_mail() == ["username_changed"]

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("", "Choose a user name."),
            ("w", "Use 2 to 30 characters."),
            ("admin", "This name is reserved."),
            ("wren!", "Use the letters a to z"),
            ("John", "@John is taken. Still free: @John_, @John2"),
        ],
    )
    def test_a_name_that_cannot_be_had_is_refused_with_the_reason(
        self, susan, john, client_of, name, reason
    ):
        page = save(client_of(susan), username=name)

        assert page.status_code == 422
        assert errors_on(page) == ["username"]
        assert reason in page.text
        # The menu still has the name of the member.
        assert 'href="/@susan"' in page.text

    def test_the_fourth_new_name_has_to_wait_and_says_until_when(self, susan, client_of):
        browser = client_of(susan)
        for name in ("wren", "swift", "heron"):
            save(browser, username=name)
        page = save(browser, username="robin")

        assert page.status_code == 422
        assert re.search(r"You can change it again on \d+ \w+ \d{4}\.", page.text)

    def test_one_of_many_who_want_a_name_gets_it(self, app, owner):
        people = [make_user() for _ in range(8)]
        browsers = [Client(app) for _ in people]
        for browser, user in zip(browsers, people, strict=True):
            browser.sign_in(user.username)
            browser.get(PAGE)
        emails = [user.credential.email for user in people]

        def take(browser: Client, email: str) -> int:
            fields = {"username": "wren", "email": email, "password": PASSWORD}
            return browser.post(PAGE, fields).status_code

        pairs = zip(browsers, emails, strict=True)
        outcomes = together([lambda b=browser, e=email: take(b, e) for browser, email in pairs])

        assert Counter(outcomes) == {303: 1, 422: 7}


class TestTheFormerName:
    @pytest.fixture
    def renamed(self, susan, client_of) -> Client:
        browser = client_of(susan)
        save(browser, username="wren")
        return browser

    @pytest.mark.parametrize(
        "rest", ["", "?before=5", "/followers", "/following", "/followers?before=5"]
    )
    def test_pages_under_it_lead_on(self, renamed, client, rest):
        for name in ("susan", "SUSAN"):
            response = client.get(f"/@{name}{rest}")
            assert response.status_code == 302
            assert response.location == f"/@wren{rest}"

    def test_so_do_links_to_posts(self, renamed, susan, client):
        post = make_post(susan)
        response = client.get(f"/@susan/{post.id}")

        assert response.status_code == 302
        assert response.location == f"/@wren/{post.id}"
        assert client.get(response.location).status_code == 200

    def test_posts_of_others_are_not_found_under_it(self, renamed, john, client):
        post = make_post(john)

        assert client.get(client.get(f"/@susan/{post.id}").location).status_code == 404

    def test_a_form_of_a_page_opened_before_still_works(self, renamed, john, client_of):
        browser = client_of(john)
        sent = browser.post("/@susan/follow", {"next": "/explore"})

        assert sent.status_code == 307
        assert sent.location == "/@wren/follow"
        assert browser.post(sent.location, {"next": "/explore"}).location == "/explore"

    def test_mentions_in_posts_stay_as_they_were(self, susan, john, client_of):
        post = make_post(john, "Thanks, @susan")
        save(client_of(susan), username="wren")
        page = client_of(john).get(f"/@john/{post.id}")

        assert 'href="/@susan"' in page.text

    def test_a_name_that_nobody_had_leads_nowhere(self, renamed, client):
        assert client.get("/@nobody_at_all").status_code == 404

    def test_the_way_over_it_costs_pages_nothing(self, renamed, susan, client, count_queries):
        post = make_post(susan)
        count_queries.clear()
        client.get("/@wren")
        of_profile = len(count_queries)
        client.get(f"/@wren/{post.id}")

        assert of_profile == 2
        assert len(count_queries) - of_profile == 3


class TestTheAddress:
    def test_it_changes_when_the_link_is_opened(self, susan, client_of, mailbox):
        browser = client_of(susan)
        saved = save(browser, email="wren@mail.example")

        assert saved.location == PAGE
        assert "Your address becomes wren@mail.example" in browser.get(PAGE).text
        [message] = mailbox.receive()
        assert message["To"] == "wren@mail.example"
        browser.get(mailbox.link(message))
        browser.post(mailbox.link(message))
        page = browser.get(PAGE).text
        assert 'value="wren@mail.example"' in page
        assert "Your address becomes" not in page
        told = {message["To"] for message in mailbox.receive()}
        assert told == {"susan@mail.example", "wren@mail.example"}

    def test_the_mail_may_be_sent_again_and_the_change_called_off(self, susan, client_of, mailbox):
        browser = client_of(susan)
        save(browser, email="wren@mail.example")
        mailbox.receive()
        page = browser.get(PAGE)
        assert 'formaction="/auth/confirm"' in page.text

        assert browser.post("/auth/confirm", {"next": PAGE}).location == PAGE
        [message] = mailbox.receive()
        assert browser.post(f"{PAGE}/email/cancel").location == PAGE
        assert "Your address becomes" not in browser.get(PAGE).text
        assert browser.get(mailbox.link(message)).status_code == 404

    def test_another_user_name_leaves_a_change_pending(self, susan, client_of):
        browser = client_of(susan)
        save(browser, email="wren@mail.example")
        save(browser, username="wren")

        assert "Your address becomes wren@mail.example" in browser.get(PAGE).text

    @pytest.mark.parametrize(
        "address", ["", "susan", "a@b@c", "a@mail.example\r\nBcc: x@mail.example", "x" * 300]
    )
    def test_what_is_no_address_is_refused(self, susan, client_of, address):
        page = save(client_of(susan), email=address)

        assert page.status_code == 422
        assert errors_on(page) == ["email"]
        assert kinds_of_mail() == []

    def test_that_of_somebody_else_looks_the_same(self, susan, john, client_of):
        browser = client_of(susan)

        assert save(browser, email="john@mail.example").status_code == 303
        assert "We wrote to john@mail.example." in browser.get(PAGE).text

    def test_one_that_is_not_confirmed_says_so(self, susan, client_of):
        susan.credential.email_confirmed_at = None
        db.session.commit()
        page = client_of(susan).get(PAGE).text

        assert "susan@mail.example is not confirmed yet." in page
        assert 'formaction="/auth/confirm"' in page

    def test_mails_to_strangers_have_a_limit(self, make_app, susan):
        browser = Client(make_app(RATELIMIT_ENABLED=True))
        browser.sign_in("susan")
        tried = [save(browser, email=f"wren{n}@mail.example").status_code for n in range(6)]

        assert tried == [303] * 5 + [429]
        assert save(browser, username="wren").status_code == 303


class TestTheForm:
    def test_it_wants_the_password(self, susan, client_of):
        browser = client_of(susan)
        for password in ("", WRONG, PASSWORD.upper()):
            page = save(browser, username="wren", email="wren@mail.example", password=password)
            assert page.status_code == 422
            assert errors_on(page) == ["password"]
        assert db.session.scalars(select(User.username).where(User.id == susan.id)).one() == "susan"
        assert kinds_of_mail() == []

    def test_it_tells_all_at_once(self, susan, john, client_of):
        page = save(client_of(susan), username="john", email="x", password=WRONG)

        assert errors_on(page) == ["username", "email", "password"]

    def test_nothing_new_is_no_change(self, susan, client_of):
        browser = client_of(susan)
        save(browser)

        assert "nothing was changed" in browser.get(PAGE).text
        assert kinds_of_mail() == []

    def test_guesses_at_the_password_have_a_limit(self, make_app, susan):
        browser = Client(make_app(RATELIMIT_ENABLED=True))
        browser.sign_in("susan")

        assert [save(browser, password=WRONG).status_code for _ in range(5)] == [422] * 5
        assert [change_password(browser, current=WRONG).status_code for _ in range(5)] == [422] * 5
        assert save(browser).status_code == 429
        assert change_password(browser).status_code == 429

    def test_fields_it_does_not_have_are_ignored(self, susan, client_of):
        save(client_of(susan), username="wren", role="owner", id="1", email_confirmed_at="")
        db.session.refresh(susan)

        assert (susan.username, susan.role) == ("wren", "member")


class TestThePassword:
    def test_it_changes_and_is_mailed_about(self, susan, client_of, client):
        browser = client_of(susan)
        changed = change_password(browser)

        assert changed.location == PAGE
        assert "Your password is changed." in browser.get(PAGE).text
        assert kinds_of_mail() == ["password_changed"]
        assert client.sign_in("susan").status_code == 422
        assert client.sign_in("susan", NEW_PASSWORD).status_code == 303

    def test_other_sessions_end_and_this_one_stays_under_another_id(self, susan, client_of):
        browser, other = client_of(susan), client_of(susan)
        [copied] = windows(browser, 1)
        change_password(browser)

        assert browser.get(PAGE).status_code == 200
        assert other.get(PAGE).status_code == 303
        # Somebody who had copied the cookie is out as well.
        assert copied.get(PAGE).status_code == 303

    @pytest.mark.parametrize(
        ("fields", "field", "reason"),
        [
            ({"current": WRONG}, "current", "This is not your password."),
            ({"current": ""}, "current", "Enter your current password."),
            ({"new": "short", "again": "short"}, "new", "This has 5 characters;"),
            ({"new": "susan@mail.example", "again": "susan@mail.example"}, "new", "easy to guess"),
            ({"new": "x" * 257, "again": "x" * 257}, "new", "At most 256 characters."),
            ({"again": NEW_PASSWORD + "!"}, "again", "This is not the same as above."),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, susan, client_of, client, fields, field, reason
    ):
        page = change_password(client_of(susan), **fields)

        assert page.status_code == 422
        assert errors_on(page) == [field]
        assert reason in page.text
        assert kinds_of_mail() == []
        assert client.sign_in("susan").status_code == 303

    def test_its_characters_are_kept_as_they_are(self, susan, client_of, client):
        password = "  🌿 contraseña 비밀번호 <b>&amp; \u00e9e\u0301 " + "ñ" * 20
        change_password(client_of(susan), new=password, again=password)

        assert client.sign_in("susan", password.strip()).status_code == 422
        assert client.sign_in("susan", password).status_code == 303

    def test_coming_back_to_a_refused_form_shows_the_page(self, susan, client_of):
        assert client_of(susan).get(f"{PAGE}/password").location == PAGE


def test_the_list_of_settings_leads_to_every_page(susan, client_of):
    browser = client_of(susan)
    page = browser.get("/settings")
    [nav] = re.findall(r'<nav class="settings-nav".*?</nav>', page.text, re.DOTALL)
    paths = re.findall(r'<a href="([^"]+)"', nav)

    assert len(paths) == 9
    assert {browser.get(path).status_code for path in paths} == {200}
