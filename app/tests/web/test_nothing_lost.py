"""A post that comes when its author is signed out is kept, and published when they sign in again.

Whoever else tries to have something published this way gets nothing.
"""

import re
from datetime import timedelta
from itertools import pairwise
from urllib.parse import unquote

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import Credential, Draft, Post, User, UserSession, Visibility
from app.models.base import utc_now
from app.services import drafts, form_keys, posts
from app.tests.authenticator import code_of, turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post, make_user
from app.tests.forms import fields_of
from app.tests.pictures import make_picture, upload
from app.tests.together import together, windows

TEXT = "Half an hour of thoughts about soup."
KEPT = "Sign in and your post is published. Nothing you wrote is lost."
KEPT_TO_BE_SHOWN = "Sign in to go on with your post. Nothing you wrote is lost."
GIVEN_BACK = "You are signed out. Nothing is lost: sign in in another tab, then press Post here."
PUBLISHED = "Your post is published."


@pytest.fixture
def browser(susan, client_of):
    return client_of(susan)


@pytest.fixture
def form(browser):
    """Return what susan's browser sends of a composer in which she has written."""
    return fields_of(browser.get("/")) | {"body": TEXT}


def number_of(model, *conditions) -> int:
    number = db.session.scalar(select(func.count()).select_from(model).where(*conditions))
    db.session.commit()
    return number or 0


def texts_of(user: User) -> list[str]:
    found = list(db.session.scalars(select(Post.text).where(Post.author_id == user.id)))
    db.session.commit()
    return found


def expire(_browser: Client) -> None:
    db.session.execute(delete(UserSession))
    db.session.commit()


def sign_out(browser: Client) -> None:
    """Sign out in another window of the browser."""
    browser.post("/auth/logout")


def lose_cookies(browser: Client) -> None:
    browser.browser.delete_cookie("session")


def keep(browser: Client, form: dict, **headers: str) -> str:
    """Send a form to be kept, and return where its author is sent to sign in."""
    expire(browser)
    answer = browser.post("/posts", form, **headers)
    return answer.headers.get("HX-Redirect") or answer.location


def sign_in(browser: Client, path: str, username: str = "susan", **fields: str):
    browser.get(path)
    return browser.post(path, {"username": username, "password": PASSWORD, **fields})


@pytest.mark.parametrize("send", [Client.post, Client.htmx])
@pytest.mark.parametrize("leave", [expire, lose_cookies])
def test_a_post_is_kept_and_published_by_signing_in(browser, susan, form, leave, send):
    leave(browser)
    answer = send(browser, "/posts", form)
    path = answer.headers.get("HX-Redirect") or answer.location

    assert re.fullmatch(r"/auth/login\?next=/compose%3Fdraft%3D\d+", path)
    assert KEPT in browser.get(path).text
    assert texts_of(susan) == []

    answer = sign_in(browser, path)
    assert re.fullmatch(r"/@susan/\d+", answer.location)
    page = browser.get(answer.location).text
    assert TEXT in page
    assert PUBLISHED in page
    assert texts_of(susan) == [TEXT]
    assert number_of(Draft) == 0


@pytest.mark.parametrize("with_code", [False, True])
def test_after_signing_out_on_purpose_it_is_shown_and_not_published(
    browser, susan, form, with_code
):
    """Who sent it may be the next one at a browser that is shared."""
    if with_code:
        turn_on(susan)
    sign_out(browser)
    path = browser.post("/posts", form).location
    page = browser.get(path).text
    assert KEPT_TO_BE_SHOWN in page
    assert KEPT not in page
    answer = sign_in(browser, path)
    if with_code:
        # Another window, between password and code.
        browser.post("/posts", form | {"body": "More"})
        browser.get(answer.location)
        answer = browser.post(answer.location, {"code": code_of(susan, ahead=1)})

    assert answer.location == unquote(path.partition("next=")[2])
    assert texts_of(susan) == []
    again = fields_of(browser.get(answer.location))
    assert again["body"] == TEXT
    assert browser.post("/posts", again).status_code == 303
    assert texts_of(susan) == [TEXT]


def test_once_signed_in_again_a_session_that_expires_publishes_as_ever(browser, susan, form):
    sign_out(browser)
    browser.sign_in("susan")
    sign_in(browser, keep(browser, form))

    assert texts_of(susan) == [TEXT]


