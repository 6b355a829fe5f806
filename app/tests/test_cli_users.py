"""`flask users`: accounts from the terminal."""

import re
import threading

import pytest
from sqlalchemy import event, func, select

from app.extensions import db
from app.models import Role, User, UserSession
from app.models.base import utc_now
from app.services import users
from app.services.errors import NotFound
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post, make_user


@pytest.fixture
def run(app):
    """Return a function that runs `flask users` with these words."""

    def invoke(*words, **options):
        # SQLite has one writer, and an open transaction of the test would be it.
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["users", *words], **options)
        db.session.remove()
        return result

    return invoke


def the(username):
    user = db.session.scalar(select(User).where(User.username == username))
    db.session.commit()
    return user


def is_shown(username) -> bool:
    try:
        users.find(username)
    except NotFound:
        return False
    finally:
        db.session.commit()
    return True


def role_of(username):
    return the(username).role


def assert_refused(result, message):
    assert result.exit_code == 1
    assert result.output == f"Error: {message}\n"


def test_an_account_is_made_with_a_password_that_is_shown_once(run, app, owner):
    result = run("create", "susan", "susan@mail.example")

    assert result.exit_code == 0, result.output
    password = re.search(r"shown only now: (\S+)", result.output)[1]
    assert Client(app).sign_in("susan", password).status_code == 303


def test_an_account_is_made_with_the_password_given(run, app, owner):
    result = run("create", "susan", "susan@mail.example", "--password", PASSWORD)

    assert PASSWORD not in result.output
    assert Client(app).sign_in("susan@mail.example").status_code == 303


def test_a_password_is_asked_for_where_the_option_has_no_value(run, app, owner):
    result = run("create", "susan", "s@mail.example", "--password", input=f"{PASSWORD}\n" * 2)

    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert Client(app).sign_in("susan").status_code == 303


def test_the_address_of_a_new_account_is_confirmed(run, owner, make_app):
    app = make_app(REQUIRE_CONFIRMED_EMAIL=True)
    run("create", "susan", "susan@mail.example", "--password", PASSWORD)
    browser = Client(app)
    browser.sign_in("susan@mail.example")

    assert browser.post("/posts", {"body": "Hello"}).status_code == 303


def test_a_new_account_can_have_a_role(run, owner):
    run("create", "susan", "susan@mail.example", "--role", "moderator")

    assert role_of("susan") is Role.MODERATOR


