"""What people see while the database is away, slow, full or locked; and that it passes."""

import contextlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.database.patience import IDLE
from app.extensions import db
from app.models import User, UserSession
from app.models.base import utc_now
from app.tests.client import Client
from app.tests.factories import make_post

# Nobody listens on this port: it is reserved.
NOWHERE = "postgresql://microblog:not-a-real-password@127.0.0.1:1/microblog"


def is_back_soon(answer) -> bool:
    """Whether an answer is the static page that asks to try again."""
    return (
        answer.status_code == 503
        and int(answer.headers["Retry-After"]) > 0
        and answer.headers["Cache-Control"] == "no-store"
        and answer.headers["X-Request-ID"] in answer.text
        and "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        and "Back in a moment" in answer.text
        and not any(word in answer.text for word in ("Traceback", "psycopg", "sqlite", "SELECT"))
    )


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def checked_out(app) -> int:
    with app.app_context():
        return db.engine.pool.checkedout()


class TestAbsent:
    """The database is not there at all."""

    @pytest.fixture(params=["postgresql", "sqlite"])
    def lost(self, request, make_app, tmp_path):
        nowhere = {"postgresql": NOWHERE, "sqlite": f"sqlite:///{tmp_path}/no/such/folder/x.db"}
        return make_app(DATABASE_URL=nowhere[request.param], RATELIMIT_ENABLED=True)

    def test_pages_say_to_come_back(self, lost):
        client = Client(lost)

        for path in ("/", "/explore", "/@susan", "/tags/soup"):
            with at_most(2):
                answer = client.get(path)
            assert is_back_soon(answer), (path, answer.status)
            assert "not-a-real-password" not in answer.text

    def test_forms_say_so_too(self, lost):
        client = Client(lost)
        assert client.get("/auth/login").status_code == 200

        answer = client.post("/auth/login", {"username": "susan", "password": "whatever it is"})

        assert is_back_soon(answer)

    def test_programs_are_told_in_json(self, lost):
        answer = Client(lost).get("/explore", Accept="application/json")

        assert answer.status_code == 503
        assert answer.mimetype == "application/problem+json"
        assert answer.json["request_id"] == answer.headers["X-Request-ID"]

    def test_it_is_alive_but_not_ready(self, lost):
        client = Client(lost)

        assert client.get("/ping").text == "pong"
        assert client.get("/livez").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json == {"status": "failed", "database": "failed", "migrations": "failed"}

    def test_a_signed_in_reader_gets_the_same(self, lost, client_of, susan):
        """Even knowing who asks would need the database."""
        cookie = client_of(susan).browser.get_cookie("session")
        client = Client(lost)
        client.browser.set_cookie(cookie.key, cookie.value)

        assert is_back_soon(client.get("/"))


class TestPool:
    def test_when_all_connections_are_taken_a_request_gives_up_in_time(self, make_app, susan):
        app = make_app(DATABASE_POOL_SIZE=1, DATABASE_TIMEOUT=1)
        with app.app_context(), contextlib.ExitStack() as held:
            pool = db.engine.pool
            reading = db.engine.execution_options(isolation_level="AUTOCOMMIT")
            for _ in range(pool.size() + max(pool._max_overflow, 0)):
                held.enter_context(reading.connect())
            with at_most(2):
                answer = Client(app).get("/explore")
            assert is_back_soon(answer)
            assert Client(app).get("/livez").status_code == 200

        assert Client(app).get("/explore").status_code == 200
        assert checked_out(app) == 0

    def test_failures_leak_no_connections(self, app, client, client_of, susan):
        member = client_of(susan)
        for _ in range(5):
            client.get("/@nobody")
            client.get("/explore?before=x")
            member.post("/posts", {"body": ""})
            member.post("/posts/1/delete")
            member.post("/@susan/follow")
            member.post("/nowhere")
        db.session.commit()

        assert checked_out(app) == 0


def standing_alone(engine):
    return engine.execution_options(isolation_level="AUTOCOMMIT").connect()


@pytest.mark.usefixtures("on_sqlite")
class TestLockedFile:
    def test_who_waits_too_long_is_asked_to_come_back(self, make_app, susan):
        app = make_app(DATABASE_TIMEOUT=1)
        client = Client(app)
        client.sign_in("susan")
        db.session.execute(update(UserSession).values(last_seen_at=utc_now() - timedelta(hours=1)))
        db.session.commit()
        other_program = sqlite3.connect(db.engine.url.database, isolation_level=None)
        other_program.execute("BEGIN IMMEDIATE")

        with at_most(3):
            answer = client.post("/posts", {"body": "Soup"})
        assert is_back_soon(answer)
        # Reading goes on, though it would note that the session is in use; and so does being
        # ready: nobody is to restart us for this.
        with at_most(1):
            assert client.get("/").status_code == 200
            assert client.get("/readyz").status_code == 200

        other_program.execute("ROLLBACK")
        other_program.close()
        assert client.post("/posts", {"body": "Soup"}).status_code == 303
        assert checked_out(app) == 0

    def test_a_full_disk_is_no_error_of_ours(self, make_app, susan):
        app = make_app()
        client = Client(app)
        client.sign_in("susan")
        with app.app_context(), standing_alone(db.engine) as connection:
            # Pages that other tests left free would be room.
            connection.exec_driver_sql("VACUUM")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            raw = connection.connection.dbapi_connection
            raw.execute(f"PRAGMA max_page_count = {pages}")

        tried = [client.post("/posts", {"body": f"{n} soup " * 40}) for n in range(40)]

        assert {answer.status_code for answer in tried} == {303, 503}
        assert all(is_back_soon(answer) for answer in tried if answer.status_code == 503)
        assert client.get("/").status_code == 200
        with app.app_context(), db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.usefixtures("on_postgresql")
