"""What mails say, in each language, and that nobody else has a say in it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select

from app.emails.composing import KINDS, compose
from app.emails.letters import filled, plain
from app.extensions import db
from app.models import (
    Email,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
    Purpose,
    User,
)
from app.services import notification_choices, outbox, reactions, tokens
from app.tests.factories import make_post, make_user
from app.web.i18n import LANGUAGES

AT = datetime(2026, 3, 12, 18, 22, tzinfo=UTC).isoformat()
DETAILS = {
    "confirm_email": [{"is_change": False}, {"is_change": True}],
    "address_has_account": [{"username": "another"}, {"username": None}],
    "reset_password": [{}],
    "password_changed": [{}],
    "email_changed": [{"old": "old@mail.example", "new": "new@mail.example"}],
    "new_sign_in": [{"device": "Firefox on Linux", "ip": "192.0.2.1", "at": AT}],
    "two_factor_on": [{}],
    "two_factor_off": [{"by_admin": False}, {"by_admin": True}],
    "export_ready": [{"export_id": 42, "expires_at": AT}],
    "deletion_scheduled": [{"at": AT}],
    "username_changed": [{"old": "susan", "new": "susanna"}],
    # About something that is there: see `ABOUT_NOTIFICATIONS`.
    "notification": [{}],
    "digest": [{"more": 0}, {"more": 3}],
}
PURPOSES = {
    "confirm_email": Purpose.CONFIRM_EMAIL,
    "reset_password": Purpose.RESET_PASSWORD,
}
ABOUT_NOTIFICATIONS = {
    "notification": lambda susan: {"group_id": like_by_john(susan, NotificationChoice.MAIL)},
    "digest": lambda susan: {"group_ids": [like_by_john(susan, NotificationChoice.DIGEST)]},
}
ALL = [(kind, details) for kind, variants in DETAILS.items() for details in variants]
NASTY = '"><svg/onload=1>{{7*7}}'
# Turns the direction of all that follows.
TURNED = "\u202egnp.exe\u2066"


@pytest.fixture
def rendered(susan):
    """Return a function that renders a message of a kind to susan."""

    def render(kind, details=None, locale="en"):
        details = dict(DETAILS[kind][0] if details is None else details)
        if kind in PURPOSES:
            token = tokens.issue(susan.id, PURPOSES[kind], timedelta(minutes=30))
            details["token_id"] = token
        if kind in ABOUT_NOTIFICATIONS:
            details |= ABOUT_NOTIFICATIONS[kind](susan)
        email = Email(
            kind=kind,
            locale=locale,
            details=details,
            recipient="susan@mail.example",
            created_at=datetime.fromisoformat(AT),
        )
        return compose(email, susan)

    return render


def like_by_john(susan, choice):
    """Let john, whatever he calls himself, like a post; return the id of the group."""
    notification_choices.choose(susan, {NotificationKind.LIKE: choice})
    john = db.session.scalar(select(User).where(User.username == "john"))
    john = john or make_user("john")
    reactions.like(john, make_post(susan, f"Soup, {john.display_name}").id)
    db.session.commit()
    newest = select(NotificationGroup.id).order_by(NotificationGroup.id.desc()).limit(1)
    return db.session.scalar(newest)


def test_each_kind_is_tried():
    assert KINDS.keys() == DETAILS.keys()
    assert set(outbox.OPTIONAL_KINDS) < DETAILS.keys()


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize(("kind", "details"), ALL)
def test_each_kind_says_the_same_as_text_and_html(rendered, kind, details, locale):
    letter = rendered(kind, details, locale)
    words = " ".join(re.sub(r"(?s)<style.*</style>|<!--.*?-->", "", letter.html).split())

    assert f'<html lang="{locale}" dir="ltr">' in letter.html
    assert f"<title>{letter.subject}</title>" in letter.html
    assert "susan" in letter.text
    assert "susan@mail.example" in letter.text.rpartition("\n-- \n")[2]
    for paragraph in re.findall(r"(?s)<(?:p|h1)[^>]*>(.*?)</(?:p|h1)>", words):
        plain = " ".join(Markup(paragraph).striptags().split())
        assert plain.casefold() in flat(letter.text) or "¶" in plain or "http" in plain
    assert "%(" not in letter.text + letter.html + letter.subject
    assert "{{" not in letter.text + letter.html


def flat(text):
    return " ".join(text.split()).casefold()


@pytest.mark.parametrize("kind", DETAILS)
def test_each_link_leads_to_a_page_of_ours(app, rendered, kind):
    letter = rendered(kind)
    links = set(re.findall(r'href="([^"]+)"', letter.html))
    adapter = app.url_map.bind("localhost")

    assert links == set(re.findall(r"https?://\S+", letter.text))
    for link in links:
        assert link.startswith("http://localhost/")
        adapter.match(link.removeprefix("http://localhost"), method="GET")


def test_links_are_made_of_the_address_of_the_site(make_app, susan):
    another = make_app(BASE_URL="https://microblog.example")
    db.session.commit()
    with another.test_request_context(headers={"Host": "evil.example"}):
        email = Email(kind="deletion_scheduled", locale="en", details={"at": AT}, recipient="a@b")
        letter = compose(email, susan)

    assert set(re.findall(r"https?://[^/\"\s]+", letter.text + letter.html)) == {
        "https://microblog.example"
    }


@pytest.mark.parametrize(
    ("locale", "zone", "moment"),
    [
        ("en", None, "12 March 2026, 18:22 UTC"),
        ("en", "America/New_York", "12 March 2026, 14:22 EDT"),
        ("es", "Europe/Madrid", "12 de marzo de 2026, 19:22 CET"),
        ("ko", "Asia/Seoul", "2026년 3월 13일 AM 3:22 +0900"),
        ("en", "Mars/Olympus", "12 March 2026, 18:22 UTC"),
    ],
)
def test_moments_are_those_of_the_member_and_name_their_zone(rendered, susan, locale, zone, moment):
    susan.credential.time_zone = zone

    assert moment in " ".join(rendered("deletion_scheduled", locale=locale).text.split())


def test_a_language_that_is_gone_becomes_that_of_the_site(rendered):
    assert rendered("password_changed", locale="tlh") == rendered("password_changed", locale="en")


def test_a_late_message_says_how_long_its_link_still_works(rendered, susan):
    token = tokens.issue(susan.id, Purpose.RESET_PASSWORD, timedelta(minutes=11))
    email = Email(kind="reset_password", locale="en", details={"token_id": token}, recipient="a@b")

    assert "once, for 11 minutes" in flat(compose(email, susan).text)


def test_a_name_is_shown_as_it_was_typed_and_does_nothing(rendered, susan):
    susan.display_name = NASTY
    letter = rendered("reset_password")

    assert "<svg" not in letter.html
    assert "<bdi>&#34;&gt;&lt;svg/onload=1&gt;{{7*7}}</bdi>" in letter.html
    assert f"Hello {NASTY}," in letter.text


@pytest.mark.parametrize("case", ["unconfirmed", "another"])
def test_strangers_are_not_sent_what_somebody_calls_themselves(rendered, susan, case):
    susan.display_name = "You have won: evil.example"
    if case == "unconfirmed":
        susan.credential.email_confirmed_at = None
    else:
        susan.credential.email = "susan@elsewhere.example"
    letter = rendered("confirm_email")

    assert "Hello susan," in letter.text
    assert "evil.example" not in letter.text + letter.html


def test_a_name_stays_in_its_line_and_direction(rendered, susan):
    susan.display_name = f"Susan\r\n\r\nBcc: eve@mail.example\u2028\x1b{TURNED}"
    letter = rendered("reset_password")

    assert "\nHello Susan Bcc: eve@mail.example gnp.exe,\n" in letter.text
    assert not set(TURNED[0] + TURNED[-1] + "\r\x1b\u2028") & set(letter.text + letter.html)
    assert letter.html.count("<bdi>Susan Bcc: eve@mail.example gnp.exe</bdi>") == 1


@pytest.mark.parametrize("kind", ["new_sign_in", "email_changed", "username_changed"])
def test_details_from_outside_do_nothing(rendered, kind):
    values = dict.fromkeys(DETAILS[kind][0], f"{NASTY}\r\nBcc: eve{TURNED}")
    if "at" in values:
        values["at"] = AT
    letter = rendered(kind, values)

    assert "<svg" not in letter.html
    assert "\nBcc:" not in letter.text
    assert TURNED[0] not in letter.text + letter.html


@pytest.mark.parametrize("kind", ABOUT_NOTIFICATIONS)
def test_names_and_posts_of_others_do_nothing(rendered, john, kind):
    john.display_name = f"{NASTY}\r\nBcc: eve{TURNED}"
    letter = rendered(kind)

    assert "<svg" not in letter.html
    assert "onload=1" in letter.html
    assert "\nBcc:" not in letter.text
    assert "\n" not in letter.subject
    assert TURNED[0] not in letter.text + letter.html + letter.subject


def test_names_in_other_scripts_and_emoji_stay_whole(rendered, susan):
    susan.display_name = "نور 👩‍👩‍👧 می‌خواهم"

    assert susan.display_name in rendered("reset_password").text
    assert susan.display_name in rendered("reset_password").html


@pytest.mark.parametrize(
    "site_name",
    ["Ñandú 마이크로블로그 für alle und noch viel mehr Leute aus dem Ort", 'A, "B" <c@d>; \\'],
)
def test_the_site_may_have_any_name(mailbox, send, susan, site_name):
    outbox.write("password_changed", susan.credential)
    send(SITE_NAME=site_name)

    [message] = mailbox.server.messages
    [sender] = message["From"].addresses
    assert sender.addr_spec == "noreply@localhost"
    assert message["Subject"] == f"Your password for {site_name} was changed"
    assert sender.display_name == site_name.replace('"', "'").replace("\\", "")


def test_it_is_in_the_language_of_who_asked(app, susan):
    with app.test_request_context(headers={"Accept-Language": "ko"}):
        outbox.write("password_changed", susan.credential)
        susan.credential.locale = "es"
        outbox.write("password_changed", susan.credential)

    assert sorted(db.session.scalars(db.select(Email.locale))) == ["es", "ko"]


def test_what_is_put_into_a_sentence_is_escaped_unless_it_is_markup():
    sentence = filled("%(name)s & <%(handle)s>", name="<i>", handle=Markup("<b>@susan</b>"))

    assert sentence == "&lt;i&gt; &amp; &lt;<b>@susan</b>&gt;"
    assert plain(sentence) == "<i> & <@susan>"
