"""What changes while a password is being checked, which takes long enough to be aimed at.

`meanwhile` runs the other request between the check and the transaction that follows it.
"""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, Purpose, User, UserSession
from app.services import confirmations, password_changes, passwords, sessions, tokens
from app.tests.authenticator import turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_user

NEW = "a bench along the river"
ACCOUNT = "/settings/account"


@pytest.fixture
def meanwhile(app, monkeypatch):
    """Return a function that has something done right after the next check of a password."""

    def arrange(action) -> None:
        check = passwords.verify

        def check_and_act(password_hash, password):
            is_right = check(password_hash, password)
            monkeypatch.setattr(passwords, "verify", check)
            with app.app_context():
                action()
                db.session.commit()
            return is_right

        monkeypatch.setattr(passwords, "verify", check_and_act)

    return arrange


def credential_of(user: User) -> Credential:
    db.session.expire_all()
    return db.session.get_one(Credential, user.id)


def member(user: User) -> User:
    """Return a user as another request loads it."""
    found = db.session.get_one(User, user.id)
    found.credential = db.session.get_one(Credential, user.id)
    return found


def change_password(user: User) -> None:
    password_changes.change(member(user), NEW)


def save(browser: Client, **fields):
    browser.get(ACCOUNT)
    form = {"username": "mallory", "email": "mallory@mail.example", "password": PASSWORD}
    return browser.post(ACCOUNT, form | fields)


@pytest.fixture
def mallory(owner):
    return make_user("mallory")


@pytest.fixture
def unconfirmed(mallory, client_of, meanwhile):
    """Return mallory's browser; she confirms her own address while she changes to another."""
    credential = mallory.credential
    credential.email_confirmed_at, credential.email_claimed = None, False
    db.session.commit()
    browser = client_of(mallory)
    token_id = tokens.issue(
        mallory.id, Purpose.CONFIRM_EMAIL, confirmations.LIFETIME, email=credential.email
    )
    db.session.commit()
    meanwhile(lambda: confirmations.confirm(tokens.secret(token_id)))
    return browser


def test_an_address_is_nobodys_whose_mail_was_not_read(mallory, unconfirmed):
    answer = save(unconfirmed, email="victim@bank.example")

    assert answer.status_code == 303
    found = credential_of(mallory)
    assert (found.email, found.email_claimed) == ("mallory@mail.example", True)


def test_nor_does_it_tell_whether_the_address_has_an_account(owner, unconfirmed):
    make_user("victim", email="victim@bank.example")

    assert save(unconfirmed, email="victim@bank.example").status_code == 303


def test_a_password_alone_does_not_sign_in_while_two_factor_is_turned_on(
    mallory, client, meanwhile
):
    meanwhile(lambda: turn_on(member(mallory)))
    client.sign_in("mallory")

    count = select(func.count(UserSession.id)).where(UserSession.user_id == mallory.id)
    assert db.session.scalar(count) == 0


def test_a_thief_does_not_change_the_password_that_is_being_changed(mallory, client_of, meanwhile):
    thief = client_of(mallory)
    thief.get(ACCOUNT)
    meanwhile(lambda: change_password(mallory))

    another = "what the thief would like"
    form = {"current": PASSWORD, "new": another, "again": another}
    answer = thief.post(f"{ACCOUNT}/password", form)

    assert answer.location.startswith("/auth/login")
    assert passwords.verify(credential_of(mallory).password_hash, NEW)


def test_a_thief_does_not_move_the_account_whose_password_is_being_changed(
    mallory, client_of, meanwhile
):
    thief = client_of(mallory)
    thief.get(ACCOUNT)
    meanwhile(lambda: change_password(mallory))

    answer = save(thief, email="thief@mail.example")

    assert answer.location.startswith("/auth/login")
    assert tokens.pending(mallory.id, Purpose.CONFIRM_EMAIL) is None


def test_an_old_password_does_not_lead_to_the_second_step(mallory, client, meanwhile):
    turn_on(mallory)
    meanwhile(lambda: change_password(mallory))

    client.sign_in("mallory")

    assert tokens.pending(mallory.id, Purpose.SECOND_FACTOR) is None


def test_a_request_under_way_ends_with_its_session(mallory, client_of, monkeypatch, app):
    """Between the look at the viewer and the transaction, limits are counted."""
    from app.web import limits

    browser = client_of(mallory)
    browser.get("/")

    def end_session(_limit) -> None:
        with app.app_context():
            sessions.end_all(mallory.id)
            db.session.commit()

    monkeypatch.setattr(limits, "hit", end_session)
    answer = browser.post("/posts", {"body": "Still here?"})

    assert answer.location.startswith("/auth/login")
    assert db.session.scalar(select(User.posts_count).where(User.id == mallory.id)) == 0
