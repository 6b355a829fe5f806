"""Who may follow a member at once, and who may write to them."""

import pytest

from app.extensions import db
from app.models import MessagesFrom

PAGE = "/settings/privacy"


def is_checked(page, value: str) -> bool:
    [field] = [part for part in page.text.split("<input")[1:] if value in part.partition(">")[0]]
    return " checked" in field.partition(">")[0]


def test_anybody_may_do_either_until_somebody_says_otherwise(susan, client_of):
    page = client_of(susan).get(PAGE)

    assert not is_checked(page, 'name="approves_followers"')
    assert is_checked(page, 'value="everyone"')


@pytest.mark.parametrize("choice", MessagesFrom)
@pytest.mark.parametrize("approves", [True, False])
def test_both_are_saved_and_shown(susan, client_of, choice, approves):
    browser = client_of(susan)
    fields = {"messages_from": choice.value} | ({"approves_followers": "y"} if approves else {})
    saved = browser.post(PAGE, fields)

    assert saved.location == PAGE
    page = browser.get(PAGE)
    assert "Your privacy settings are saved." in page.text
    assert is_checked(page, 'name="approves_followers"') is approves
    assert is_checked(page, f'value="{choice.value}"')
    db.session.refresh(susan, ["locked"])
    db.session.refresh(susan.credential)
    assert susan.locked is approves
    assert susan.credential.messages_from is choice


def test_what_cannot_be_chosen_is_refused_and_changes_nothing(susan, client_of):
    browser = client_of(susan)
    answer = browser.post(PAGE, {"messages_from": "pigeons", "approves_followers": "y"})

    assert answer.status_code == 422
    assert "needs another look" in answer.text
    db.session.refresh(susan, ["locked"])
    assert not susan.locked


def test_it_leads_to_those_it_is_about(susan, client_of):
    page = client_of(susan).get(PAGE).text

    assert 'href="/follow-requests"' in page
    assert 'href="/settings/blocks"' in page
