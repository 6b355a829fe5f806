"""What many people do in the same moment: nothing is lost, counted twice, or refused."""

import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
import time_machine
from sqlalchemy import func, insert, select, text

from app.extensions import db
from app.models import (
    Bookmark,
    Credential,
    Follow,
    Like,
    OneTimeToken,
    Pin,
    Post,
    PostTag,
    Purpose,
    Tag,
    User,
    Username,
    UserSession,
)
from app.models.ids import new_id
from app.services import accounts, follows, tokens
from app.services.errors import UsernameTaken
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post, make_user
from app.tests.together import together, windows


def rows(query) -> list:
    """Return what is committed; the transaction ends, so that nobody waits for this test."""
    found = list(db.session.execute(query))
    db.session.commit()
    return found


def counts_of(user: User) -> tuple[int, int, int]:
    query = select(User.posts_count, User.following_count, User.followers_count)
    return tuple(*rows(query.where(User.id == user.id)))


def number_of(model, *conditions) -> int:
    [[number]] = rows(select(func.count()).select_from(model).where(*conditions))
    return number


def statuses(outcomes) -> Counter:
    return Counter(getattr(outcome, "status_code", outcome) for outcome in outcomes)


def signing_up(app, username: str, email: str):
    """Return a job that fills in the form of a browser of its own."""
    client = Client(app)
    client.get("/auth/register")
    fields = {"username": username, "email": email, "password": PASSWORD}
    return lambda: client.post("/auth/register", fields)


def test_a_name_goes_to_one_of_many_who_want_it(app, owner):
    def sign_up(number: int) -> User:
        with app.app_context():
            user = accounts.register(
                "Wren" if number % 2 else "wren", f"wren{number}@mail.example", PASSWORD
            )
            db.session.commit()
            return user

    outcomes = together([lambda n=n: sign_up(n) for n in range(50)])

    assert Counter(type(outcome) for outcome in outcomes) == {User: 1, UsernameTaken: 49}
    assert number_of(User, func.lower(User.username) == "wren") == 1
    assert number_of(Credential) == number_of(User) == 2


def test_a_new_site_has_one_owner_however_many_come_first(app):
    outcomes = together([signing_up(app, f"first{n}", f"first{n}@mail.example") for n in range(20)])

    assert statuses(outcomes) == {303: 20}
    assert Counter(db.session.scalars(select(User.role))) == {"owner": 1, "member": 19}


def test_a_name_goes_to_one_of_many_who_fill_in_the_form(app, owner):
    outcomes = together([signing_up(app, "wren", f"wren{n}@mail.example") for n in range(20)])

    assert statuses(outcomes) == {303: 1, 422: 19}
    assert number_of(User) == number_of(Credential) == number_of(Username) == 2


def test_an_address_belongs_to_one_of_many_who_sign_up_with_it(app, owner):
    outcomes = together([signing_up(app, f"wren{n}", "Wren@mail.example") for n in range(20)])

    # Who was too late must not learn it: there is an account for each.
    assert statuses(outcomes) == {303: 20}
    same_address = Credential.email_key == "wren@mail.example"
    assert number_of(Credential, same_address) == 20
    assert number_of(Credential, same_address, Credential.email_claimed) == 1


def test_of_many_links_asked_for_at_once_one_works(app, susan):
    def issue() -> int:
        with app.app_context():
            token_id = tokens.issue(susan.id, Purpose.RESET_PASSWORD, timedelta(minutes=30))
            db.session.commit()
            return token_id

    issued = together([issue] * 20)

    [[left]] = rows(select(OneTimeToken.id))
    assert left in issued


def test_following_a_hundred_times_is_following_once(client_of, susan, john):
    tabs = windows(client_of(susan), 100)

    assert statuses(together([lambda t=t: t.post("/@john/follow") for t in tabs])) == {303: 100}
    assert number_of(Follow) == 1
    assert (counts_of(susan), counts_of(john)) == ((0, 1, 0), (0, 0, 1))

    assert statuses(together([lambda t=t: t.post("/@john/unfollow") for t in tabs])) == {303: 100}
    assert number_of(Follow) == 0
    assert (counts_of(susan), counts_of(john)) == ((0, 0, 0), (0, 0, 0))


def test_fifty_new_followers_at_once_all_count(app, susan):
    people = [make_user() for _ in range(50)]

    def follow(person: User) -> None:
        with app.app_context():
            follows.follow(person, susan)
            db.session.commit()

    assert together([lambda p=p: follow(p) for p in people]) == [None] * 50
    assert counts_of(susan) == (0, 0, 50)
    assert number_of(User, User.following_count == 1) == 50