class TestTwoWindows:
    @pytest.fixture
    def other(self, browser):
        """Return what the second window sends."""
        return fields_of(browser.get("/")) | {"body": "And bread."}

    @pytest.mark.parametrize("with_code", [False, True])
    def test_are_both_published(self, browser, susan, form, other, with_code):
        if with_code:
            turn_on(susan)
        keep(browser, form)
        answer = sign_in(browser, keep(browser, other))
        if with_code:
            browser.get(answer.location)
            answer = browser.post(answer.location, {"code": code_of(susan, ahead=1)})

        assert answer.location == "/@susan"
        assert "2 posts of yours are published." in browser.get("/@susan").text
        assert sorted(texts_of(susan)) == ["And bread.", TEXT]
        assert number_of(Draft) == 0

    def test_one_of_which_cannot_be_published_keep_no_secret_of_that(
        self, browser, susan, form, other
    ):
        keep(browser, form | {"body": "x" * 501})
        page = browser.get(sign_in(browser, keep(browser, other)).location)

        assert fields_of(page)["body"] == "x" * 501
        assert "1 post of yours is published. Your post is not published yet." in page.text
        assert texts_of(susan) == ["And bread."]

    def test_of_two_accounts_are_published_by_their_own(self, browser, susan, form, john):
        john_browser = Client(browser.app)
        john_browser.sign_in("john")
        other = fields_of(john_browser.get("/")) | {"body": "Hands off"}
        keep(browser, form)
        answer = sign_in(browser, keep(browser, other))

        assert PUBLISHED in browser.get(answer.location).text
        assert (texts_of(susan), texts_of(john)) == ([TEXT], [])

    def test_and_four_more_are_not_forgotten(self, browser, susan, form):
        forms = [fields_of(browser.get("/")) | {"body": str(number)} for number in range(6)]
        for one in forms:
            path = keep(browser, one)
        sign_in(browser, path)

        assert sorted(texts_of(susan)) == ["1", "2", "3", "4", "5"]
        assert number_of(Draft) == 1


def test_a_correction_replaces_what_was_sent_before(browser, susan, form):
    keep(browser, form)
    sign_in(browser, keep(browser, form | {"body": "Better"}))

    assert texts_of(susan) == ["Better"]


class TestWhatCannotBeKept:
    @pytest.fixture(params=["old", "full"])
    def answer(self, request, browser, susan, form):
        expire(browser)
        if request.param == "full":
            for number in range(drafts.MAX_PER_MEMBER):
                drafts.keep(form_keys.make(susan.id), {"body": str(number)})
            db.session.commit()
        later = timedelta(days=8 if request.param == "old" else 0)
        with time_machine.travel(utc_now() + later):
            yield browser.post("/posts", form | {"warning": 'So "hot"'})

    def test_is_given_back_and_can_be_sent_from_there(self, answer, browser, app, susan):
        assert answer.status_code == 403
        assert GIVEN_BACK in answer.text
        assert number_of(Draft, Draft.fields["body"].as_string() == TEXT) == 0
        again = fields_of(answer, "kept")
        assert again["warning"] == 'So "hot"'
        browser.sign_in("susan")
        again = fields_of(browser.post("/posts", again))
        assert browser.post("/posts", again).status_code == 303
        assert texts_of(susan) == [TEXT]


def test_also_by_two_factors_and_for_longer(browser, susan, form):
    turn_on(susan)
    answer = sign_in(browser, keep(browser, form), remember_me="y")
    assert answer.location.startswith("/auth/second-factor?next=/compose")
    browser.get(answer.location)
    answer = browser.post(answer.location, {"code": code_of(susan, ahead=1)})

    assert TEXT in browser.get(answer.location).text
    assert texts_of(susan) == [TEXT]
    assert db.session.scalar(select(UserSession.remembered))


def test_with_all_that_was_chosen(browser, susan, john):
    parent = make_post(john)
    picture = make_picture(susan)
    form = fields_of(browser.get(f"/@john/{parent.id}")) | {
        "body": TEXT,
        "warning": "Soup",
        "visibility": "followers",
        "language": "ga",
        "sensitive": "y",
        "picture1": str(picture.id),
        "alt1": "A bowl",
    }
    sign_in(browser, keep(browser, form))

    post = db.session.scalars(select(Post).where(Post.author_id == susan.id)).one()
    assert (post.text, post.spoiler_text, post.language) == (TEXT, "Soup", "ga")
    assert (post.visibility, post.in_reply_to_id) == (Visibility.FOLLOWERS, parent.id)
    assert (post.sensitive, post.pictures_count) == (True, 1)


def test_new_files_cannot_be_kept_and_that_is_said(browser, form):
    page = browser.get(keep(browser, form | {"images": upload()}))

    assert KEPT in page.text
    assert "The files you chose could not be kept." in page.text


def test_of_a_text_without_end_no_more_is_kept_than_a_field_may_hold(browser, form):
    keep(browser, form | {"body": "x" * 100_001, "warning": "w" * 9})

    draft = db.session.scalars(select(Draft)).one()
    assert sum(map(len, draft.fields.values())) == 100_000
    db.session.rollback()


