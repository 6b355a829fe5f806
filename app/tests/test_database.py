"""Reading holds nothing and writes nothing; writing is one transaction, all of it or none."""

import sqlite3
import threading
import time
import traceback
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from app.database import engine_options, is_transient, is_unavailable, violated_constraint
from app.extensions import db
from app.models import Credential, Follow, Post, Purpose, Tag, User, Username
from app.services import conversations, exports, portraits, sitemaps, tokens
from app.services.sessions import SEEN_EVERY
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_follow, make_post
from app.tests.pictures import make_picture, picture

# What asks only; the last is how readiness looks for the table of migrations.
READS = ("SELECT", "WITH", "PRAGMA main.table_info")

sqlite_only = pytest.mark.usefixtures("on_sqlite")
postgresql_only = pytest.mark.usefixtures("on_postgresql")


@pytest.fixture
def transactions(app):
    """Return a list that gathers the statements which run inside a transaction."""
    statements: list[str] = []

    def note(_connection, cursor, statement, *_rest) -> None:
        raw = cursor.connection
        is_inside = (
            raw.in_transaction if isinstance(raw, sqlite3.Connection) else not raw.autocommit
        )
        if is_inside:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def addresses(app, susan, john, run_jobs):
    """Return the address of every page, with somebody and something on it."""
    make_follow(susan, john)
    post = make_post(susan, "Soup for @john #soup")
    export_id = exports.request(susan)
    run_jobs()
    values = {
        "username": "susan",
        "post_id": post.id,
        "tag": "soup",
        "language": "es",
        "seed": "0" * 16,
        "kind": "followers",
        "part": "posts",
        "ending": "atom",
        "tab": "replies",
        "topic": "mentions",
        "reaction": "likes",
        "size": "small",
        "portrait": "avatar",
        "number": 1,
        "key": make_picture(susan, post).key,
        "export_id": export_id,
        "conversation_id": conversations.begin(susan, "john", "Soup?"),
    }
    of_endpoints = {
        "auth.show_confirmation": {"token": link_for(susan, Purpose.CONFIRM_EMAIL)},
        "auth.choose_password": {"token": link_for(susan, Purpose.RESET_PASSWORD)},
        "main.portrait_file": {"key": avatar_of(susan)},
        "main.sitemap": {"number": sitemaps.numbers("posts")[0]},
    }
    questions = {"main.oembed": f"?url=http://localhost/@susan/{post.id}"}
    urls = app.url_map.bind("localhost")

    def address_of(rule) -> str:
        known = values | of_endpoints.get(rule.endpoint, {})
        path = urls.build(rule.endpoint, {name: known[name] for name in rule.arguments}, "GET")
        return path + questions.get(rule.endpoint, "")

    return [address_of(rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods]


def avatar_of(user: User) -> str:
    key = portraits.prepare(user.id, "avatar", picture())
    portraits.put(user, "avatar", key)
    db.session.commit()
    return key


def link_for(user: User, purpose: Purpose) -> str:
    token_id = tokens.issue(user.id, purpose, timedelta(days=1), email=user.credential.email)
    db.session.commit()
    return tokens.secret(token_id)


def number_of(model) -> int:
    count = db.session.scalars(select(func.count()).select_from(model)).one()
    db.session.commit()
    return count


@pytest.fixture
def make_trouble(app):
    """Return a function that lets the database refuse, or dawdle at, what it does to a table."""
    dialect = db.engine.dialect.name
    made = []

    def make(action: str, table: str) -> None:
        # A new name each time: a connection of SQLite may still remember one that is gone.
        name = f"trouble_{uuid.uuid4().hex}"
        with db.engine.begin() as connection:
            for statement in TROUBLE[dialect]:
                words = statement.format(name=name, action=action, table=table)
                connection.execute(text(words))
        made.append((name, table))

    yield make
    db.session.rollback()
    with db.engine.begin() as connection:
        for name, table in made:
            on = "" if dialect == "sqlite" else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))


TROUBLE = {
    "sqlite": [
        "CREATE TRIGGER {name} AFTER {action} ON {table} BEGIN SELECT RAISE(ABORT, 'trouble'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RAISE EXCEPTION $$trouble$$; END'",
        "CREATE TRIGGER {name} AFTER {action} ON {table} EXECUTE FUNCTION trouble()",
    ],
}