def test_people_who_follow_each_other_at_once_never_fail(client_of, susan, john, owner):
    browsers = {user.username: client_of(user) for user in (susan, john, owner)}
    pairs = [(a, b) for a in browsers for b in browsers if a != b]

    for action in ["follow", "unfollow"] * 5 + ["follow"]:
        tabs = [(windows(browsers[a], 1)[0], f"/@{b}/{action}") for a, b in pairs]
        outcomes = together([lambda t=tab, p=path: t.post(p) for tab, path in tabs])
        assert statuses(outcomes) == {303: 6}

    assert number_of(Follow) == 6
    assert [counts_of(user) for user in (susan, john, owner)] == [(0, 2, 2)] * 3


def test_posts_sent_at_once_are_all_kept_and_counted(client_of, susan):
    tabs = windows(client_of(susan), 50)
    texts = [f"Nº {n} #soup #bread" if n % 2 else f"Nº {n} #bread #soup" for n in range(50)]

    outcomes = together(
        [lambda t=t, s=s: t.post("/posts", {"body": s}) for t, s in zip(tabs, texts, strict=True)]
    )

    assert statuses(outcomes) == {303: 50}
    assert counts_of(susan) == (50, 0, 0)
    assert set(db.session.scalars(select(Post.text))) == set(texts)
    assert sorted(db.session.scalars(select(Tag.name))) == ["bread", "soup"]
    assert number_of(PostTag) == 100


class TestReactions:
    @pytest.fixture
    def post(self, susan) -> Post:
        return make_post(susan)

    @pytest.fixture
    def tabs(self, client_of, post) -> list[Client]:
        """Return ten windows of each of ten browsers."""
        browsers = [client_of(make_user()) for _ in range(10)]
        return [tab for browser in browsers for tab in windows(browser, 10)]

    def act(self, tabs: list[Client], *paths: str) -> Counter:
        """Send the paths by turns, from all windows in the same moment."""
        pairs = zip(tabs, cycle(paths), strict=False)
        return statuses(together([partial(tab.post, path) for tab, path in pairs]))

    def counts(self, post: Post) -> tuple[int, int]:
        query = select(Post.likes_count, Post.reposts_count).where(Post.id == post.id)
        return tuple(*rows(query))

    def numbers(self, post: Post) -> tuple[int, int]:
        return number_of(Like), number_of(Post, Post.repost_of_id == post.id)

    def test_a_hundred_likes_and_reposts_count_once_for_each_member(self, tabs, post):
        path = f"/posts/{post.id}"

        assert self.act(tabs, f"{path}/like", f"{path}/repost") == {303: 100}
        assert self.counts(post) == self.numbers(post) == (10, 10)

        assert self.act(tabs, f"{path}/unlike", f"{path}/unrepost") == {303: 100}
        assert self.counts(post) == self.numbers(post) == (0, 0)

    def test_what_is_done_and_undone_at_once_is_counted_as_it_ends(self, tabs, post):
        paths = [f"/posts/{post.id}/{name}" for name in ("like", "unlike", "repost", "unrepost")]

        assert self.act(tabs[::2], *paths) == {303: 50}
        assert self.counts(post) == self.numbers(post)

    def test_nothing_stays_on_a_post_that_is_deleted_meanwhile(self, tabs, post, client_of, susan):
        path = f"/posts/{post.id}"
        author = client_of(susan)
        names = ["like", "repost", "bookmark", "unlike"]
        pairs = zip(tabs[::2], cycle(names), strict=False)
        jobs = [partial(tab.post, f"{path}/{name}") for tab, name in pairs]
        jobs.insert(10, partial(author.post, f"{path}/delete"))

        found = statuses(together(jobs))

        assert found[303] + found[404] == 51
        assert self.counts(post) == self.numbers(post) == (0, 0)
        assert number_of(Bookmark) == 0

    def test_more_pins_than_there_are_places_take_each_place_once(self, client_of, susan):
        posts = [make_post(susan) for _ in range(20)]
        tabs = windows(client_of(susan), 20)

        assert self.act(tabs, *[f"/posts/{post.id}/pin" for post in posts]) == {303: 20}

        places = sorted(place for [place] in rows(select(Pin.position)))
        assert places == [1, 2, 3, 4, 5]


def test_a_post_deleted_twenty_times_at_once_is_uncounted_once(client_of, susan):
    kept, gone = make_post(susan), make_post(susan, "Gone #soup")
    tabs = windows(client_of(susan), 20)

    outcomes = together([lambda t=t: t.post(f"/posts/{gone.id}/delete") for t in tabs])

    found = statuses(outcomes)
    assert found[303] >= 1
    assert found[303] + found[404] == 20
    assert counts_of(susan) == (1, 0, 0)
    assert list(db.session.scalars(select(Post.id).where(Post.deleted_at.is_(None)))) == [kept.id]
    assert number_of(PostTag) == 0


