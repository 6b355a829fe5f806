"""The card of a person, as the server gives it."""

import pytest

from app.extensions import db
from app.models.base import utc_now
from app.services import accounts, usernames
from app.tests.factories import make_follow


@pytest.fixture
def described(john):
    accounts.update_profile(john, "John <b>", "Cooks & writes.")
    db.session.commit()
    return john


def test_it_says_who_somebody_is(susan, described, client_of):
    make_follow(described, susan)
    card = client_of(susan).get("/@john/card").text

    assert "<html" not in card
    assert 'aria-label="About John &lt;b&gt;"' in card
    assert "Cooks &amp; writes." in card
    assert "Follows you" in card
    assert 'formaction="/@john/follow"' in card
    assert "<b>1</b> following" in card


def test_one_has_no_button_to_follow_oneself(susan, client_of):
    assert "formaction" not in client_of(susan).get("/@susan/card").text


def test_signed_out_the_button_leads_to_sign_in(described, client):
    card = client.get("/@john/card").text

    assert 'href="/auth/login?next=/%40john"' in card
    assert "Follows you" not in card


def test_a_former_name_leads_to_it(described, susan, client_of):
    usernames.rename(described, "johnny")
    db.session.commit()

    assert client_of(susan).get("/@john/card").location == "/@johnny/card"


def test_who_is_hidden_has_none(described, susan, client, client_of):
    described.suspended_at = utc_now()
    db.session.commit()

    assert client.get("/@john/card").status_code == 404
    assert client_of(susan).get("/@john/card").status_code == 404