class TestReading:
    def test_no_page_writes_or_opens_a_transaction(
        self, client, addresses, count_queries, transactions
    ):
        assert len(addresses) >= 20
        member = Client(client.app)
        member.sign_in("susan")
        for browser in (client, member):
            count_queries.clear()
            transactions.clear()
            for address in addresses:
                answer = browser.get(address)
                # Nobody blocks or mutes themselves.
                is_refused = browser is member and address in {"/@susan/block", "/@susan/mute"}
                assert is_refused or answer.status_code < 400, (address, answer.status)
                assert transactions == [], address
                # One is a file.
                answer.close()
            assert [s for s in count_queries if not s.startswith(READS)] == []

    def test_a_page_notes_now_and_then_that_its_session_is_used(
        self, client_of, susan, count_queries
    ):
        client = client_of(susan)
        start = datetime.now(UTC)

        def writes_at(moment: datetime) -> int:
            count_queries.clear()
            with time_machine.travel(moment):
                assert client.get("/settings/profile").status_code == 200
            return sum(not statement.startswith("SELECT") for statement in count_queries)

        assert writes_at(start + SEEN_EVERY - timedelta(minutes=1)) == 0
        assert writes_at(start + SEEN_EVERY + timedelta(minutes=1)) == 1
        assert writes_at(start + SEEN_EVERY + timedelta(minutes=2)) == 0
        assert writes_at(start + 2 * SEEN_EVERY + timedelta(minutes=2)) == 1

    def test_a_page_holds_no_connection_afterwards(self, app, client, susan):
        db.session.commit()
        for path in ("/", "/@susan", "/@nobody", "/posts/x/delete", "/?before=x"):
            client.get(path)

        assert db.engine.pool.checkedout() == 0


class TestWriting:
    def test_a_request_is_one_transaction(self, client_of, susan, count_queries, transactions):
        client = client_of(susan)
        count_queries.clear()
        transactions.clear()

        assert client.post("/posts", {"body": "Soup for @susan #soup"}).status_code == 303

        writes = [s for s in count_queries if s.startswith(("INSERT", "UPDATE", "DELETE"))]
        # Two of them for the search: the words of the post, and of the hashtag, which is new.
        assert len(writes) == 7
        assert set(writes) <= set(transactions)

    @pytest.mark.parametrize(
        ("action", "table"), [("UPDATE", "users"), ("INSERT", "post_tags"), ("INSERT", "tags")]
    )
    def test_a_post_that_fails_half_way_leaves_nothing(
        self, action, table, client_of, susan, make_trouble
    ):
        client = client_of(susan)
        make_trouble(action, table)

        answer = client.post("/posts", {"body": "Soup for @susan #soup"})

        assert answer.status_code == 500
        assert "trouble" not in answer.text
        assert number_of(Post) == number_of(Tag) == 0
        assert db.engine.pool.checkedout() == 0

    def test_a_follow_that_cannot_be_counted_is_none(self, client_of, susan, john, make_trouble):
        client = client_of(susan)
        make_trouble("UPDATE", "users")

        assert client.post("/@john/follow").status_code == 500
        assert number_of(Follow) == 0

    def test_an_account_whose_mail_cannot_be_queued_is_none(self, client, owner, make_trouble):
        client.get("/auth/register")
        make_trouble("INSERT", "jobs")

        fields = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD}
        assert client.post("/auth/register", fields).status_code == 500
        assert number_of(User) == number_of(Credential) == number_of(Username) == 1


@sqlite_only
class TestSqlite:
    @pytest.fixture
    def other_program(self, app, susan):
        """Return a connection to the file that knows nothing of ours."""
        connection = sqlite3.connect(
            db.engine.url.database, isolation_level=None, check_same_thread=False
        )
        yield connection
        connection.close()

    @pytest.fixture
    def begun(self, app):
        """Return a list that gathers how transactions begin, as SQLite itself tells."""
        found: list[str] = []

        def note(statement: str) -> None:
            if statement.startswith("BEGIN"):
                found.append(statement)

        def listen(connection, *_rest) -> None:
            connection.set_trace_callback(note)

        event.listen(db.engine, "checkout", listen)
        yield found
        event.remove(db.engine, "checkout", listen)
        db.engine.dispose()

    def test_only_unsafe_requests_begin_and_they_do_so_immediately(self, client_of, susan, begun):
        client = client_of(susan)
        begun.clear()
        client.get("/")
        assert begun == []

        client.post("/posts", {"body": "Soup"})
        assert begun == ["BEGIN IMMEDIATE"]

    def test_a_writer_waits_for_another(self, client_of, susan, other_program):
        client = client_of(susan)
        other_program.execute("BEGIN IMMEDIATE")
        threading.Timer(0.5, other_program.execute, ["COMMIT"]).start()
        started = time.monotonic()

        assert client.post("/posts", {"body": "Soup"}).status_code == 303
        assert time.monotonic() - started > 0.4

    def test_readers_do_not_wait_for_a_writer(self, client_of, susan, other_program):
        client = client_of(susan)
        other_program.execute("BEGIN IMMEDIATE")
        other_program.execute("UPDATE users SET bio = 'half-way'")

        answer = client.get("/@susan")

        other_program.execute("ROLLBACK")
        assert answer.status_code == 200
        assert "half-way" not in answer.text

    def test_a_writer_does_not_wait_for_a_long_reader(self, client_of, susan, other_program):
        client = client_of(susan)
        other_program.execute("BEGIN")
        count = "SELECT count(*) FROM posts"
        assert other_program.execute(count).fetchone() == (0,)
        started = time.monotonic()

        answers = [client.post("/posts", {"body": "Soup"}).status_code for _ in range(5)]

        assert answers == [303] * 5
        assert time.monotonic() - started < 2
        # The reader goes on seeing the moment at which it began.
        assert other_program.execute(count).fetchone() == (0,)
        other_program.execute("COMMIT")
        assert other_program.execute(count).fetchone() == (5,)

    def test_every_connection_is_set_up(self, app):
        for _ in range(2):
            with (
                db.engine.connect() as one,
                db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as two,
            ):
                for connection in (two, one):
                    assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
                    assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            db.engine.dispose()


