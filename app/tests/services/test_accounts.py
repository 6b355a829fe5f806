import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import Credential, Role, Theme, User
from app.models.base import utc_now
from app.services import accounts, passwords, signing_in, suspensions, usernames
from app.services.accounts import AccountInvalid, Preferences, ProfileInvalid
from app.services.errors import (
    EmailInvalid,
    NotFound,
    PasswordWeak,
    Suspended,
    TextTooLong,
    UsernameTaken,
)
from app.services.names import InvalidName
from app.services.signing_in import Browser
from app.services.text import InvalidText
from app.tests.factories import PASSWORD, make_user


def test_the_first_account_owns_the_site_and_the_next_is_a_member(app):
    assert make_user("first").role is Role.OWNER
    assert make_user("second").role is Role.MEMBER


def test_a_username_is_taken_in_whatever_letter_case(susan):
    with pytest.raises(UsernameTaken) as refused:
        accounts.register("SUSAN", "other@mail.example", PASSWORD)

    assert refused.value.free
    assert "susan" not in refused.value.free


def test_suggested_names_are_free(susan):
    make_user("susan_")

    with pytest.raises(UsernameTaken) as refused:
        accounts.register("susan", "other@mail.example", PASSWORD)

    assert "susan_" not in refused.value.free


def test_an_address_belongs_to_the_first_to_give_it_in_whatever_letter_case(susan):
    later = accounts.register("susan2", "Susan@MAIL.example", PASSWORD)
    db.session.commit()

    assert not later.credential.email_claimed
    assert signing_in.authenticate("susan@mail.example", PASSWORD) is susan
    assert signing_in.authenticate("susan2", PASSWORD) is later


def test_where_addresses_are_confirmed_nobody_has_one_by_typing_it(make_app):
    with make_app(REQUIRE_CONFIRMED_EMAIL=True).app_context():
        user = accounts.register("wren", "wren@mail.example", PASSWORD)
        db.session.commit()

        assert not user.credential.email_claimed
        assert signing_in.authenticate("wren@mail.example", PASSWORD) is None
        assert signing_in.authenticate("wren", PASSWORD) is user


def test_a_reserved_name_is_refused(app):
    with pytest.raises(InvalidName):
        accounts.register("admin", "admin@mail.example", PASSWORD)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("soup", "too_short"),
        ("password1234", "common"),
        ("wren_notes12", "common"),
        ("x" * 300, "too_long"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(app, password, reason):
    with pytest.raises(PasswordWeak) as refused:
        accounts.register("wren_notes", "wren@mail.example", password)

    assert refused.value.reason == reason


def test_64_characters_of_unicode_are_a_password(app):
    password = "수프를 마흔한 번 썼다, ни разу не пожалел. Ünïcödé → 🌿" + "x" * 20
    accounts.register("wren", "wren@mail.example", password[:64])

    assert signing_in.authenticate("wren", password[:64])
    assert not signing_in.authenticate("wren", password[:63])


@pytest.mark.parametrize("login", ["susan", "SuSaN", "susan@mail.example", "Susan@Mail.Example"])
def test_one_signs_in_with_user_name_or_address(susan, login):
    assert signing_in.authenticate(login, PASSWORD) is susan


@pytest.mark.parametrize(
    "login", ["nobody", "nobody@mail.example", "", "' OR 1=1--", "susan\x00"[:5] + "x"]
)
def test_an_unknown_name_signs_nobody_in(susan, login):
    assert signing_in.authenticate(login, PASSWORD) is None


def test_a_suspended_member_hears_of_it_when_the_password_is_right(susan):
    suspensions.suspend(susan)
    db.session.commit()

    assert signing_in.authenticate("susan", "not the password") is None
    with pytest.raises(Suspended):
        signing_in.authenticate("susan", PASSWORD)


def test_a_former_name_signs_in(susan):
    usernames.rename(susan, "susanna")
    db.session.commit()

    for name in ("susan", "susanna", "SUSAN"):
        found = signing_in.authenticate(name, PASSWORD)
        assert found is not None
        assert found.id == susan.id


def test_a_hash_of_the_tutorial_is_upgraded_at_sign_in(susan):
    from werkzeug.security import generate_password_hash

    credential = db.session.get_one(Credential, susan.id)
    credential.password_hash = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
    db.session.commit()

    assert signing_in.authenticate("susan", PASSWORD)
    db.session.commit()

    assert credential.password_hash.startswith("$argon2id$")
    assert passwords.verify(credential.password_hash, PASSWORD)


def test_an_upgrade_of_the_hash_does_not_undo_a_change_of_password(susan):
    from werkzeug.security import generate_password_hash

    susan.credential.password_hash = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
    db.session.commit()
    # This session goes on with what it has read, as a request does that reads just before.
    with db.engine.begin() as other:
        other.execute(update(Credential).values(password_hash="changed"))

    signing_in.authenticate("susan", PASSWORD)
    db.session.commit()

    assert set(db.session.scalars(select(Credential.password_hash))) == {"changed"}


@pytest.mark.parametrize(
    "change",
    [update(Credential).values(password_hash="-"), update(User).values(erased_at=utc_now())],
)
def test_what_changes_while_somebody_signs_in_stops_it(susan, change):
    user = signing_in.authenticate("susan", PASSWORD)
    db.session.commit()
    with db.engine.begin() as other:
        other.execute(change)

    with pytest.raises(NotFound):
        signing_in.note_sign_in(user, Browser("Firefox on Linux", "192.0.2.1", is_known=False))


def test_what_a_sign_up_brings_was_checked(app):
    with pytest.raises(AccountInvalid) as refused:
        accounts.hash_new("admin", "nonsense", "soup")

    kinds = [type(cause) for cause in refused.value.causes]
    assert kinds == [PasswordWeak, EmailInvalid, InvalidName]


def test_a_profile_keeps_its_source_and_its_html(susan):
    accounts.update_profile(susan, "Susan 🌿", "Soup. https://susan.example #soup")

    assert susan.name == "Susan 🌿"
    assert susan.bio == "Soup. https://susan.example #soup"
    assert 'href="https://susan.example"' in susan.bio_html


def test_without_a_display_name_the_user_name_is_shown(susan):
    accounts.update_profile(susan, "  ", "")

    assert susan.name == "susan"


@pytest.mark.parametrize("name", ["\u202egnirts", "\u200b\u200b", "a\x00b"])
def test_a_name_that_deceives_is_refused(susan, name):
    with pytest.raises(ProfileInvalid) as refused:
        accounts.update_profile(susan, name, "")

    assert isinstance(refused.value.causes["display_name"], InvalidText)


def test_a_bio_has_an_end(susan):
    with pytest.raises(ProfileInvalid) as refused:
        accounts.update_profile(susan, "", "x" * (User.MAX_BIO + 1))

    assert isinstance(refused.value.causes["bio"], TextTooLong)


def test_preferences_are_kept(susan):
    accounts.update_preferences(
        signing_in.authenticate("susan", PASSWORD), Preferences("ko", "Asia/Seoul", Theme.DARK)
    )
    db.session.commit()

    credential = db.session.get_one(Credential, susan.id)
    assert (credential.locale, credential.time_zone, credential.theme) == (
        "ko", "Asia/Seoul", Theme.DARK,
    )  # fmt: skip


def test_all_that_is_wrong_with_a_profile_is_said_at_once(susan):
    with pytest.raises(ProfileInvalid) as refused:
        accounts.update_profile(susan, "\u200b", "x" * (User.MAX_BIO + 1))

    assert set(refused.value.causes) == {"display_name", "bio"}