def test_a_session_that_ends_in_the_middle_of_it_costs_nothing_either(
    app, browser, susan, form, monkeypatch
):
    from app.web import limits

    hit = limits.hit

    def end_session(limit) -> None:
        # Also writes for those who are signed out: nobody may hold a transaction open then.
        with app.app_context():
            expire(browser)
        hit(limit)

    monkeypatch.setattr(limits, "hit", end_session)
    answer = browser.post("/posts", form)
    monkeypatch.undo()
    sign_in(browser, answer.location)

    assert texts_of(susan) == [TEXT]


class TestWhatCannotBePublished:
    def test_comes_back_with_the_reason(self, browser, susan, john):
        parent = make_post(john)
        form = fields_of(browser.get(f"/@john/{parent.id}")) | {"body": TEXT}
        path = keep(browser, form)
        posts.delete(john, parent.id)
        db.session.commit()
        answer = sign_in(browser, path)

        assert answer.location.startswith("/compose?draft=")
        page = browser.get(answer.location)
        assert "Your post is not published yet. The post you reply to is no longer" in page.text
        again = fields_of(page)
        assert again["body"] == TEXT
        assert browser.post("/posts", again).status_code == 303
        assert texts_of(susan) == [TEXT]
        assert number_of(Draft) == 0

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"body": "x" * 501}, "1 character too many"),
            ({"body": " "}, "Write something first."),
            ({"warning": "x" * 121}, "1 character too many"),
            ({"picture1": "1", "alt1": "x"}, "A picture that you added is no longer there."),
        ],
    )
    def test_whatever_the_reason(self, browser, susan, form, wrong, reason):
        page = browser.get(sign_in(browser, keep(browser, form | wrong)).location)

        assert reason in page.text
        assert fields_of(page)["body"] == (form | wrong)["body"]
        assert texts_of(susan) == []

    def test_nor_by_somebody_who_has_to_confirm_an_address(self, make_app, susan):
        browser = Client(make_app(REQUIRE_CONFIRMED_EMAIL=True))
        browser.sign_in("susan")
        form = fields_of(browser.get("/")) | {"body": TEXT}
        path = keep(browser, form)
        db.session.execute(update(Credential).values(email_confirmed_at=None))
        db.session.commit()
        page = browser.get(sign_in(browser, path).location)

        assert "Confirm your e-mail address first." in page.text
        assert fields_of(page)["body"] == TEXT
        assert texts_of(susan) == []


class TestAnOldToken:
    """Somebody has signed in again in another window."""

    @pytest.fixture
    def renewed(self, browser, form):
        sign_out(browser)
        browser.sign_in("susan")
        return browser

    @pytest.mark.parametrize("send", [Client.post, Client.htmx])
    def test_brings_the_composer_back_with_everything_and_a_fresh_one(
        self, renewed, susan, form, send
    ):
        chosen = {"warning": "W", "visibility": "members", "language": "es", "sensitive": "y"}
        chosen |= {"picture1": str(make_picture(susan).id), "alt1": "Soup"}
        page = send(renewed, "/posts", form | chosen)

        assert page.status_code == 422
        assert "Your sign-in was renewed meanwhile." in page.text
        assert (texts_of(susan), number_of(Draft)) == ([], 0)
        again = fields_of(page)
        assert again["csrf_token"] != form["csrf_token"]
        fixed = {"csrf_token": "", "alone": ""}
        assert again | fixed == form | chosen | fixed
        assert send(renewed, "/posts", again).status_code in {200, 303, 204}
        assert texts_of(susan) == [TEXT]

    @pytest.mark.parametrize("key", ["", "x", "forged"])
    def test_of_a_form_that_is_none_of_ours_is_refused_as_ever(self, renewed, susan, form, key):
        if key == "forged":
            key = form["key"][:-1] + ("0" if form["key"][-1] != "0" else "1")
        page = renewed.post("/posts", form | {"key": key})

        assert page.status_code == 400
        assert TEXT not in page.text

    def test_of_another_account_publishes_nothing_and_keeps_the_text(self, browser, john, form):
        sign_out(browser)
        browser.sign_in("john")
        page = browser.post("/posts", form)

        assert page.status_code == 422
        assert "You are signed in as @john now." in page.text
        assert number_of(Post) == 0
        again = fields_of(page)
        assert form_keys.owner_of(again["key"]) == john.id
        browser.post("/posts", again)
        assert texts_of(john) == [TEXT]


