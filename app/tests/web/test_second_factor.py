"""Signing in with two-factor sign-in on, as a browser does it."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

import config as configuration
from app.extensions import db
from app.models import OneTimeToken, User, UserSession
from app.models.base import utc_now
from app.services import two_factor
from app.tests.authenticator import code_of, turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD
from app.tests.together import together, windows
from app.tests.web.test_policy import routes
from app.web.policy import Access

PAGE = "/auth/second-factor"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def codes(susan):
    """Turn two-factor sign-in on for susan and return her recovery codes."""
    return turn_on(susan)


@pytest.fixture
def halfway(codes, client):
    """Return a browser in which susan has given her password."""
    return give_password(client)


@pytest.fixture
def limited(make_app, codes):
    """Return a function that gives such a browser where guesses are counted."""
    app = make_app(RATELIMIT_ENABLED=True)
    return lambda address=HERE: give_password(Client(app, address))


def give_password(client, path="/auth/login", **fields):
    client.get(path)
    values = {"username": "susan", "password": PASSWORD}
    answer = client.post(path, values | fields)
    assert answer.status_code == 303
    assert answer.location.startswith(PAGE)
    client.get(answer.location)
    return client


def give_code(client, code, path=PAGE):
    return client.post(path, {"code": code})


def guesses(client, times):
    return [give_code(client, "00000x").status_code for _ in range(times)]


def number_of(model):
    number = db.session.scalar(select(func.count()).select_from(model))
    db.session.commit()
    return number


def is_to_be_deleted(user):
    moment = db.session.scalar(select(User.deletion_at).where(User.id == user.id))
    db.session.commit()
    return moment is not None


def is_signed_in(client):
    return client.get("/settings/profile").status_code == 200


class TestSigningIn:
    def test_the_password_leads_to_the_code_and_the_code_in(self, susan, halfway):
        assert not is_signed_in(halfway)

        answer = give_code(halfway, code_of(susan, ahead=1))

        assert (answer.status_code, answer.location) == (303, "/")
        assert is_signed_in(halfway)
        assert number_of(UserSession) == 1

    def test_where_somebody_wanted_to_go_is_kept(self, codes, susan, client):
        give_password(client, "/auth/login?next=/messages%3Fpage%3D2")
        path = f"{PAGE}?next=/messages%3Fpage%3D2"
        assert f'action="{path}"' in client.get(path).text

        assert give_code(client, "00000x", path).status_code == 422
        assert give_code(client, codes[0], path).location == "/messages?page=2"

    @pytest.mark.parametrize(
        "target", ["//evil.example", "/\\evil.example", "https://evil.example"]
    )
    def test_but_never_away_from_here(self, codes, susan, client, target):
        give_password(client, f"/auth/login?next={target}")
        assert client.get(f"{PAGE}?next={target}").status_code == 200
        link = re.search(r'href="(/auth/second-factor[^"]*)"', client.get(PAGE).text)[1]
        assert "evil" not in link

        assert give_code(client, codes[0], f"{PAGE}?next={target}").location == "/"

    @pytest.mark.parametrize("remembered", [True, False])
    def test_keep_me_signed_in_is_kept_across_the_steps(self, codes, client, remembered):
        give_password(client, **({"remember_me": "y"} if remembered else {}))
        answer = give_code(client, codes[0])

        assert db.session.scalar(select(UserSession.remembered)) is remembered
        cookies = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session=")]
        assert ("Expires" in cookies[-1]) is remembered

    def test_cookie_and_csrf_token_change_at_each_step(self, codes, client):
        client.get("/auth/login")
        seen = [(client.browser.get_cookie("session").value, client.token)]
        client.post("/auth/login", {"username": "susan", "password": PASSWORD})
        client.get(PAGE)
        seen.append((client.browser.get_cookie("session").value, client.token))
        give_code(client, codes[0])
        client.get("/settings/profile")
        seen.append((client.browser.get_cookie("session").value, client.token))

        for kind in zip(*seen, strict=True):
            assert len(set(kind)) == 3

    @pytest.mark.parametrize("code", ["", "00000x", "nonsense", "1" * 200_000, "٣٣٣٣٣٣"])
    def test_a_wrong_code_is_told_beside_the_field_and_not_sent_back(self, halfway, code):
        page = give_code(halfway, code)

        assert page.status_code == 422
        assert 'aria-invalid="true"' in page.text
        assert not code or f'value="{code}"' not in page.text
        assert not is_signed_in(halfway)

    def test_a_code_signs_in_once(self, susan, codes, app):
        code = code_of(susan, ahead=1)
        first, second = (give_password(Client(app)) for _ in range(2))
        # The password of the second has ended what the first one's began.
        assert give_code(first, code).location == "/auth/login"

        assert give_code(second, code).location == "/"
        assert give_code(give_password(Client(app)), code).status_code == 422

    def test_of_many_windows_that_send_the_same_code_one_is_let_in(self, susan, halfway):
        code = code_of(susan, ahead=1)

        outcomes = together([lambda w=w: give_code(w, code) for w in windows(halfway, 20)])

        locations = [answer.location for answer in outcomes]
        assert locations.count("/") == 1
        assert {answer.status_code for answer in outcomes} <= {303, 422}
        assert number_of(UserSession) == 1

    def test_a_member_without_it_notices_nothing(self, susan, client, count_queries):
        client.get("/auth/login")
        count_queries.clear()
        answer = client.post("/auth/login", {"username": "susan", "password": PASSWORD})

        assert answer.location == "/"
        assert not re.search("one_time_tokens|recovery_codes", " ".join(count_queries))

    def test_a_wrong_password_looks_the_same_with_it_on(self, codes, john, client):
        client.get("/auth/login")
        pages = []
        for name in ("susan", "john", "nobody"):
            fields = {"username": name, "password": "not the password"}
            page = client.post("/auth/login", fields)
            assert page.status_code == 422
            pages.append(page.text.replace(f'"{name}"', "").replace(client.token, ""))

        assert len(set(pages)) == 1

    def test_it_is_asked_after_a_name_or_an_address_alike(self, codes, client):
        assert give_password(client, username="susan@mail.example")

    def test_an_account_to_be_deleted_is_restored_only_by_the_code(self, codes, susan, client):
        susan.deletion_at = utc_now() + timedelta(days=3)
        db.session.commit()
        give_password(client)
        assert is_to_be_deleted(susan)

        give_code(client, codes[0])
        assert not is_to_be_deleted(susan)


class TestRecoveryCodes:
    def test_one_signs_in_and_says_how_many_are_left(self, codes, halfway):
        give_code(halfway, codes[0].upper().replace("-", " "))

        page = halfway.get("/").text
        assert "You have 7 recovery codes left." in page
        assert 'href="/settings/two-factor/recovery-codes"' in page

    def test_one_works_once(self, codes, halfway, app):
        give_code(halfway, codes[0])

        assert give_code(give_password(Client(app)), codes[0]).status_code == 422

    def test_a_keyboard_with_letters_is_a_link_away(self, codes, client):
        give_password(client, "/auth/login?next=/explore")
        page = client.get(f"{PAGE}?next=/explore").text
        assert 'inputmode="numeric"' in page
        assert 'autocomplete="one-time-code"' in page
        other = re.search(r'href="(/auth/second-factor[^"]+)"', page)[1].replace("&amp;", "&")

        page = client.get(other).text
        assert "inputmode" not in page
        assert give_code(client, "nonsense", other).status_code == 422
        assert give_code(client, codes[0], other).location == "/explore"


class TestSkippingSteps:
    def test_the_first_step_is_no_session(self, app, halfway):
        for method, path, policy in routes(app):
            if policy.access is Access.MEMBER:
                answer = halfway.get(path) if method == "GET" else halfway.post(path)
                assert answer.status_code == 303, (method, path)
                assert answer.location.startswith("/auth/login"), (method, path)
        assert number_of(UserSession) == 0

    def test_the_code_alone_leads_back_to_the_password(self, susan, codes, client):
        client.get("/auth/login")

        assert client.get(f"{PAGE}?next=/explore").location == "/auth/login?next=/explore"
        assert give_code(client, code_of(susan, ahead=1)).location == "/auth/login"
        # It is not used up by that.
        assert give_code(give_password(client), code_of(susan, ahead=1)).location == "/"

    def test_after_ten_minutes_it_begins_again(self, codes, client):
        with time_machine.travel(utc_now(), tick=False) as clock:
            give_password(client)
            clock.shift(timedelta(minutes=10))
            answer = give_code(client, codes[0])

            assert answer.location == "/auth/login"
            assert "That took too long" in client.get("/auth/login").text
            # It is said once.
            client.get(PAGE)
            assert "That took too long" not in client.get("/auth/login").text
        assert number_of(UserSession) == 0

    def test_a_used_first_step_is_of_no_use(self, codes, halfway):
        stolen = halfway.browser.get_cookie("session").value
        token = halfway.token
        give_code(halfway, codes[0])
        halfway.get("/")
        halfway.post("/auth/logout")

        thief = Client(halfway.app)
        thief.browser.set_cookie("session", stolen)
        thief.token = token
        assert give_code(thief, codes[1]).location == "/auth/login"
        assert number_of(UserSession) == 0

    def test_a_tampered_cookie_is_no_first_step(self, codes, halfway):
        cookie = halfway.browser.get_cookie("session").value
        halfway.browser.set_cookie("session", f"{cookie[:20]}x{cookie[21:]}")

        assert halfway.get(PAGE).location == "/auth/login"

    def test_one_of_another_key_is_none(self, codes, halfway, make_app):
        other = Client(make_app(SECRET_KEY="another key altogether"))
        other.browser.set_cookie("session", halfway.browser.get_cookie("session").value)

        assert other.get(PAGE).location == "/auth/login"

    @pytest.mark.parametrize("column", ["suspended_at", "erased_at"])
    def test_whose_account_is_gone_meanwhile_is_refused(self, codes, susan, halfway, column):
        db.session.execute(update(User).where(User.id == susan.id).values({column: utc_now()}))
        db.session.commit()

        assert give_code(halfway, codes[0]).location == "/auth/login"
        assert number_of(UserSession) == 0

    def test_when_it_is_turned_off_meanwhile_the_password_is_asked_again(
        self, codes, susan, halfway
    ):
        two_factor.reset(susan)
        db.session.commit()

        assert give_code(halfway, codes[0]).location == "/auth/login"
        assert halfway.sign_in("susan").location == "/"

    def test_a_member_who_is_in_is_sent_on(self, codes, halfway):
        give_code(halfway, codes[0])

        assert halfway.get(f"{PAGE}?next=/explore").location == "/explore"

    def test_signing_in_as_somebody_else_forgets_the_first_step(self, codes, john, halfway):
        assert halfway.sign_in("john").location == "/"
        halfway.post("/auth/logout")

        assert halfway.get(PAGE).location == "/auth/login"

    def test_what_is_kept_between_the_steps_signs_nobody_in(self, codes, halfway):
        [kept] = db.session.scalars(select(OneTimeToken.payload))

        assert set(kept) == {"remembered", "login_guesses", "address_guesses"}
        assert PASSWORD not in str(kept)


class TestGuessing:
    def test_the_seventh_guess_is_refused_and_told_how_long(self, limited, susan):
        client = limited()
        assert guesses(client, 6) == [422] * 6

        answer = give_code(client, code_of(susan, ahead=1))

        assert answer.status_code == 429
        assert 890 <= int(answer.headers["Retry-After"]) <= 900
        assert number_of(UserSession) == 0

    def test_guesses_are_counted_per_account_wherever_they_come_from(self, limited, codes):
        assert guesses(limited(HERE), 3) == [422] * 3
        assert guesses(limited(ELSEWHERE), 3) == [422] * 3

        assert give_code(limited("192.0.2.1"), codes[0]).status_code == 429

    def test_guesses_in_the_settings_count_too(self, limited, codes, susan):
        client = limited()
        give_code(client, codes[0])
        client.get("/settings/two-factor/off")
        for _ in range(6):
            answer = client.post("/settings/two-factor/off", {"code": "00000x"})
            assert answer.status_code == 422

        assert give_code(limited(ELSEWHERE), codes[1]).status_code == 429
        assert client.post("/settings/two-factor/off", {"code": codes[1]}).status_code == 429

    def test_other_accounts_are_let_in(self, limited, john):
        guesses(limited(), 7)
        turn_on(john)
        client = give_password(limited(), username="john")

        assert give_code(client, code_of(john, ahead=1)).status_code == 303

    def test_a_success_forgives(self, limited, codes):
        client = limited()
        guesses(client, 5)
        give_code(client, codes[0])

        assert guesses(limited(), 6) == [422] * 6

    def test_after_a_quarter_of_an_hour_one_may_try_again(self, limited, codes):
        with time_machine.travel(utc_now(), tick=False) as clock:
            guesses(limited(), 7)
            clock.shift(timedelta(minutes=15, seconds=1))

            assert give_code(limited(), codes[0]).status_code == 303

    def test_giving_the_password_again_does_not_begin_the_count_again(self, limited, codes):
        for _ in range(6):
            guesses(limited(), 1)

        assert give_code(limited(), codes[0]).status_code == 429

    def test_nobody_without_the_password_can_lock_the_owner_out(self, limited, codes):
        stranger = Client(limited().app, ELSEWHERE)
        stranger.get("/auth/login")
        guesses(stranger, 7)

        assert give_code(limited(HERE), codes[0]).status_code == 303

    def test_processes_count_together(self, limited, codes):
        client = limited()
        assert guesses(client, 4) == [422] * 4
        config: configuration.Config = client.app.extensions["config"]

        other = subprocess.run(
            [sys.executable, "-c", GUESS, config.database_url, PASSWORD],
            cwd=configuration.ROOT,
            capture_output=True,
            check=True,
            text=True,
        )

        assert other.stdout.split() == ["422", "422", "429"]
        assert guesses(limited(), 1) == [429]

    def test_passwords_are_forgiven_after_the_code_only(self, limited, codes):
        client = limited()
        wrong = {"username": "susan", "password": "not the password"}
        for _ in range(8):
            client.get("/auth/login")
            assert client.post("/auth/login", wrong).status_code == 422
        # The tenth; the first had come with the fixture's own sign-in.
        give_password(client)
        assert Client(client.app, HERE).sign_in("susan").status_code == 429

        # From another address by now, as phones do.
        client.address = ELSEWHERE
        assert give_code(client, codes[0]).status_code == 303
        assert give_password(Client(client.app, HERE))


GUESS = """
import sys
import config
from app import create_app
from app.tests.client import Client
settings = config.load(
    _env_file=None, APP_ENV="testing", DATABASE_URL=sys.argv[1], SECRET_KEY="for tests only",
    BASE_URL="http://localhost",
)
client = Client(create_app(settings), "192.0.2.77")
client.get("/auth/login")
client.post("/auth/login", {"username": "susan", "password": sys.argv[2]})
client.get("/auth/second-factor")
for _ in range(3):
    print(client.post("/auth/second-factor", {"code": "00000x"}).status_code)
"""