class TestServer:
    @pytest.fixture
    def terminate(self, app):
        """Return a function that ends every connection to the database but the one it uses."""
        url = db.engine.url

        def run() -> None:
            import psycopg2

            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            connection = psycopg2.connect(plain)
            cursor = connection.cursor()
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.close()

        return run

    def test_a_restart_is_over_when_the_server_is_back(self, client_of, susan, terminate):
        client = client_of(susan)
        for _ in range(2):
            db.session.commit()
            terminate()
            assert client.get("/").status_code == 200
            terminate()
            # A connection used just now is not asked whether it lives; only reading begins anew.
            time.sleep(IDLE)
            assert client.post("/posts", {"body": "Soup"}).status_code == 303

    def test_only_the_request_in_flight_fails(self, client_of, susan, terminate):
        client = client_of(susan)
        answers = []
        writing = threading.Thread(
            target=lambda: answers.append(client.post("/posts", {"body": "Soup"}))
        )
        with db.engine.connect() as other, contextlib.suppress(Exception):
            other.execute(select(User.id).where(User.id == susan.id).with_for_update())
            writing.start()
            wait_for("wait_event_type = 'Lock'")
            terminate()
            writing.join()
            other.rollback()

        assert [is_back_soon(answer) for answer in answers] == [True]
        assert client.get("/").status_code == 200
        assert "Soup" not in client.get("/@susan").text

    def test_a_wait_for_a_lock_ends(self, make_app, susan):
        app = make_app(DATABASE_TIMEOUT=1)
        client = Client(app)
        client.sign_in("susan")
        with db.engine.connect() as other:
            other.execute(select(User.id).where(User.id == susan.id).with_for_update())
            with at_most(2):
                answer = client.post("/posts", {"body": "Soup"})
        assert is_back_soon(answer)
        assert client.post("/posts", {"body": "Soup"}).status_code == 303
        assert checked_out(app) == 0

    def test_a_slow_statement_ends(self, make_app, susan, slow_explore):
        app = make_app(DATABASE_TIMEOUT=1)
        client = Client(app)

        with at_most(2):
            answer = client.get("/explore")

        assert is_back_soon(answer)
        assert client.get("/about").status_code == 200
        assert checked_out(app) == 0

    @pytest.fixture
    def slow_explore(self, app, susan):
        """Put a view that dawdles in the place of the table of posts."""
        make_post(susan)
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE posts RENAME TO quick_posts"))
            connection.execute(
                text("CREATE VIEW posts AS SELECT q.* FROM quick_posts q, pg_sleep(3)")
            )
        yield
        with db.engine.begin() as connection:
            connection.execute(text("DROP VIEW posts"))
            connection.execute(text("ALTER TABLE quick_posts RENAME TO posts"))

    def test_a_server_that_stands_still_holds_nobody_for_long(self, make_app, susan, stop_server):
        app = make_app(DATABASE_TIMEOUT=1)
        client = Client(app)
        assert client.get("/explore").status_code == 200

        with stop_server(app):
            with at_most(4):
                answer = client.get("/explore")
            assert is_back_soon(answer)
            assert client.get("/livez").status_code == 200
            with at_most(4):
                assert client.get("/readyz").status_code == 503

        assert client.get("/explore").status_code == 200
        assert checked_out(app) == 0

    @pytest.fixture
    def stop_server(self, app):
        """Return a context in which the server does nothing, as if its machine hung."""
        if os.environ.get("TEST_DATABASE_URL"):
            pytest.skip("the server is not ours to stop")
        with db.engine.connect() as connection:
            folder = connection.exec_driver_sql("SHOW data_directory").scalar()
        with open(f"{folder}/postmaster.pid") as file:
            postmaster = int(file.readline())

        @contextlib.contextmanager
        def stop(stopped_app):
            with stopped_app.app_context(), db.engine.connect() as connection:
                backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            pids = [postmaster, backend]
            # Should a request wait for ever after all, the test is to fail, not to hang.
            alarm = threading.Timer(15, send, [pids, signal.SIGCONT])
            alarm.start()
            send(pids, signal.SIGSTOP)
            try:
                yield
            finally:
                alarm.cancel()
                send(pids, signal.SIGCONT)

        return stop


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def wait_for(condition: str) -> None:
    query = text(
        f"SELECT count(*) FROM pg_stat_activity WHERE {condition} AND datname = current_database()"
    )
    for _ in range(200):
        if db.session.scalar(query):
            break
        time.sleep(0.01)
    db.session.commit()
