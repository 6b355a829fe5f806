"""What reaches a member, and where: notifications and mails."""

import re

from sqlalchemy import func, select

from app.emails.composing import KINDS
from app.extensions import db
from app.models import Email, NotificationKind
from app.models.base import utc_now
from app.services import notification_choices, outbox
from app.services.outbox import KINDS_BY_OTHERS, OPTIONAL_KINDS
from app.settings.notifications import ALWAYS

PAGE = "/settings/notifications"


def choices_on(page):
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page.text)
    return {re.search(r'name="(\w+)"', box)[1]: " checked" in box for box in boxes}


def test_all_mails_come_until_somebody_says_otherwise(susan, client_of):
    assert choices_on(client_of(susan).get(PAGE)) == dict.fromkeys(OPTIONAL_KINDS, True)


def test_a_mail_that_is_not_wanted_is_not_written(susan, client_of):
    browser = client_of(susan)
    saved = browser.post(PAGE, {"export_ready": "y"})

    assert saved.location == PAGE
    page = browser.get(PAGE)
    assert "Your notification settings are saved." in page.text
    assert choices_on(page) == {"new_sign_in": False, "export_ready": True}
    db.session.refresh(susan.credential)
    outbox.write("new_sign_in", susan.credential)
    outbox.write("password_changed", susan.credential)
    assert [*db.session.scalars(select(Email.kind))] == ["password_changed"]


def test_a_mail_may_be_wanted_again(susan, client_of):
    browser = client_of(susan)
    browser.post(PAGE, {})
    browser.post(PAGE, dict.fromkeys(OPTIONAL_KINDS, "y"))

    assert choices_on(browser.get(PAGE)) == dict.fromkeys(OPTIONAL_KINDS, True)


def test_mails_about_the_safety_of_the_account_cannot_be_turned_off(susan, client_of):
    browser = client_of(susan)
    browser.post(PAGE, {"password_changed": "", "unwanted_mails": "password_changed"})
    db.session.refresh(susan.credential)

    assert susan.credential.unwanted_mails == list(OPTIONAL_KINDS)
    outbox.write("password_changed", susan.credential)
    assert db.session.scalar(select(func.count()).select_from(Email)) == 1


def test_the_page_has_a_place_for_each_kind_of_mail():
    always = [kind for kinds in ALWAYS for kind in kinds]

    assert sorted([*always, *OPTIONAL_KINDS, *KINDS_BY_OTHERS]) == sorted(KINDS)


def test_the_page_names_what_comes_in_any_case(susan, client_of):
    page = client_of(susan).get(PAGE).text

    assert "Always by e-mail" in page
    assert "Your password: to reset it, and when it changes" in page


def test_all_notifications_come_to_the_page_until_somebody_says_otherwise(susan, client_of):
    page = client_of(susan).get(PAGE)

    assert selected_on(page) == dict.fromkeys(NotificationKind, "page")


def test_each_kind_reaches_a_member_as_they_chose(susan, client_of):
    browser = client_of(susan)
    wanted = dict(zip(NotificationKind, ["mail", "digest", "nothing", "page"] * 2, strict=False))
    browser.post(PAGE, {kind.value: choice for kind, choice in wanted.items()})

    assert selected_on(browser.get(PAGE)) == wanted
    db.session.refresh(susan.credential)
    chosen = notification_choices.chosen(susan)
    assert {kind: choice.value for kind, choice in chosen.items()} == wanted
    # Only what differs from what everybody has is kept.
    assert "page" not in susan.credential.notification_choices.values()


def test_who_wants_everything_as_everybody_has_chosen_nothing(susan, client_of):
    browser = client_of(susan)
    browser.post(PAGE, {"like": "mail"})
    browser.post(PAGE, {"like": "page"})
    db.session.refresh(susan.credential)

    assert susan.credential.notification_choices is None


def test_a_choice_that_there_is_not_is_refused_and_changes_nothing(susan, client_of):
    answer = client_of(susan).post(PAGE, {"like": "pigeon", "reply": "mail"})

    assert answer.status_code == 422
    assert "1 thing needs another look" in answer.text
    db.session.refresh(susan.credential)
    assert susan.credential.notification_choices is None
    assert susan.credential.unwanted_mails == []


def test_the_first_digest_comes_a_day_after_it_was_chosen(susan, client_of):
    before = utc_now()
    client_of(susan).post(PAGE, {"like": "digest"})
    db.session.refresh(susan.credential)

    assert susan.credential.digested_at >= before


def selected_on(page):
    """Return what is selected for each kind of notification."""
    selects = re.findall(r'(?s)<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page.text)
    return {
        name: re.search(r'<option selected value="(\w+)"', options)[1] for name, options in selects
    }
