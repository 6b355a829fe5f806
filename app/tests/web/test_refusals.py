"""Pages that say no: made outside of transactions, in which on SQLite nobody else may write."""

from collections.abc import Iterator

import pytest
from flask import before_render_template, template_rendered
from sqlalchemy import event

from app.extensions import db
from app.models import Purpose, User
from app.services import confirmations, password_resets, tokens
from app.tests.authenticator import turn_on
from app.tests.client import Client
from app.tests.factories import PASSWORD, make_post, make_user
from app.tests.web.test_settings_two_factor import set_up
from app.web.policy import SAFE_METHODS

ACCOUNT = {"username": "susan", "email": "susan@mail.example", "password": PASSWORD}
NEW_PASSWORD = {"current": PASSWORD, "new": "a long new password", "again": "a long new password"}
# Endpoint, path and fields, for somebody who is signed in, ...
OF_MEMBERS = [
    ("main.create_post", "/posts", {"body": ""}),
    ("main.create_post", "/posts", {"body": "soup @john " * 1000}),
    ("main.save_post", "/posts/1/edit", {"body": "soup"}),
    ("main.begin_conversation", "/messages", {"body": ""}),
    ("main.begin_conversation", "/messages", {"to": "nobody", "body": "soup"}),
    ("main.begin_conversation", "/messages", {"to": "john", "body": "soup @john " * 1000}),
    ("main.send_message", "/messages/1/send", {"body": "soup"}),
    ("main.mute", "/@john/mute", {"duration": "x"}),
    ("auth.verify", "/auth/verify", {"password": ""}),
    ("auth.verify", "/auth/verify", {"password": "wrong"}),
    ("settings.save_account", "/settings/account", {}),
    ("settings.save_account", "/settings/account", ACCOUNT | {"password": "wrong"}),
    ("settings.save_account", "/settings/account", ACCOUNT | {"username": "john"}),
    ("settings.change_password", "/settings/account/password", {}),
    ("settings.change_password", "/settings/account/password", NEW_PASSWORD | {"current": "no"}),
    ("settings.save_profile", "/settings/profile", {"display_name": "x" * 500}),
    ("settings.save_preferences", "/settings/preferences", {"theme": "plaid"}),
    ("settings.save_notifications", "/settings/notifications", {"like": "pigeon"}),
    ("settings.save_privacy", "/settings/privacy", {"messages_from": "pigeons"}),
    ("settings.turn_on_two_factor", "/settings/two-factor", {"code": ""}),
    ("settings.turn_on_two_factor", "/settings/two-factor", {"code": "00000x"}),
    ("settings.delete_account", "/settings/data/deletion", {}),
    ("settings.delete_account", "/settings/data/deletion", {"password": "wrong", "sure": "y"}),
]
# ... whose sign-in has two factors, ...
OF_CAREFUL_MEMBERS = [
    ("settings.turn_off_two_factor", "/settings/two-factor/off", {"code": "00000x"}),
    ("settings.make_new_recovery_codes", "/settings/two-factor/recovery-codes", {"code": "00000x"}),
]
# ... and for everybody else.
OF_GUESTS = [
    ("auth.create_account", "/auth/register", {}),
    ("auth.create_account", "/auth/register", ACCOUNT),
    ("auth.sign_in", "/auth/login", {}),
    ("auth.sign_in", "/auth/login", {"username": "susan", "password": "wrong"}),
    ("auth.request_reset", "/auth/reset_password_request", {"email": "nobody"}),
    ("auth.set_password", "/auth/reset_password/x", {"password": "a long new password"}),
    ("auth.confirm", "/auth/confirm/x", {}),
]
# With an example of its own below.
BY_LINK_OR_CODE = {"auth.set_password", "auth.confirm", "auth.check_code"}
# These lead on, or end in a page of `app.errors`, which needs no database.
WITHOUT_PAGE = {
    "main.accept_conversation",
    "main.clear_conversation",
    "main.delete_message",
    "main.leave_conversation",
    "main.read_conversation",
    "main.block",
    "main.delete_post",
    "main.follow",
    "main.follow_tag",
    "main.mute_conversation",
    "main.pin",
    "main.react",
    "main.read",
    "main.read_notice",
    "main.read_notices",
    "main.translate",
    "main.unblock",
    "main.unfollow",
    "main.unfollow_tag",
    "main.unmute",
    "main.unmute_conversation",
    "main.unpin",
    "main.approve",
    "main.refuse",
    "main.remove_follower",
    "auth.send_confirmation",
    "auth.sign_out",
    "settings.cancel_email_change",
    "settings.delete_export",
    "settings.end_other_sessions",
    "settings.end_session",
    "settings.request_export",
}