class TestAttacks:
    @pytest.mark.parametrize("key", ["", "x", "0.1.2", "forged", "of nobody"])
    def test_without_a_key_of_ours_nothing_is_kept(self, browser, form, key):
        forged = form["key"][:-1] + ("0" if form["key"][-1] != "0" else "1")
        key = {"forged": forged, "of nobody": form_keys.make(1)}.get(key, key)
        expire(browser)
        browser.get("/auth/login")
        answer = browser.post("/posts", {"body": TEXT, "key": key})

        assert answer.location == "/auth/login"
        assert number_of(Draft) == 0

    def test_another_sites_page_has_nothing_kept(self, browser, form):
        expire(browser)

        answer = browser.post("/posts", form, Origin="https://evil.example")

        assert answer.status_code == 400
        assert number_of(Draft) == 0

    def test_a_key_keeps_for_its_own_member_only(self, browser, john, susan, client_of, app):
        """Mallory has the victim's browser send a form of hers, and the victim then signs in."""
        mallory = client_of(make_user("mallory"))
        form = fields_of(mallory.get("/")) | {"body": "Buy my soup", "author_id": str(susan.id)}
        answer = sign_in(browser, keep(browser, form))

        assert answer.location == "/"
        page = browser.get("/").text
        assert "What you wrote belongs to another account." in page
        assert "Buy my soup" not in page
        assert number_of(Post) == 0
        assert number_of(Draft) == 1

    def test_a_link_to_a_draft_publishes_nothing(self, browser, susan, form, app):
        """Even of somebody's own: whoever gets hold of a key cannot have it used elsewhere."""
        path = keep(browser, form)
        elsewhere = Client(app)
        answer = sign_in(elsewhere, path)

        assert texts_of(susan) == []
        assert fields_of(elsewhere.get(answer.location))["body"] == TEXT

    def test_nobody_reads_the_draft_of_somebody_else(self, browser, john, form, client_of):
        path = "/compose?draft=" + keep(browser, form).rpartition("%3D")[2]

        answer = client_of(john).get(path)

        assert answer.status_code == 404
        assert TEXT not in answer.text

    def test_a_form_that_made_a_post_makes_no_other_one(self, browser, susan, form):
        browser.post("/posts", form)
        answer = sign_in(browser, keep(browser, form))

        assert PUBLISHED in browser.get(answer.location).text
        assert texts_of(susan) == [TEXT]
        assert number_of(Draft) == 0

    def test_the_session_before_signing_in_is_not_the_one_after(self, browser, form):
        path = keep(browser, form)
        before = browser.browser.get_cookie("session").value
        answer = sign_in(browser, path)
        assert browser.browser.get_cookie("session").value != before

        browser.get(answer.location)
        browser.post("/auth/logout")
        assert sign_in(browser, "/auth/login").location == "/"

    def test_who_has_a_key_changes_nothing_that_its_member_sent(self, browser, susan, form, app):
        path = keep(browser, form)
        assert Client(app).post("/posts", form | {"body": "Buy my soup"}).status_code == 303
        sign_in(browser, path)

        assert texts_of(susan) == [TEXT]

    def test_only_so_many_are_kept_of_one_address(self, make_app, susan):
        client = Client(make_app(RATELIMIT_ENABLED=True), "203.0.113.7")
        form = {"body": TEXT, "key": form_keys.make(susan.id)}

        tried = [client.post("/posts", form).status_code for _ in range(31)]

        assert tried == [303] * 30 + [429]
        assert number_of(Draft) == 1


def test_what_was_kept_is_spoken_of_when_its_author_comes_another_way(browser, susan, form, app):
    path = keep(browser, form)
    elsewhere = Client(app)
    assert sign_in(elsewhere, "/auth/login").location == "/"
    page = elsewhere.get("/").text

    assert "You wrote a post that is not published yet." in page
    assert f'href="/compose?draft={path.rpartition("%3D")[2]}"' in page


def test_what_was_published_meanwhile_is_not_there_twice(browser, form):
    path = keep(browser, form)
    browser.get(sign_in(browser, path).location)
    sign_out(browser)

    assert sign_in(browser, path).location == "/"
    assert "published already, or was thrown away" in browser.get("/").text


@pytest.mark.parametrize("with_picture", [False, True])
def test_a_form_that_is_sent_twenty_times_at_once_makes_one_post(
    browser, susan, form, with_picture
):
    if with_picture:
        form |= {"picture1": str(make_picture(susan).id), "alt1": "Soup"}
    tabs = windows(browser, 20)

    answers = together([lambda tab=tab: tab.htmx("/posts", form) for tab in tabs])

    assert {answer.status_code for answer in answers} == {200}
    shown = [re.search(r'<article class="post" id="(p\d+)"', page.text)[1] for page in answers]
    assert all(one == other for one, other in pairwise(shown))
    assert texts_of(susan) == [TEXT]
    assert db.session.scalar(select(User.posts_count).where(User.id == susan.id)) == 1