@pytest.fixture
def meet(app):
    """Return a function that gives a row the id that this process makes next.

    So it is when another process made the same one in the same millisecond.
    """
    with time_machine.travel(time.time(), tick=False):

        def occupy(model, columns, *, ids_before: int = 0) -> None:
            taken = new_id() + ids_before + 1
            db.session.execute(insert(model).values(columns | {"id": taken}))
            db.session.commit()

        yield occupy


@pytest.fixture
def susans(client_of, susan):
    return client_of(susan)


def inserts(statements: list[str], table: str) -> int:
    return sum(statement.startswith(f"INSERT INTO {table} ") for statement in statements)


@pytest.mark.parametrize("send", [Client.post, Client.htmx])
def test_a_post_whose_id_is_taken_gets_another(send, susans, john, meet, count_queries):
    theirs = {"author_id": john.id, "text": "", "html": "", "renderer_version": 1}
    meet(Post, theirs | {"conversation_id": 1, "uri": "urn:x"})
    count_queries.clear()

    answer = send(susans, "/posts", {"body": "Soup #soup"})

    assert answer.status_code in {200, 303}
    assert inserts(count_queries, "posts") == 2
    assert number_of(Post, Post.text == "Soup #soup") == 1
    assert number_of(User, User.posts_count == 1) == 1


def test_a_tag_whose_id_is_taken_gets_another(client_of, susan, meet, count_queries):
    client = client_of(susan)
    meet(Tag, {"name": "bread"}, ids_before=1)
    count_queries.clear()

    assert client.post("/posts", {"body": "Soup #soup"}).status_code == 303
    assert inserts(count_queries, "tags") == 2
    assert counts_of(susan) == (1, 0, 0)
    assert number_of(PostTag) == 1


@pytest.mark.parametrize("send", [Client.post, Client.htmx])
def test_a_follow_whose_id_is_taken_gets_another(send, susans, john, meet, count_queries):
    [susan_id] = rows(select(User.id).where(User.username == "susan"))[0]
    meet(Follow, {"follower_id": john.id, "followed_id": susan_id})
    count_queries.clear()

    answer = send(susans, "/@john/follow")

    assert answer.status_code in {200, 303}
    assert inserts(count_queries, "followers") == 2
    assert number_of(Follow) == 2
    assert counts_of(john) == (0, 0, 1)


def test_an_account_whose_id_is_taken_gets_another(app, owner, meet, count_queries):
    sign_up = signing_up(app, "wren", "wren@mail.example")
    meet(User, {"username": "robin", "uri": "urn:x"})
    count_queries.clear()

    assert sign_up().status_code == 303
    assert inserts(count_queries, "users") == 2
    assert number_of(Credential) == 2
    assert Client(app).sign_in("wren").status_code == 303


def test_a_session_whose_id_is_taken_gets_another(client, susan, john, meet, count_queries):
    moment = john.created_at
    columns = {"remembered": False, "token_hash": b"", "ip": "", "user_agent": ""}
    moments = dict.fromkeys(["last_seen_at", "verified_at", "expires_at"], moment)
    meet(UserSession, columns | moments | {"user_id": john.id})
    count_queries.clear()

    assert client.sign_in("susan").status_code == 303
    assert inserts(count_queries, "sessions") == 2
    assert client.get("/settings/profile").status_code == 200


def test_a_deadlock_ends_with_both_having_their_way(
    client_of, susan, john, database_kind, count_queries
):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer, so no deadlocks")
    client = client_of(susan)
    answers = []
    request = threading.Thread(target=lambda: answers.append(client.htmx("/@john/follow")))
    lock = select(User.id).with_for_update(key_share=True)

    with db.engine.connect() as other:
        # The request is going to hold the one with the lower id and to wait for the other one.
        # PostgreSQL ends whoever notices the deadlock first; that shall be the request.
        other.execute(text("SET LOCAL deadlock_timeout = '1min'"))
        first, second = sorted([susan.id, john.id])
        other.execute(lock.where(User.id == second))
        request.start()
        _wait_until_somebody_waits()
        other.execute(lock.where(User.id == first))
        other.commit()
    request.join()

    assert [answer.status_code for answer in answers] == [200]
    # What the request began with: see `pairs.hold`.
    held = "ORDER BY users.id FOR NO KEY UPDATE"
    assert sum(statement.endswith(held) for statement in count_queries) == 2
    assert (counts_of(susan), counts_of(john)) == ((0, 1, 0), (0, 0, 1))


def _wait_until_somebody_waits() -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(1000):
        is_waiting = db.session.scalar(query)
        # Within a transaction the answer would stay the same.
        db.session.commit()
        if is_waiting:
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