def test_the_first_account_owns_the_site(run):
    run("create", "susan", "susan@mail.example")

    assert role_of("susan") is Role.OWNER


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("susan", "new@mail.example"), "@susan is taken"),
        (("admin", "new@mail.example"), "@admin cannot be a user name: reserved"),
        (("x!", "new@mail.example"), "@x! cannot be a user name: characters"),
        (("wren", "susan@mail.example"), "susan@mail.example has an account already"),
        (("wren", "nonsense"), "this is no e-mail address"),
        (
            ("wren", "new@mail.example", "--password", "short"),
            "the password cannot be used: too_short",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(run, susan, words, message):
    before = db.session.scalar(select(func.count()).select_from(User))

    assert_refused(run("create", *words), message)
    assert db.session.scalar(select(func.count()).select_from(User)) == before


def test_a_role_is_given_and_taken(run, susan):
    assert run("role", "Susan", "moderator").exit_code == 0
    assert role_of("susan") is Role.MODERATOR

    assert run("role", "susan", "member").exit_code == 0
    assert role_of("susan") is Role.MEMBER


def test_handing_the_site_over_makes_the_former_owner_an_admin(run, owner, susan):
    result = run("role", "susan", "owner")

    assert result.exit_code == 0, result.output
    assert role_of("susan") is Role.OWNER
    assert role_of(owner.username) is Role.ADMIN


def test_the_site_is_not_handed_to_somebody_who_is_hidden(run, owner, susan):
    run("suspend", "susan")

    assert_refused(run("role", "susan", "owner"), "@susan is hidden and cannot own the site")
    assert role_of(owner.username) is Role.OWNER


@pytest.mark.parametrize(
    "words",
    [("role", "owner_of_all", "member"), ("suspend", "owner_of_all"),
     ("delete", "owner_of_all", "--yes"), ("delete", "owner_of_all", "--yes", "--now")],
)  # fmt: skip
def test_the_owner_stays_owner(run, owner, words):
    message = "@owner_of_all owns this site; hand it over first: flask users role NAME owner"

    assert_refused(run(*words), message)
    assert role_of("owner_of_all") is Role.OWNER
    assert is_shown("owner_of_all")


@pytest.mark.parametrize(
    "words",
    [("role", "nobody", "admin"), ("reset-2fa", "nobody"), ("suspend", "nobody"),
     ("unsuspend", "nobody"), ("delete", "nobody"), ("delete", "nobody", "--yes")],
)  # fmt: skip
def test_nobody_is_nobody(run, owner, words):
    assert_refused(run(*words), "there is no @nobody")


def test_an_unknown_role_is_refused(run, susan):
    result = run("role", "susan", "king")

    assert result.exit_code == 2
    assert "'king' is not one of" in result.output


def test_suspending_hides_and_signs_out(run, susan, client_of):
    browser = client_of(susan)
    run("suspend", "susan")

    assert not is_shown("susan")
    assert browser.get("/settings/profile").status_code == 303
    assert browser.sign_in("susan").status_code == 422

    run("unsuspend", "susan")
    assert is_shown("susan")
    assert browser.sign_in("susan").status_code == 303


def test_resetting_two_factor_leaves_the_password(run, app, susan):
    susan.credential.totp_seed = b"x" * 32
    susan.credential.totp_enabled_at = utc_now()
    db.session.commit()
    result = run("reset-2fa", "susan")

    assert result.exit_code == 0, result.output
    browser = Client(app)
    assert browser.sign_in("susan").status_code == 303
    assert browser.get("/settings/profile").status_code == 200


def test_deleting_asks_first(run, susan):
    result = run("delete", "susan", input="n\n")

    assert result.exit_code == 1
    assert "Delete @susan?" in result.output
    assert is_shown("susan")


def test_deleting_hides_for_30_days(run, susan, client_of):
    browser = client_of(susan)
    result = run("delete", "susan", input="y\n")

    assert "will be erased in 30 days" in result.output
    assert browser.get("/@susan").status_code == 404
    assert db.session.scalars(select(UserSession)).all() == []
    db.session.commit()
    assert browser.sign_in("susan").status_code == 303
    assert browser.get("/@susan").status_code == 200


def test_deleting_now_leaves_nothing_to_come_back_to(run, susan, client):
    make_post(susan, "Something")
    result = run("delete", "susan", "--yes", "--now")

    assert result.exit_code == 0, result.output
    assert db.session.get(User, susan.id).erased_at is not None
    db.session.commit()
    assert client.sign_in("susan").status_code == 422
    assert_refused(run("delete", "susan", "--yes"), "there is no @susan")


def test_who_comes_back_before_being_erased_is_not_said_to_be(run, app, susan):
    user_id = susan.id
    browsers = []

    def come_back(_session) -> None:
        """Sign in between the transaction that hides the account and that which erases it."""
        with db.engine.connect() as other:
            deletion_at = other.scalar(select(User.deletion_at).where(User.id == user_id))
        if deletion_at is not None and not browsers:
            browsers.append(Client(app))
            browser = threading.Thread(target=browsers[0].sign_in, args=("susan",))
            browser.start()
            browser.join()

    db.session.commit()
    event.listen(db.session, "after_commit", come_back)
    try:
        result = run("delete", "susan", "--yes", "--now")
    finally:
        event.remove(db.session, "after_commit", come_back)

    assert_refused(result, "@susan has just signed in, and so keeps the account")
    assert is_shown("susan")
    assert browsers[0].get("/settings/profile").status_code == 200


def test_the_list_shows_who_there_is(run, owner, susan, john):
    run("suspend", "john")
    lines = run("list").output.splitlines()

    assert [line.split()[0] for line in lines] == ["NAME", "john", "susan", "owner_of_all"]
    assert re.match(r"john +member +suspended +\d{4}-\d\d-\d\d +john@mail.example", lines[1])
    assert re.match(r"owner_of_all +owner +active ", lines[3])


def names_in(result) -> list[str]:
    rows = [line for line in result.output.splitlines()[1:] if "@" in line]
    return [row.split()[0] for row in rows]


def test_the_list_can_be_narrowed(run, owner, susan, john):
    run("suspend", "john")

    assert names_in(run("list", "--suspended")) == ["john"]
    assert names_in(run("list", "--role", "owner")) == ["owner_of_all"]


def test_the_list_has_pages(run, owner):
    for number in range(5):
        make_user(f"member_{number}")
    first = run("list", "--limit", "4")
    cursor = re.search(r"There are more: --before (\d+)", first.output)[1]
    second = run("list", "--limit", "4", "--before", cursor)

    assert names_in(first) == ["member_4", "member_3", "member_2", "member_1"]
    assert names_in(second) == ["member_0", "owner_of_all"]
    assert "There are more" not in second.output