@pytest.fixture
def rendered(app) -> Iterator[list[tuple[str, int]]]:
    """Return a list that gathers each template, with how many transactions were open around it."""
    transactions = set()
    seen = []

    def begin(connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            transactions.add(connection.connection.dbapi_connection)

    def end(connection) -> None:
        transactions.discard(connection.connection.dbapi_connection)

    def note(_app, template, **_rest) -> None:
        seen.append((template.name, len(transactions)))

    db.session.commit()
    listeners = [("begin", begin), ("commit", end), ("rollback", end)]
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    with before_render_template.connected_to(note), template_rendered.connected_to(note):
        yield seen
    for name, listener in listeners:
        event.remove(db.engine, name, listener)


def is_refused(client: Client, rendered: list, path: str, fields: dict[str, str]) -> bool:
    """Send a form; return whether a page with no transaction around it has refused it."""
    db.session.commit()
    rendered.clear()
    answer = client.post(path, fields)
    assert answer.status_code in {404, 409, 422}
    assert rendered
    return all(transactions == 0 for _, transactions in rendered)


def test_each_form_has_an_example_here(app):
    endpoints = {
        rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE_METHODS
    }
    examples = {endpoint for endpoint, *_ in OF_MEMBERS + OF_CAREFUL_MEMBERS + OF_GUESTS}

    assert endpoints == examples | BY_LINK_OR_CODE | WITHOUT_PAGE


@pytest.mark.parametrize(("_endpoint", "path", "fields"), OF_MEMBERS)
def test_a_member_is_refused_outside_of_transactions(
    susan, john, client_of, rendered, _endpoint, path, fields
):
    assert is_refused(client_of(susan), rendered, path, fields)


@pytest.mark.parametrize("version", ["0", "1"])
def test_so_is_who_edits_badly_or_too_late(susan, client_of, rendered, version):
    path = f"/posts/{make_post(susan).id}/edit"

    assert is_refused(client_of(susan), rendered, path, {"body": "", "version": version})


@pytest.mark.parametrize(("_endpoint", "path", "fields"), OF_CAREFUL_MEMBERS)
def test_a_member_with_two_factors_too(susan, client_of, rendered, _endpoint, path, fields):
    browser = client_of(susan)
    set_up(browser)

    assert is_refused(browser, rendered, path, fields)


@pytest.mark.parametrize(("_endpoint", "path", "fields"), OF_GUESTS)
def test_a_guest_is_refused_outside_of_transactions(
    susan, client, rendered, _endpoint, path, fields
):
    client.get("/auth/login")

    assert is_refused(client, rendered, path, fields)


@pytest.mark.parametrize("path", ["/posts", "/settings/account", "/auth/verify"])
def test_so_is_who_uses_htmx(susan, client_of, rendered, path):
    browser = client_of(susan)
    browser.headers["HX-Request"] = "true"

    assert is_refused(browser, rendered, path, {})


@pytest.mark.parametrize("code", ["", "00000x", "no recovery code"])
def test_a_wrong_code_is_refused_outside_of_transactions(susan, client, rendered, code):
    turn_on(susan)
    client.get("/auth/login")
    client.post("/auth/login", {"username": "susan", "password": PASSWORD})
    client.get("/auth/second-factor")

    assert is_refused(client, rendered, "/auth/second-factor", {"code": code})


def test_a_weak_password_is_refused_outside_of_transactions(susan, client, rendered):
    password_resets.send("susan@mail.example")
    path = f"/auth/reset_password/{secret_of(susan, Purpose.RESET_PASSWORD)}"
    db.session.commit()
    client.get(path)

    assert is_refused(client, rendered, path, {"password": "soup"})


def test_a_taken_address_is_refused_outside_of_transactions(susan, john, client_of, rendered):
    confirmations.request_change(susan, "new@mail.example")
    path = f"/auth/confirm/{secret_of(susan, Purpose.CONFIRM_EMAIL)}"
    db.session.commit()
    browser = client_of(susan)
    make_user("wren", email="new@mail.example")

    assert is_refused(browser, rendered, path, {})
    assert tokens.pending(susan.id, Purpose.CONFIRM_EMAIL)


def secret_of(user: User, purpose: Purpose) -> str:
    token = tokens.pending(user.id, purpose)
    assert token
    return tokens.secret(token.id)


def test_what_a_refused_form_began_is_taken_back(susan, john, client_of):
    browser = client_of(susan)
    # The name could be had; the address is none.
    fields = ACCOUNT | {"username": "suzan", "email": "nobody"}

    assert browser.post("/settings/account", fields).status_code == 422
    assert browser.get("/@suzan").status_code == 404
