"""Accounts: signing up, proving who one is, changing how one appears."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from app.database import violated_constraint
from app.extensions import db, settings
from app.models import Credential, Role, Theme, User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import mentions, names, passwords, rendering, text
from app.services.errors import (
    DomainError,
    EmailInvalid,
    EmailTaken,
    PasswordWeak,
    TextTooLong,
    UsernameTaken,
)
from app.services.users import is_named


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the site looks and speaks to somebody; None follows the browser."""

    locale: str | None = None
    time_zone: str | None = None
    theme: Theme = Theme.AUTO


class ProfileInvalid(DomainError):
    """Fields of the profile are refused; `causes` tells why, by field."""

    def __init__(self, causes: Mapping[str, Exception]) -> None:
        super().__init__(*causes)
        self.causes = causes


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the page after a sign-in wants to know."""

    is_first: bool
    locale: str | None


def register(
    username: str, email: str, password: str, preferences: Preferences | None = None
) -> User:
    """Make an account; the first of a new site owns it.

    :raises names.InvalidName: if nobody may have the user name
    :raises UsernameTaken: if somebody has it, or was quicker
    :raises PasswordWeak: if the password is easy to guess
    :raises EmailInvalid: if the address is none
    :raises EmailTaken: if the address has an account; everything else was in order then
    """
    # Slow, so before the first statement: SQLite lets nobody else write from there on.
    password_hash = passwords.hash_password(password)
    for problem in problems(username, email, password):
        raise problem
    user = _insert_user(username)
    preferences = preferences or Preferences()
    _insert(
        Credential(
            user_id=user.id,
            email=normal_email(email),
            email_key=email_key(email),
            password_hash=password_hash,
            locale=preferences.locale,
            time_zone=preferences.time_zone,
            theme=preferences.theme,
        ),
        {"uq_credentials_email_key": EmailTaken()},
    )
    return user


def problems(username: str, email: str, password: str) -> list[Exception]:
    """Return all that speaks against an account with this name and password, to be told at once.

    Whether the address has an account is not among it: that is told to the address only.
    """
    found: list[Exception] = []
    # First, since it takes long and the next begins a transaction where one is due.
    weakness = passwords.weakness(password, [username, email, settings.SITE_NAME])
    if weakness:
        found.append(PasswordWeak(weakness, len(password)))
    try:
        normal_email(email)
    except EmailInvalid as error:
        found.append(error)
    try:
        names.check(username)
    except names.InvalidName as error:
        found.append(error)
    else:
        if db.session.scalar(select(exists().where(is_named(username)))):
            found.append(UsernameTaken(username, _free_names(username)))
    return found


def authenticate(login: str, password: str) -> User | None:
    """Return the member with this user name or e-mail address and this password.

    An unknown name takes as long as a wrong password.
    """
    query = (
        select(User)
        .join(User.credential)
        .where(
            Credential.email_key == email_key(login) if "@" in login else is_named(login),
            User.suspended_at.is_(None),
        )
        .options(contains_eager(User.credential))
    )
    user: User | None = db.session.scalar(query)
    is_right = passwords.verify(user.credential.password_hash if user else None, password)
    if user is None or not is_right:
        return None
    if passwords.needs_rehash(user.credential.password_hash):
        user.credential.password_hash = passwords.hash_password(password)
    return user


def note_sign_in(user: User) -> SignIn:
    """Remember that somebody signed in."""
    is_first = user.credential.last_sign_in_at is None
    user.credential.last_sign_in_at = utc_now()
    return SignIn(is_first, user.credential.locale)


def update_profile(user: User, display_name: str, bio: str) -> None:
    """Change how somebody appears to others.

    :raises ProfileInvalid: with the TextTooLong or InvalidText of each field that is refused
    """
    refused: dict[str, Exception] = {}
    with _noting("display_name", refused):
        name = _bounded(text.clean_name(display_name), User.MAX_DISPLAY_NAME)
    with _noting("bio", refused):
        source = _bounded(text.clean_text(bio, multiline=True), User.MAX_BIO)
    if refused:
        raise ProfileInvalid(refused)
    user.display_name = name
    user.bio = source
    user.bio_html = rendering.render(source, mentions.resolve).html


def update_preferences(user: User, preferences: Preferences) -> None:
    """Change how the site looks and speaks to somebody."""
    credential = user.credential
    credential.locale = preferences.locale
    credential.time_zone = preferences.time_zone
    credential.theme = preferences.theme


def normal_email(email: str) -> str:
    """Return an e-mail address in its normal form.

    :raises EmailInvalid: if it is none; whether it can be reached is not asked
    """
    try:
        return validate_email(
            email, check_deliverability=False, test_environment=settings.APP_ENV == "testing"
        ).normalized
    except EmailNotValidError as error:
        raise EmailInvalid from error


def email_key(email: str) -> str:
    """Return the form of an address under which it has one account."""
    try:
        return normal_email(email).casefold()
    except EmailInvalid:
        return email.casefold()


@contextmanager
def _noting(field: str, refused: dict[str, Exception]) -> Iterator[None]:
    """Note why a field is refused, and go on to the next."""
    try:
        yield
    except (TextTooLong, text.InvalidText) as error:
        refused[field] = error


def _bounded(value: str, limit: int) -> str:
    if not text.is_bounded(value, limit):
        raise TextTooLong(text.length(value), limit)
    return value


def _insert_user(username: str) -> User:
    """Insert a user; again as a member if somebody else became the owner meanwhile."""
    for role in (_first_role(), Role.MEMBER):
        id_ = new_id()
        user = User(id=id_, username=username, uri=f"{settings.base_url}/users/{id_}", role=role)
        try:
            _insert(user, {"uq_users_username_domain": UsernameTaken(username)})
        except IntegrityError as error:
            if violated_constraint(error) != "uq_users_owner":
                raise
        except UsernameTaken:
            raise UsernameTaken(username, _free_names(username)) from None
        else:
            return user
    raise AssertionError("a member violated uq_users_owner")


def _first_role() -> Role:
    is_new_site = not db.session.scalar(select(exists().where(User.domain == "")))
    return Role.OWNER if is_new_site else Role.MEMBER


def _insert(row: User | Credential, refusals: dict[str, Exception]) -> None:
    """Insert a row; a violated constraint is told in the words of the domain."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        # Asking first would race with another sign-up; the unique index cannot.
        refusal = refusals.get(violated_constraint(error) or "")
        if refusal is None:
            raise
        raise refusal from error


def _free_names(username: str) -> list[str]:
    ideas = names.suggestions(username)
    lowered = [idea.lower() for idea in ideas]
    taken = set(
        db.session.scalars(
            select(func.lower(User.username)).where(
                func.lower(User.username).in_(lowered), User.domain == ""
            )
        )
    )
    return [idea for idea in ideas if idea.lower() not in taken][:3]
