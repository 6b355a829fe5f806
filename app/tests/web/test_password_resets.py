"""Getting back in with a link in a mail, when the password is forgotten."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, Email, Job, UserSession
from app.models.base import utc_now
from app.services import accounts, confirmations, jobs, password_changes, signing_in
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user
from app.tests.together import together, windows

NEW = "a kettle full of maps"


def ask(client: Client, email: str):
    client.get("/auth/reset_password_request")
    return client.post("/auth/reset_password_request", {"email": email})


def link_for(mailbox) -> str:
    [mail] = mailbox.receive()
    return mailbox.link(mail)


@pytest.fixture
def link(susan, client, mailbox) -> str:
    """Return the link that was sent to susan."""
    ask(client, "susan@mail.example")
    return link_for(mailbox)


def use(client: Client, link: str, password: str = NEW):
    """Open a link, fill in the form and send it."""
    client.get(link)
    return client.post(link, {"password": password})


def jobs_left() -> int:
    number = db.session.scalars(select(func.count()).select_from(Job)).one()
    db.session.commit()
    return number


class TestAsking:
    def test_the_sign_in_page_leads_here(self, client, owner):
        assert 'href="/auth/reset_password_request"' in client.get("/auth/login").text

    def test_known_unknown_and_suspended_look_alike(self, susan, john, app):
        john.suspended_at = utc_now()
        db.session.commit()
        seen = [
            self.what_is_seen(app, f"{name}@mail.example") for name in ("susan", "john", "nobody")
        ]

        assert seen[0] == seen[1] == seen[2]
        assert "Check your e-mail" in seen[0][1][1]

    def what_is_seen(self, app, email: str) -> list[tuple[int, str]]:
        client = Client(app)
        answers = [ask(client, email), client.get("/auth/reset_password_sent")]
        return [
            (a.status_code, re.sub(r'csrf_token" value="[^"]+', "", a.text).replace(email, "X"))
            for a in answers
        ]

    def test_known_and_unknown_take_the_same_queries(self, susan, app, count_queries):
        def queries_of(email: str) -> list[str]:
            client = Client(app)
            client.get("/auth/reset_password_request")
            count_queries.clear()
            client.post("/auth/reset_password_request", {"email": email})
            return [*count_queries]

        assert queries_of("susan@mail.example") == queries_of("nobody@mail.example")

    def test_only_who_has_an_account_gets_a_mail(self, susan, john, client, mailbox):
        john.suspended_at = utc_now()
        db.session.commit()
        for name in ("john", "nobody", "Susan"):
            ask(client, f"{name}@mail.example")

        [mail] = mailbox.receive()
        assert mail["X-Envelope-To"] == "susan@mail.example"

    def test_what_is_typed_is_shown_escaped(self, client, owner):
        ask(client, "o'neil&sons@mail.example")

        page = client.get("/auth/reset_password_sent").text
        assert "<b>o&#39;neil&amp;sons@mail.example</b>" in page

    def test_the_page_that_follows_needs_a_first_one(self, client, owner):
        page = client.get("/auth/reset_password_sent")

        assert (page.status_code, page.location) == (303, "/auth/reset_password_request")

    def test_asking_many_times_at_once_queues_one_job(self, susan, client):
        for _ in range(5):
            ask(client, "Susan@mail.example")

        assert jobs_left() == 1

    def test_one_member_gets_so_many_mails_in_an_hour(self, susan, app, client, mailbox):
        count = 0
        for _ in range(8):
            ask(client, "susan@mail.example")
            count += len(mailbox.receive())

        assert count == 5

    def test_one_address_asks_so_often(self, make_app, owner):
        client = Client(make_app(RATELIMIT_ENABLED=True))
        statuses = [ask(client, f"a{n}@mail.example").status_code for n in range(21)]

        assert statuses == [303] * 20 + [429]

    @pytest.mark.parametrize(
        "email",
        [
            "",
            "susan",
            "susan@mail.example\r\nBcc: evil@mail.example",
            "susan@mail.example\nBcc: evil@mail.example",
            "susan@mail.example, evil@mail.example",
            "susan@mail.example;evil@mail.example",
            "susan@mail.example%0d%0aBcc:evil@mail.example",
            "Susan <susan@mail.example>",
            "a" * 300 + "@mail.example",
        ],
    )
    def test_what_is_no_address_is_refused(self, susan, client, email):
        page = ask(client, email)

        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.text
        assert jobs_left() == 0

    def test_one_who_is_to_be_deleted_may_come_back(self, susan, client, mailbox):
        susan.deletion_at = utc_now() + timedelta(days=30)
        db.session.commit()
        ask(client, "susan@mail.example")

        assert use(client, link_for(mailbox)).status_code == 303
        assert client.sign_in("susan", NEW).status_code == 303

    def test_the_mail_speaks_the_language_of_the_page(self, susan, app, mailbox):
        ask(Client(app, **{"Accept-Language": "ko"}), "susan@mail.example")
        mailbox.receive()

        assert db.session.scalars(select(Email.locale)).all() == ["ko"]

    def test_a_shared_address_means_who_confirmed_it_else_who_came_last(self, client, mailbox):
        make_user("first")
        ids = []
        for name in ("older", "newer"):
            user = accounts.register(name, "shared@mail.example", PASSWORD)
            user.credential.email_claimed = False
            db.session.commit()
            ids.append(user.id)
        ask(client, "shared@mail.example")
        [to_newest] = mailbox.receive()
        assert "@newer" in mailbox.text(to_newest)

        db.session.get_one(Credential, ids[0]).email_claimed = True
        db.session.commit()
        ask(client, "shared@mail.example")
        [to_owner] = mailbox.receive()
        assert "@older" in mailbox.text(to_owner)


class TestChoosing:
    def test_the_new_password_signs_in_and_the_old_one_does_not(self, link, client, mailbox):
        answer = use(client, link)

        assert (answer.status_code, answer.location) == (303, "/auth/login")
        page = client.get("/auth/login").text
        assert "Your password is changed. Sign in with the new one." in page
        assert client.sign_in("susan", NEW).status_code == 303
        assert Client(client.app).sign_in("susan", PASSWORD).status_code == 422

    def test_it_is_told_by_mail(self, link, client, mailbox):
        use(client, link)

        [told] = mailbox.receive()
        assert told["To"] == "susan@mail.example"
        assert told["Subject"] == "Your password for Microblog was changed"

    def test_all_sessions_end(self, susan, client_of, client, mailbox):
        phone, laptop = client_of(susan), client_of(susan)
        laptop.sign_in("susan", remember_me="y")
        ask(client, "susan@mail.example")
        links = [mailbox.link(m) for m in mailbox.receive() if "password" in m["Subject"]]
        use(client, *links)

        for browser in (phone, laptop):
            assert browser.get("/settings/profile").status_code == 303
        assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0

    def test_others_stay_signed_in(self, link, client, john, client_of):
        browser = client_of(john)
        use(client, link)

        assert browser.get("/settings/profile").status_code == 200

    def test_a_member_who_is_signed_in_may_use_it(self, link, susan, john, client_of):
        own = client_of(susan)
        assert own.get(link).status_code == 200
        assert own.post(link, {"password": NEW}).status_code == 303
        assert "Your password is changed." in own.get("/auth/login").text

    def test_who_uses_it_in_the_browser_of_somebody_else_leaves_them_signed_in(
        self, link, john, client_of
    ):
        browser = client_of(john)
        assert use(browser, link).status_code == 303

        assert browser.get("/settings/profile").status_code == 200

    def test_looking_at_it_changes_nothing(self, link, client):
        for _ in range(3):
            page = client.get(link)
            assert page.status_code == 200
            assert "<b>@susan</b>" in page.text

        assert use(client, link).status_code == 303

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("", "Choose a password."),
            ("soup", "This has 4 characters; a password needs at least 12."),
            ("susan@mail.example", "This password is easy to guess."),
            ("x" * 300, "At most 256 characters."),
        ],
    )
    def test_a_weak_one_is_refused_and_the_link_still_works(self, link, client, password, said):
        page = use(client, link, password)

        assert page.status_code == 422
        assert said in page.text
        assert use(client, link).status_code == 303

    def test_it_works_once(self, link, client):
        use(client, link)
        client.get("/auth/login")

        for answer in (client.get(link), client.post(link, {"password": "another one entirely"})):
            assert answer.status_code == 404
            assert "This link no longer works" in answer.text
            assert 'href="/auth/reset_password_request"' in answer.text
        assert Client(client.app).sign_in("susan", NEW).status_code == 303

    def test_one_of_fifty_who_use_it_at_once_wins(self, link, client):
        client.get(link)
        passwords = [f"{NEW} number {n}" for n in range(50)]
        tabs = windows(client, 50)

        outcomes = together(
            [
                lambda t=t, p=p: t.post(link, {"password": p}).status_code
                for t, p in zip(tabs, passwords, strict=True)
            ]
        )

        assert sorted(outcomes) == [303, *[404] * 49]
        winner = passwords[outcomes.index(303)]
        assert client.sign_in("susan", winner).status_code == 303

    def test_a_newer_one_ends_it(self, link, client, mailbox):
        ask(client, "susan@mail.example")
        newer = link_for(mailbox)

        assert use(client, link).status_code == 404
        assert use(client, newer).status_code == 303

    def test_it_lives_half_an_hour(self, link, client):
        client.get(link)
        with time_machine.travel(utc_now() + timedelta(minutes=29)):
            assert client.get(link).status_code == 200
        with time_machine.travel(utc_now() + timedelta(minutes=31)):
            assert client.get(link).status_code == 404
            assert client.post(link, {"password": NEW}).status_code == 404
        assert signing_in.authenticate("susan", PASSWORD)

    def test_another_change_of_the_password_ends_it(self, link, susan, client):
        password_changes.change(susan, "changed in the settings")
        db.session.commit()

        assert use(client, link).status_code == 404
        assert signing_in.authenticate("susan", "changed in the settings")

    @pytest.mark.parametrize("state", ["suspended_at", "erased_at"])
    def test_who_is_gone_meanwhile_gets_no_further(self, link, susan, client, state):
        client.get(link)
        setattr(susan, state, utc_now())
        db.session.commit()

        assert client.get(link).status_code == 404
        assert client.post(link, {"password": NEW}).status_code == 404

    def test_that_of_a_confirmation_sets_no_password(self, susan, client_of, mailbox):
        susan.credential.email_confirmed_at = None
        db.session.commit()
        browser = client_of(susan)
        browser.post("/auth/confirm")
        secret = link_for(mailbox).rpartition("/")[2]

        assert browser.get(f"/auth/reset_password/{secret}").status_code == 404

    def test_it_confirms_the_address_that_it_went_to(self, susan, client, mailbox):
        susan.credential.email_confirmed_at = None
        susan.credential.email_claimed = False
        db.session.commit()
        ask(client, "susan@mail.example")
        use(client, link_for(mailbox))

        db.session.refresh(susan.credential)
        assert susan.credential.email_confirmed_at
        assert susan.credential.email_claimed

    def test_it_does_not_confirm_an_address_that_came_later(self, susan, client, mailbox):
        susan.credential.email_confirmed_at = None
        db.session.commit()
        ask(client, "susan@mail.example")
        link = link_for(mailbox)
        susan.credential.email = susan.credential.email_key = "soup@mail.example"
        db.session.commit()

        assert use(client, link).status_code == 303
        db.session.refresh(susan.credential)
        assert susan.credential.email_confirmed_at is None

    def test_other_links_of_the_member_end_too(self, susan, link, client, client_of, mailbox):
        confirmations.request_change(susan, "soup@mail.example")
        db.session.commit()
        [asked] = mailbox.receive()
        use(client, link)

        assert client.get(mailbox.link(asked)).status_code == 404


class TestChangingService:
    def test_one_session_may_stay(self, susan, client_of):
        here, there = client_of(susan), client_of(susan)
        ids = db.session.scalars(select(UserSession.id).order_by(UserSession.id)).all()

        password_changes.change(susan, NEW, keep_session=ids[0])
        db.session.commit()

        assert here.get("/settings/profile").status_code == 200
        assert there.get("/settings/profile").status_code == 303

    def test_when_it_happened_is_kept(self, susan):
        before = utc_now()
        password_changes.change(susan, NEW)

        assert before <= susan.credential.password_changed_at <= utc_now()


def test_links_go_to_the_address_of_the_site_whatever_the_request_said(susan, app, mailbox):
    client = Client(app, **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    ask(client, "susan@mail.example")

    [mail] = mailbox.receive()
    assert "evil.example" not in mail.as_string()
    assert f"http://localhost{mailbox.link(mail)}" in mailbox.text(mail)


def test_the_page_does_not_wait_for_the_mail_server(susan, client, smtp_server, run_jobs):
    smtp_server.forget()
    smtp_server.answers.append("451 later")

    assert ask(client, "susan@mail.example").status_code == 303
    assert smtp_server.connections == 0
    run_jobs()
    assert [job.name for job in jobs.listed()] == ["send_email"]
