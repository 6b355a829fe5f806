"""Two-factor sign-in in the settings."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import segno
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.models import Credential, Email, RecoveryCode, UserSession
from app.models.base import utc_now
from app.services import sessions, two_factor
from app.tests.authenticator import code_for, code_of, turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD

PAGE = "/settings/two-factor"
CODES = f"{PAGE}/recovery-codes"
OFF = f"{PAGE}/off"
QR = f"{PAGE}/qr.svg"


@pytest.fixture
def browser(susan, client_of):
    """Return susan's browser on the page."""
    client = client_of(susan)
    client.get(PAGE)
    return client


@pytest.fixture
def codes(browser):
    """Turn it on in the browser, and return the recovery codes that it shows."""
    return shown(set_up(browser))


def set_up(client):
    code = code_for(key_on(client.get(PAGE)))
    return client.post(PAGE, {"code": code})


def key_on(page):
    return re.sub(r"<br>|\s", "", re.search(r"<code[^>]*>(.+?)</code>", page.text)[1])


def shown(page):
    return re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4})</li>", page.text)


def label(page):
    return re.search(r'<span class="label[^"]*">(\w+)</span>', page.text)[1]


def is_on(user):
    query = select(Credential.totp_enabled_at).where(Credential.user_id == user.id)
    enabled_at = db.session.scalar(query)
    db.session.commit()
    return enabled_at is not None


def rows(model):
    found = db.session.scalars(select(model)).all()
    db.session.commit()
    return found


class TestTurningItOn:
    def test_a_member_scans_types_and_gets_recovery_codes(self, susan, browser):
        page = browser.get(PAGE)
        assert label(page) == "Off"
        assert f'src="{QR}"' in page.text

        page = set_up(browser)

        assert page.status_code == 200
        assert len(shown(page)) == 8
        assert is_on(susan)
        assert "Two-factor sign-in is on." in page.text
        page = browser.get(PAGE)
        assert label(page) == "On"
        assert "8 codes are left." in page.text
        assert [mail.kind for mail in rows(Email)][-1] == "two_factor_on"

    def test_the_key_can_be_typed(self, browser):
        page = browser.get(PAGE)
        groups = re.search(r"<code[^>]*>(.+?)</code>", page.text)[1]

        assert re.fullmatch(r"(([A-Z2-7]{4}[ ]?){4}(<br>)?){2}", groups)

    def test_looking_writes_nothing(self, browser, count_queries):
        key = key_on(browser.get(PAGE))
        browser.get(QR)

        assert key_on(browser.get(PAGE)) == key
        assert {statement.split()[0] for statement in count_queries} == {"SELECT"}

    def test_the_picture_holds_the_key_of_the_page(self, susan, browser):
        key = key_on(browser.get(PAGE))
        picture = browser.get(QR)
        uri = f"otpauth://totp/Microblog:susan?secret={key}&issuer=Microblog"

        assert picture.mimetype == "image/svg+xml"
        assert picture.headers["Cache-Control"] == "no-store"
        expected = segno.make(uri, error="l").svg_inline(border=4, light="#fff", omitsize=True)
        drawn = re.search(r' d="M4 [^"]+"', expected)[0]
        assert drawn in picture.text

    @pytest.mark.parametrize("code", ["", "00000x", "nonsense", "1" * 100_000])
    def test_a_wrong_code_is_told_and_the_key_stays(self, susan, browser, code):
        key = key_on(browser.get(PAGE))
        page = browser.post(PAGE, {"code": code})

        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.text
        assert label(page) == "Off"
        assert key_on(page) == key
        assert not is_on(susan)

    def test_another_sessions_key_does_not_count(self, susan, browser, client_of):
        other = key_on(client_of(susan).get(PAGE))

        assert browser.post(PAGE, {"code": code_for(other)}).status_code == 422

    def test_elsewhere_one_is_signed_out(self, susan, browser, client_of):
        elsewhere = client_of(susan)
        set_up(browser)

        assert browser.get(PAGE).status_code == 200
        assert elsewhere.get("/settings/profile").status_code == 303
        assert len(rows(UserSession)) == 1

    def test_sending_it_again_shows_no_codes_again(self, browser):
        code = code_for(key_on(browser.get(PAGE)))
        codes = shown(browser.post(PAGE, {"code": code}))
        again = browser.post(PAGE, {"code": code})

        assert (again.status_code, again.location) == (303, PAGE)
        for path in (PAGE, CODES, OFF):
            page = browser.get(path)
            assert not any(code in page.text for code in codes)
            assert page.headers["Cache-Control"] == "no-store"

    def test_the_page_with_the_codes_is_kept_nowhere(self, browser):
        assert set_up(browser).headers["Cache-Control"] == "no-store"