@postgresql_only
class TestPostgresql:
    def test_sessions_speak_utc_and_give_up_in_time(self, app, make_app):
        another = make_app(DATABASE_TIMEOUT=3)

        with another.app_context(), db.engine.connect() as connection:
            show = {
                name: connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("timezone", "statement_timeout", "lock_timeout")
            }
        assert show == {"timezone": "UTC", "statement_timeout": "2700ms", "lock_timeout": "2700ms"}

    def test_a_connection_that_was_read_on_is_written_on_in_a_transaction(self, app, make_app):
        another = make_app(DATABASE_POOL_SIZE=1)
        with another.app_context():
            reading = db.engine.execution_options(isolation_level="AUTOCOMMIT")
            with reading.connect() as connection:
                assert connection.connection.dbapi_connection.autocommit
            with db.engine.connect() as connection:
                assert not connection.connection.dbapi_connection.autocommit

    def test_a_lock_that_is_not_to_be_had_is_an_outage(self, susan):
        lock = select(User.id).where(User.id == susan.id).with_for_update()
        db.session.commit()
        with db.engine.connect() as one, db.engine.connect() as other:
            one.execute(lock)
            other.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")

            with pytest.raises(DBAPIError) as caught:
                other.execute(lock)

        assert is_unavailable(caught.value)
        assert not is_transient(caught.value)

    def test_who_loses_again_and_again_is_asked_to_come_back(self, susan):
        """What is left of a conflict after all attempts is no error of ours."""
        change = text("UPDATE users SET bio = bio || 'x'")
        db.session.commit()
        serializable = db.engine.execution_options(isolation_level="SERIALIZABLE")
        with serializable.connect() as one, serializable.connect() as other:
            one.execute(select(User.bio))
            other.execute(change)
            other.commit()

            with pytest.raises(DBAPIError) as caught:
                one.execute(change)

        assert is_transient(caught.value)
        assert is_unavailable(caught.value)


class TestErrors:
    def test_a_wrong_statement_is_our_fault_not_an_outage(self, app):
        with pytest.raises(DBAPIError) as caught:
            db.session.execute(text("SELECT nothing FROM nowhere"))

        assert isinstance(caught.value, OperationalError | ProgrammingError)
        assert not is_unavailable(caught.value)
        assert not is_transient(caught.value)

    def test_engine_options_know_both_databases(self, make_config):
        sqlite = engine_options(make_config(DATABASE_URL="sqlite:///x.db", DATABASE_TIMEOUT=7))
        postgresql = engine_options(
            make_config(DATABASE_URL="postgresql://h/x", DATABASE_TIMEOUT=7, DATABASE_POOL_SIZE=3)
        )

        assert sqlite["connect_args"]["timeout"] == 7
        assert sqlite["pool_timeout"] == postgresql["pool_timeout"] == 7
        assert postgresql["pool_size"] + postgresql["max_overflow"] == 3


def test_what_the_database_says_names_no_values(susan):
    taken = insert(Credential).values(
        user_id=susan.id,
        email="x",
        email_key="x",
        email_claimed=True,
        password_hash="hash of hers",
        unwanted_mails=[],
    )
    with pytest.raises(IntegrityError) as caught, db.session.begin_nested():
        db.session.execute(taken)

    said = "".join(traceback.format_exception(caught.value))
    assert violated_constraint(caught.value) == "pk_credentials"
    assert str(susan.id) not in said
    assert "hash of hers" not in said
