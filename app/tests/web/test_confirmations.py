"""Confirming an address by the link of a mail, and what one may not do until then."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, Follow, Post, User
from app.models.base import utc_now
from app.services import confirmations
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user
from app.tests.together import together, windows
from app.tests.web.test_registration import sign_up


@pytest.fixture
def strict(make_app):
    """Return the application of a site that asks for confirmed addresses."""
    return make_app(REQUIRE_CONFIRMED_EMAIL=True)


@pytest.fixture
def wren(strict, john) -> Client:
    """Return the browser of somebody who has just signed up."""
    client = Client(strict)
    sign_up(client)
    client.get("/")
    return client


def link_for(mailbox) -> str:
    [mail] = mailbox.receive()
    return mailbox.link(mail)


def credential_of(username: str) -> Credential:
    query = select(Credential).join(User, User.id == Credential.user_id)
    found = db.session.scalars(query.where(User.username == username)).one()
    db.session.refresh(found)
    db.session.commit()
    return found


def click(client: Client, link: str):
    """Open a link and press its button."""
    client.get(link)
    return client.post(link)


def number_of(model) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


class TestLink:
    def test_it_confirms_the_address(self, wren, mailbox):
        answer = click(wren, link_for(mailbox))

        assert (answer.status_code, answer.location) == (303, "/")
        assert "wren@mail.example is confirmed." in wren.get("/").text
        assert credential_of("wren").email_claimed
        assert credential_of("wren").email_confirmed_at

    def test_it_works_signed_out_and_leads_to_sign_in(self, wren, strict, mailbox):
        phone = Client(strict)
        answer = click(phone, link_for(mailbox))

        assert answer.location == "/auth/login"
        assert "wren@mail.example is confirmed." in phone.get("/auth/login").text
        assert phone.sign_in("wren@mail.example").status_code == 303

    def test_looking_at_it_changes_nothing(self, wren, mailbox):
        link = link_for(mailbox)
        for _ in range(3):
            page = wren.get(link)
            assert page.status_code == 200
            assert "wren@mail.example" in page.text
        wren.send("HEAD", link, {})

        assert credential_of("wren").email_confirmed_at is None
        assert wren.post(link).status_code == 303

    def test_it_works_once(self, wren, mailbox):
        link = link_for(mailbox)
        click(wren, link)

        for answer in (wren.get(link), wren.post(link)):
            assert answer.status_code == 404
            assert "This link no longer works" in answer.text
            assert "There is nothing left to do" in answer.text

    def test_one_of_many_who_use_it_wins(self, wren, mailbox):
        link = link_for(mailbox)
        wren.get(link)
        tabs = windows(wren, 50)
        outcomes = together([lambda t=tab: t.post(link).status_code for tab in tabs])

        assert sorted(outcomes) == [303, *[404] * 49]

    def test_it_lives_a_week(self, wren, mailbox):
        link = link_for(mailbox)
        with time_machine.travel(utc_now() + timedelta(days=6, hours=23)):
            assert Client(wren.app).get(link).status_code == 200
        with time_machine.travel(utc_now() + timedelta(days=7, minutes=1)):
            stranger = Client(wren.app)
            page = stranger.get(link)
            assert page.status_code == 404
            assert 'href="/auth/login"' in page.text
            stranger.get("/auth/login")
            assert stranger.post(link).status_code == 404
        assert credential_of("wren").email_confirmed_at is None

    def test_a_newer_one_ends_it(self, wren, mailbox):
        old = link_for(mailbox)
        wren.post("/auth/confirm")
        new = link_for(mailbox)

        assert wren.get(old).status_code == 404
        assert click(wren, new).status_code == 303

    def test_an_old_one_offers_its_member_a_new_one(self, wren, mailbox):
        old = link_for(mailbox)
        wren.post("/auth/confirm")
        link_for(mailbox)

        page = wren.get(old).text
        assert "We can send a new one to <b>wren@mail.example</b>." in page
        assert 'action="/auth/confirm"' in page

    @pytest.mark.parametrize("token", ["x", "x" * 43, "a/b", "é", "%00", "' OR 1=1"])
    def test_what_is_none_is_refused(self, client, owner, token):
        client.get("/auth/login")

        assert client.get(f"/auth/confirm/{token}").status_code in {400, 404}
        assert client.post(f"/auth/confirm/{token}").status_code in {400, 404}

    def test_that_of_a_reset_confirms_nothing(self, susan, client, mailbox):
        client.get("/auth/reset_password_request")
        client.post("/auth/reset_password_request", {"email": "susan@mail.example"})
        secret = link_for(mailbox).rpartition("/")[2]

        assert client.get(f"/auth/confirm/{secret}").status_code == 404

    def test_that_of_a_suspended_member_is_none(self, wren, mailbox):
        link = link_for(mailbox)
        db.session.query(User).filter_by(username="wren").update({"suspended_at": utc_now()})
        db.session.commit()

        assert Client(wren.app).get(link).status_code == 404

    def test_an_address_goes_to_the_first_who_confirms_it(self, wren, strict, mailbox):
        sign_up(Client(strict), username="robin")
        mails = mailbox.receive()
        assert [mail["To"] for mail in mails] == ["wren@mail.example"] * 2
        of_wren, of_robin = map(mailbox.link, mails)
        phone = Client(strict)

        assert click(phone, of_robin).status_code == 303
        late = click(phone, of_wren)

        assert late.status_code == 409
        assert "This address has an account already" in late.text
        assert credential_of("robin").email_claimed
        assert not credential_of("wren").email_claimed
        assert credential_of("wren").email_confirmed_at is None

    def test_an_address_goes_to_one_of_two_who_confirm_it_at_once(self, wren, strict, mailbox):
        sign_up(Client(strict), username="robin")
        links = [mailbox.link(mail) for mail in mailbox.receive()]
        phones = [Client(strict), Client(strict)]
        for phone, link in zip(phones, links, strict=True):
            phone.get(link)

        pairs = zip(phones, links, strict=True)
        outcomes = together([lambda p=p, link=link: p.post(link).status_code for p, link in pairs])

        assert sorted(outcomes) == [303, 409]
        assert db.session.query(Credential).filter_by(email="wren@mail.example").count() == 2
        claimed = {"email": "wren@mail.example", "email_claimed": True}
        assert db.session.query(Credential).filter_by(**claimed).count() == 1


class TestUntilConfirmed:
    def test_a_notice_on_each_page_says_what_to_do(self, wren):
        for path in ("/", "/explore", "/@john", "/@wren", "/settings/profile", "/about"):
            page = wren.get(path).text
            assert "open the link in the mail that we sent to <b>wren@mail.example</b>" in page
            assert "Send the mail again" in page
        assert 'id="new-text"' not in wren.get("/").text

    def test_others_see_no_notice(self, wren, strict, susan, client):
        browser = Client(strict)
        browser.sign_in("susan")

        assert "Send the mail again" not in browser.get("/").text
        assert 'id="new-text"' in browser.get("/").text
        assert "Send the mail again" not in client.get("/").text

    def test_the_notice_goes_with_the_confirmation(self, wren, mailbox):
        click(wren, link_for(mailbox))

        assert "Send the mail again" not in wren.get("/").text
        assert wren.post("/posts", {"body": "Hello"}).status_code == 303
        assert wren.post("/@john/follow").status_code == 303

    @pytest.mark.parametrize("send", [Client.post, Client.htmx])
    def test_a_post_is_refused_and_its_text_kept(self, wren, send):
        page = send(wren, "/posts", {"body": "Hello, I am new."})

        assert page.status_code == 422
        assert "Confirm your e-mail address first." in page.text
        assert "Hello, I am new." in page.text
        assert number_of(Post) == 0

    @pytest.mark.parametrize("send", [Client.post, Client.htmx])
    def test_following_is_refused_and_the_way_out_told(self, wren, send):
        page = send(wren, "/@john/follow")

        assert page.status_code == 403
        assert "Confirm your e-mail address first" in page.text
        assert "On Home you can have the mail sent again." in page.text
        assert number_of(Follow) == 0

    def test_the_script_says_it_too(self, wren):
        assert 'data-refused="Confirm your e-mail address first' in wren.get("/@john").text

    def test_the_rest_is_allowed(self, wren):
        assert wren.post("/@john/unfollow").status_code == 303
        fields = {"display_name": "Wren", "bio": "Soup"}
        assert wren.post("/settings/profile", fields).location == "/settings/profile"
        assert wren.post("/auth/logout").status_code == 303

    def test_the_owner_of_the_site_is_no_exception(self, strict):
        client = Client(strict)
        sign_up(client, username="first")
        client.get("/")

        assert client.post("/posts", {"body": "Hello"}).status_code == 422

    def test_without_the_setting_nobody_has_to(self, client, john):
        sign_up(client)

        assert "Send the mail again" not in client.get("/").text
        assert client.post("/posts", {"body": "Hello"}).status_code == 303
        assert client.post("/@john/follow").status_code == 303


class TestSendingAgain:
    def test_it_goes_to_the_address_and_back_to_the_page(self, wren, mailbox):
        mailbox.receive()
        answer = wren.post("/auth/confirm", {"next": "/@john"})

        assert answer.location == "/@john"
        assert "We have sent a mail to wren@mail.example." in wren.get("/").text
        [mail] = mailbox.receive()
        assert mail["X-Envelope-To"] == "wren@mail.example"

    def test_who_has_nothing_to_confirm_gets_no_mail(self, susan, client_of, mailbox):
        browser = client_of(susan)
        assert browser.post("/auth/confirm").status_code == 303

        assert mailbox.receive() == []
        assert "Your e-mail address is confirmed." in browser.get("/").text

    def test_it_has_a_limit(self, make_app, john):
        client = Client(make_app(REQUIRE_CONFIRMED_EMAIL=True, RATELIMIT_ENABLED=True))
        sign_up(client)
        client.get("/")
        statuses = [client.post("/auth/confirm").status_code for _ in range(6)]

        assert statuses == [303] * 5 + [429]


class TestNobodyIsFloodedWithMail:
    def sign_up(self, strict, email: str) -> Client:
        username = f"wren{number_of(User)}"
        db.session.commit()
        client = Client(strict)
        sign_up(client, username=username, email=email)
        client.get("/")
        return client

    def test_an_address_gets_three_in_an_hour_however_many_ask(self, strict, john, mailbox):
        for email in ("wren@mail.example", "WREN@mail.example", "wren@Mail.Example"):
            self.sign_up(strict, email)
        mailbox.receive()
        self.sign_up(strict, "Wren@mail.example").post("/auth/confirm")
        assert mailbox.receive() == []

        with time_machine.travel(utc_now() + timedelta(minutes=61), tick=True):
            self.sign_up(strict, "wren@mail.example")
            assert len(mailbox.receive()) == 1

    def test_three_are_sent(self, strict, john, mailbox):
        for _ in range(3):
            self.sign_up(strict, "wren@mail.example")
        self.sign_up(strict, "robin@mail.example")

        assert len(mailbox.receive()) == 4

    def test_a_new_address_is_one_of_them(self, strict, susan, mailbox):
        for _ in range(3):
            self.sign_up(strict, "wren@mail.example")
        mailbox.receive()
        confirmations.request_change(susan, "Wren@mail.example")
        db.session.commit()

        assert mailbox.receive() == []
        assert confirmations.pending_change(susan) == "Wren@mail.example"

    def test_the_link_of_the_last_goes_on_working(self, wren, mailbox):
        for _ in range(2):
            mailbox.receive()
            wren.post("/auth/confirm")
        last = link_for(mailbox)
        answer = wren.post("/auth/confirm", {"next": "/@john"})

        assert answer.location == "/@john"
        assert "We have sent a mail to wren@mail.example." in wren.get("/").text
        assert click(wren, last).status_code == 303


class TestChange:
    @pytest.fixture
    def susans(self, susan, client_of) -> Client:
        return client_of(susan)

    def ask(self, user: User, email: str) -> None:
        confirmations.request_change(user, email)
        db.session.commit()

    def test_it_waits_until_it_is_confirmed_and_tells_both_addresses(self, susan, susans, mailbox):
        self.ask(susan, "soup@mail.example")
        [asked] = mailbox.receive()
        assert asked["To"] == "soup@mail.example"
        assert credential_of("susan").email == "susan@mail.example"

        assert "soup@mail.example" in susans.get(mailbox.link(asked)).text
        susans.post(mailbox.link(asked))

        changed = credential_of("susan")
        assert (changed.email, changed.email_key) == ("soup@mail.example", "soup@mail.example")
        told = mailbox.receive()
        assert {mail["To"] for mail in told} == {"soup@mail.example", "susan@mail.example"}
        for mail in told:
            assert "susan@mail.example" in mailbox.text(mail)
            assert "soup@mail.example" in mailbox.text(mail)
        assert Client(susans.app).sign_in("soup@mail.example").status_code == 303
        assert Client(susans.app).sign_in("susan@mail.example").status_code == 422

    def test_it_ends_a_reset_that_lies_in_the_old_mailbox(self, susan, susans, mailbox):
        self.ask(susan, "soup@mail.example")
        susans.get("/auth/reset_password_request")
        susans.post("/auth/reset_password_request", {"email": "susan@mail.example"})
        links = {mail["To"]: mailbox.link(mail) for mail in mailbox.receive()}
        assert susans.get(links["susan@mail.example"]).status_code == 200

        susans.post(links["soup@mail.example"])

        assert susans.get(links["susan@mail.example"]).status_code == 404

    def test_an_address_of_somebody_else_gets_no_link(self, susan, john, mailbox):
        self.ask(susan, "John@mail.example")

        [told] = mailbox.receive()
        assert told["To"] == "john@mail.example"
        assert "/auth/confirm/" not in mailbox.text(told)
        # It looks as if it was anybody's.
        assert confirmations.pending_change(susan) == "John@mail.example"

    def test_it_can_be_called_off(self, susan, susans, mailbox):
        self.ask(susan, "soup@mail.example")
        link = link_for(mailbox)
        confirmations.cancel_change(susan)
        db.session.commit()

        assert susans.get(link).status_code == 404
        assert confirmations.pending_change(susan) is None

    def test_sending_again_goes_to_the_new_address(self, susan, susans, mailbox):
        self.ask(susan, "soup@mail.example")
        mailbox.receive()
        susans.post("/auth/confirm")

        [mail] = mailbox.receive()
        assert mail["To"] == "soup@mail.example"

    def test_what_nobody_confirmed_is_replaced_at_once(self, wren, strict, mailbox):
        old = link_for(mailbox)
        wren.post("/auth/reset_password_request", {"email": "wren@mail.example"})
        old_reset = link_for(mailbox)
        assert wren.get(old_reset).status_code == 200
        with strict.app_context():
            user = db.session.scalars(select(User).where(User.username == "wren")).one()
            user.credential = db.session.get_one(Credential, user.id)
            self.ask(user, "right@mail.example")

        assert credential_of("wren").email == "right@mail.example"
        # Who reads the mailbox that was given by mistake must not get the account.
        assert wren.get(old).status_code == 404
        assert wren.get(old_reset).status_code == 404
        [mail] = mailbox.receive()
        assert mail["To"] == "right@mail.example"
        assert click(wren, mailbox.link(mail)).status_code == 303
        assert credential_of("wren").email_confirmed_at


def test_where_confirming_is_not_asked_for_the_first_to_give_an_address_has_it(client, mailbox):
    sign_up(client)
    assert credential_of("wren").email_claimed

    click(client, link_for(mailbox))
    assert credential_of("wren").email_confirmed_at


def test_links_go_to_the_address_of_the_site_whatever_the_request_said(strict, john, mailbox):
    client = Client(
        strict, **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    sign_up(client)

    [mail] = mailbox.receive()
    assert "evil.example" not in mail.as_string()
    assert f"http://localhost{mailbox.link(mail)}" in mailbox.text(mail)


@pytest.mark.parametrize("path", ["/auth/register", "/auth/reset_password_request"])
def test_a_request_for_another_host_is_refused(client, owner, path):
    client.get("/auth/login")
    fields = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD}

    assert client.post(path, fields, Host="evil.example").status_code == 400
    assert number_of(User) == 1


def test_an_account_of_the_command_line_may_be_confirmed_later(strict, mailbox):
    with strict.app_context():
        user = make_user("robin", email="robin@mail.example")
        user.credential.email_confirmed_at = None
        confirmations.request(user)
        db.session.commit()

    assert link_for(mailbox).startswith("/auth/confirm/")
