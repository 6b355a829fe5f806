"""How often somebody may do something: counted for all processes, and not to be tricked."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

import config as configuration
from app.extensions import db
from app.models import Post, RateLimit
from app.services import rate_limits
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user
from app.tests.together import together, windows
from app.web import limits

HERE = "203.0.113.7"
ELSEWHERE = "198.51.100.9"


@pytest.fixture
def limited(make_app) -> Flask:
    return make_app(RATELIMIT_ENABLED=True)


def bad_sign_ins(client: Client, times: int, username: str = "susan") -> list[int]:
    client.get("/auth/login")
    fields = {"username": username, "password": "not the password"}
    return [client.post("/auth/login", fields).status_code for _ in range(times)]


def register(client: Client, username: str) -> int:
    client.get("/auth/register")
    fields = {"username": username, "email": f"{username}@mail.example", "password": PASSWORD}
    return client.post("/auth/register", fields).status_code


class TestSigningIn:
    def test_the_eleventh_guess_is_refused_and_told_how_long(self, limited, susan):
        client = Client(limited, HERE)

        assert bad_sign_ins(client, 10) == [422] * 10
        answer = client.sign_in("susan")

        assert answer.status_code == 429
        assert 890 <= int(answer.headers["Retry-After"]) <= 900
        assert answer.headers["X-Request-ID"] in answer.text

    def test_the_owner_elsewhere_notices_nothing(self, limited, susan):
        bad_sign_ins(Client(limited, HERE), 11)

        assert Client(limited, ELSEWHERE).sign_in("susan").status_code == 303

    def test_other_accounts_at_the_same_address_are_let_in(self, limited, susan, john):
        bad_sign_ins(Client(limited, HERE), 11)

        assert Client(limited, HERE).sign_in("john").status_code == 303

    def test_letter_case_and_spaces_make_no_new_account(self, limited, susan):
        client = Client(limited, HERE)
        names = ["susan", "SUSAN", " susan", "Susan "] * 3

        tried = [bad_sign_ins(client, 1, name)[0] for name in names]

        assert tried == [422] * 10 + [429] * 2

    def test_a_name_of_any_length_is_counted_and_told_apart(self, limited, susan):
        client = Client(limited, HERE)

        assert bad_sign_ins(client, 11, "w" * 5_000) == [422] * 10 + [429]
        assert bad_sign_ins(client, 1, "w" * 4_999) == [422]

    def test_guessing_many_names_from_one_address_ends_too(self, limited, susan):
        client = Client(limited, HERE)

        tried = [bad_sign_ins(client, 1, f"name{n}")[0] for n in range(101)]

        assert tried == [422] * 100 + [429]

    def test_signing_in_forgives_the_guesses_before_it(self, limited, susan):
        client = Client(limited, HERE)
        for _ in range(3):
            assert bad_sign_ins(client, 9) == [422] * 9
            assert client.sign_in("susan").status_code == 303
            client.post("/auth/logout")

    def test_it_works_with_a_single_connection(self, make_app, susan):
        """Counting needs a connection while the request must not hold one."""
        app = make_app(RATELIMIT_ENABLED=True, DATABASE_POOL_SIZE=1, DATABASE_TIMEOUT=2)
        client = Client(app, HERE)

        assert client.sign_in("susan").status_code == 303
        assert client.post("/posts", {"body": "Soup"}).status_code == 303

    def test_a_window_ends(self, limited, susan):
        client = Client(limited, HERE)
        bad_sign_ins(client, 11)
        now = datetime.now(UTC)

        with time_machine.travel(now + timedelta(minutes=14)):
            assert bad_sign_ins(client, 1) == [429]
        with time_machine.travel(now + timedelta(minutes=15, seconds=10)):
            assert bad_sign_ins(client, 11) == [422] * 10 + [429]

    def test_guesses_at_the_same_moment_all_count(self, limited, susan):
        client = Client(limited, HERE)
        client.get("/auth/login")
        fields = {"username": "susan", "password": "not the password"}

        answers = together([lambda t=t: t.post("/auth/login", fields) for t in windows(client, 30)])

        assert sorted(answer.status_code for answer in answers) == [422] * 10 + [429] * 20


class TestAddresses:
    def test_a_forged_header_makes_no_new_address(self, limited, susan):
        for n in range(10):
            bad_sign_ins(Client(limited, HERE, **{"X-Forwarded-For": f"192.0.2.{n}"}), 1)

        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
            assert bad_sign_ins(Client(limited, HERE, **{name: ELSEWHERE}), 1) == [429]

    def test_behind_a_proxy_only_what_it_added_itself_counts(self, make_app, susan):
        behind = make_app(RATELIMIT_ENABLED=True, PROXY_HOPS=1)

        def visitor(forwarded: str) -> Client:
            return Client(behind, "10.0.0.1", **{"X-Forwarded-For": forwarded})

        for n in range(10):
            assert bad_sign_ins(visitor(f"192.0.2.{n}, {HERE}"), 1) == [422]

        assert bad_sign_ins(visitor(f"192.0.2.77, {HERE}"), 1) == [429]
        assert bad_sign_ins(visitor(HERE), 1) == [429]
        assert bad_sign_ins(visitor(f"{HERE}, {ELSEWHERE}"), 1) == [422]

    @pytest.mark.parametrize(
        ("one", "other", "is_same"),
        [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("203.0.113.7", "203.0.113.8", False),
            # How IPv4 looks on a socket that speaks both.
            ("::ffff:203.0.113.7", "203.0.113.7", True),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
            ("fe80::1%eth0", "fe80::2%eth0", True),
            ("", "203.0.113.7", False),
        ],
    )
    def test_what_counts_as_one_address(self, one, other, is_same, app):
        def key_of(address: str) -> str:
            with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
                return limits.by_address()

        assert (key_of(one) == key_of(other)) is is_same

    def test_a_home_network_shares_its_guesses(self, limited, susan):
        for n in range(10):
            bad_sign_ins(Client(limited, f"2001:db8:1:2::{n:x}"), 1)

        assert bad_sign_ins(Client(limited, "2001:db8:1:2:abcd::1"), 1) == [429]
        assert bad_sign_ins(Client(limited, "2001:db8:1:3::1"), 1) == [422]


class TestOtherLimits:
    def test_posting_too_much(self, limited, susan, john):
        client = Client(limited, HERE)
        client.sign_in("susan")

        tried = [client.post("/posts", {"body": f"Nº {n}"}).status_code for n in range(31)]

        assert tried == [303] * 30 + [429]
        assert db.session.scalar(select(func.count()).select_from(Post)) == 30
        db.session.commit()
        # Per person, not per address.
        neighbour = Client(limited, HERE)
        neighbour.sign_in("john")
        assert neighbour.post("/posts", {"body": "Soup"}).status_code == 303

    def test_signing_up_too_much(self, limited, owner):
        client = Client(limited, HERE)

        tried = [register(client, "x") for _ in range(100)]

        assert tried == [422] * 100
        assert register(client, "wren") == 429
        assert register(Client(limited, ELSEWHERE), "wren") == 303

    def test_reading_is_never_limited(self, limited, susan):
        client = Client(limited, HERE)
        bad_sign_ins(client, 11)

        assert [client.get("/auth/login").status_code for _ in range(120)] == [200] * 120

    def test_what_is_refused_is_also_counted(self, limited, susan):
        """The count stays although the request that made it is rolled back."""
        client = Client(limited, HERE)
        client.sign_in("susan")

        tried = [client.post("/posts", {"body": " "}).status_code for _ in range(31)]

        assert tried == [422] * 30 + [429]

    def test_of_first_messages_all_whom_they_are_for_count(self, limited, susan):
        client = Client(limited, HERE)
        client.sign_in("susan")
        group, one = (" ".join(make_user().username for _ in range(n)) for n in (19, 1))
        db.session.commit()

        def begin(names: str) -> int:
            return client.post("/messages", {"to": names, "body": "Soup?"}).status_code

        assert [begin(group) for _ in range(5)] == [303] * 5
        assert [begin(one) for _ in range(6)] == [303] * 5 + [429]

    def test_a_request_without_a_token_is_not_counted(self, limited, susan):
        """Else any site could have the browsers of its readers use them up."""
        client = Client(limited, HERE)
        for _ in range(11):
            answer = client.post("/auth/login", {"username": "susan", "csrf_token": "x"})
            assert answer.status_code == 400

        assert client.sign_in("susan").status_code == 303

    def test_limits_can_be_turned_off(self, make_app, susan):
        client = Client(make_app(RATELIMIT_ENABLED="0"), HERE)

        assert bad_sign_ins(client, 12) == [422] * 12
        assert client.sign_in("susan").status_code == 303
        assert db.session.scalar(select(func.count()).select_from(RateLimit)) == 0
        db.session.commit()


class TestStorage:
    def test_two_applications_count_together(self, make_app, susan):
        one, other = (make_app(RATELIMIT_ENABLED=True) for _ in range(2))

        assert bad_sign_ins(Client(one, HERE), 6) == [422] * 6
        assert bad_sign_ins(Client(other, HERE), 5) == [422] * 4 + [429]
        assert bad_sign_ins(Client(one, HERE), 1) == [429]

    def test_processes_count_together(self, limited, susan):
        config: configuration.Config = limited.extensions["config"]
        assert bad_sign_ins(Client(limited, HERE), 6) == [422] * 6

        other = subprocess.run(
            [sys.executable, "-c", GUESS, config.database_url, HERE],
            cwd=configuration.ROOT,
            capture_output=True,
            check=True,
            text=True,
        )

        assert other.stdout.split() == ["422"] * 4 + ["429"] * 2

    def test_old_counts_are_swept_and_new_ones_kept(self, limited):
        now = time.time()
        db.session.execute(
            insert(RateLimit),
            [{"key": f"old{n}", "hits": 1, "expires_at": now - 1} for n in range(50)],
        )
        db.session.execute(insert(RateLimit).values(key="new", hits=3, expires_at=now + 60))
        db.session.commit()

        rate_limits.sweep()

        assert _old_counts() == 0
        assert db.session.scalar(select(RateLimit.hits).where(RateLimit.key == "new")) == 3

    def test_a_count_that_is_over_starts_again(self, limited):
        with limited.app_context():
            storage = limits.DatabaseStorage()
            assert [storage.incr("x", 10) for _ in range(3)] == [1, 2, 3]
            with time_machine.travel(datetime.now(UTC) + timedelta(seconds=11)):
                assert storage.get("x") == 0
                assert [storage.incr("x", 10, 2) for _ in range(2)] == [2, 4]
                assert storage.get("x") == 4
            storage.clear("x")
            assert storage.get("x") == 0
            assert storage.check()
            storage.incr("y", 10)
            storage.reset()
            assert storage.get("y") == 0

    def test_fifty_counts_at_once_are_fifty(self, limited):
        def count() -> int:
            with limited.app_context():
                return limits.DatabaseStorage().incr("x", 60)

        assert sorted(together([count] * 50)) == list(range(1, 51))


def _old_counts() -> int:
    keys = db.session.scalars(select(RateLimit.key).where(RateLimit.key.like("old%"))).all()
    db.session.commit()
    return len(keys)


GUESS = """
import sys
import config
from app import create_app
from app.tests.client import Client
settings = config.load(
    _env_file=None, APP_ENV="testing", DATABASE_URL=sys.argv[1], SECRET_KEY="for tests only",
    BASE_URL="http://localhost",
)
client = Client(create_app(settings), sys.argv[2])
client.get("/auth/login")
for _ in range(6):
    fields = {"username": "susan", "password": "not the password"}
    print(client.post("/auth/login", fields).status_code)
"""