class TestRecoveryCodes:
    def test_they_can_be_downloaded_as_text(self, browser):
        page = set_up(browser)
        link = re.search(
            r'href="data:text/plain;charset=utf-8,([^"]+)" download="([^"]+)"', page.text
        )

        assert link[2] == "recovery-codes.txt"
        lines = unquote(link[1]).split("\r\n")
        assert lines[0] == "Recovery codes for @susan at Microblog. Each works once."
        assert lines[2:-1] == shown(page)

    def test_new_ones_replace_the_old(self, codes, browser, app):
        assert "Those you have so far stop working." in browser.get(CODES).text

        new = shown(browser.post(CODES, {"code": codes[1]}))

        assert len(new) == len(rows(RecoveryCode)) == 8
        assert not set(new) & set(codes)
        assert second_step(app, codes[0]).status_code == 422
        assert second_step(app, new[0]).status_code == 303
        assert "7 codes are left." in browser.get(PAGE).text

    def test_new_ones_are_for_those_who_have_a_code(self, codes, browser):
        page = browser.post(CODES, {"code": "0000-0000"})

        assert page.status_code == 422
        assert "This code is not right, or it was used already." in page.text
        assert len(rows(RecoveryCode)) == 8

    def test_the_last_but_one_is_counted_in_the_singular(self, codes, browser, app):
        for code in codes[1:]:
            second_step(app, code)

        assert "1 code is left." in browser.get(PAGE).text

    @pytest.mark.parametrize("path", [CODES, OFF])
    def test_there_is_nothing_to_do_while_it_is_off(self, browser, path):
        assert browser.get(path).location == PAGE
        assert browser.post(path, {"code": "00000x"}).location == PAGE
        assert rows(RecoveryCode) == []


def second_step(app, code):
    client = Client(app)
    client.get("/auth/login")
    client.post("/auth/login", {"username": "susan", "password": PASSWORD})
    client.get("/auth/second-factor")
    return client.post("/auth/second-factor", {"code": code})


class TestTurningItOff:
    def test_a_code_turns_it_off(self, codes, susan, browser):
        browser.get(OFF)
        code = code_of(loaded(susan), ahead=1)
        answer = browser.post(OFF, {"code": code})

        assert (answer.status_code, answer.location) == (303, PAGE)
        page = browser.get(PAGE)
        assert "Two-factor sign-in is off." in page.text
        assert label(page) == "Off"
        assert [mail.kind for mail in rows(Email)][-1] == "two_factor_off"
        assert rows(RecoveryCode) == []

    def test_so_does_a_recovery_code(self, codes, susan, browser):
        assert browser.post(OFF, {"code": codes[0]}).status_code == 303

    @pytest.mark.parametrize("code", ["", "00000x", "nonsense"])
    def test_a_wrong_code_does_not(self, codes, susan, browser, code):
        page = browser.post(OFF, {"code": code})

        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.text
        assert is_on(susan)

    def test_the_next_key_is_another(self, browser, codes, susan):
        key = two_factor.key(loaded(susan))
        browser.post(OFF, {"code": codes[0]})

        assert key_on(browser.get(PAGE)) != key


def loaded(user):
    """Return a user as the database has it by now."""
    db.session.refresh(user.credential)
    db.session.commit()
    return user


class TestWhoMay:
    @pytest.mark.parametrize("path", [PAGE, QR, CODES, OFF])
    def test_only_who_gave_the_password_lately_sees_any_of_it(self, browser, path):
        with time_machine.travel(utc_now() + sessions.VERIFIED_FOR + timedelta(seconds=1)):
            answer = browser.get(path)
            assert (answer.status_code, answer.location) == (303, f"/auth/verify?next={path}")

    def test_nor_does_anybody_else_change_it(self, codes, susan, browser):
        with time_machine.travel(utc_now() + sessions.VERIFIED_FOR + timedelta(seconds=1)):
            for path in (PAGE, CODES, OFF):
                answer = browser.post(path, {"code": codes[0]})
                assert answer.location.startswith("/auth/verify")

        assert len(rows(RecoveryCode)) == 8

    def test_once_on_the_key_is_shown_to_nobody(self, codes, susan, browser):
        assert browser.get(QR).status_code == 404
        key = two_factor.key(loaded(susan))
        for path in (PAGE, CODES, OFF):
            assert f"{key[:4]} {key[4:8]}" not in browser.get(path).text

    def test_others_are_not_affected(self, susan, john, client_of):
        turn_on(susan)

        assert label(client_of(john).get(PAGE)) == "Off"


def test_the_owner_is_told_by_mail(browser, mailbox):
    codes = shown(set_up(browser))
    browser.post(OFF, {"code": codes[0]})

    assert [message["Subject"] for message in mailbox.receive()] == [
        "Two-factor sign-in for Microblog is on",
        "Two-factor sign-in for Microblog is off",
    ]
