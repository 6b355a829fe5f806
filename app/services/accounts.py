"""Accounts: signing up, proving who one is, changing how one appears."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import and_, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from app.database import violated_constraint
from app.extensions import db, settings
from app.models import Credential, Role, Theme, User
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import jobs, mentions, names, passwords, rendering, text, usernames
from app.services.errors import (
    DomainError,
    EmailInvalid,
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
    # Whether the account was to be deleted until now.
    is_restored: bool
    locale: str | None


def sign_up(username: str, email: str, password: str, preferences: Preferences) -> User:
    """Make an account for somebody who asks for one, and write to the address.

    An address that has an account already makes no difference here: the job finds out, and tells
    nobody but who reads mail there. Raises what `register` raises.
    """
    user = register(username, email, password, preferences)
    jobs.enqueue("welcome", priority=jobs.URGENT, user_id=user.id)
    return user


def register(
    username: str, email: str, password: str, preferences: Preferences | None = None
) -> User:
    """Make an account, the address unconfirmed; the first of a new site owns it.

    :raises names.InvalidName: if nobody may have the user name
    :raises UsernameTaken: if somebody has or had it, or was quicker
    :raises PasswordWeak: if the password is easy to guess
    :raises EmailInvalid: if the address is none
    """
    # Slow, so before the first statement: SQLite lets nobody else write from there on.
    password_hash = passwords.hash_password(password)
    for problem in problems(username, email, password):
        raise problem
    user = _insert_user(username)
    preferences = preferences or Preferences()
    user.credential = _insert_credential(
        Credential(
            user_id=user.id,
            email=normal_email(email),
            email_key=email_key(email),
            # Where addresses are confirmed, that alone makes one somebody's.
            email_claimed=not settings.require_confirmed_email,
            password_hash=password_hash,
            locale=preferences.locale,
            time_zone=preferences.time_zone,
            theme=preferences.theme,
            unwanted_mails=[],
        )
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
        if usernames.is_taken(username):
            found.append(UsernameTaken(username, usernames.free_like(username)))
    return found


def authenticate(login: str, password: str) -> User | None:
    """Return the member with this user name or e-mail address and this password.

    An unknown name takes as long as a wrong password. An account that is to be deleted counts:
    signing in calls that off.
    """
    is_meant = is_named(login)
    if "@" in login:
        is_meant = and_(Credential.email_key == email_key(login), Credential.email_claimed)
    query = (
        select(User)
        .join(User.credential)
        .where(is_meant, User.suspended_at.is_(None), User.erased_at.is_(None))
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
    """Remember that somebody signed in, and keep the account if it was to be deleted."""
    is_first = user.credential.last_sign_in_at is None
    is_restored = user.deletion_at is not None
    user.credential.last_sign_in_at = utc_now()
    user.deletion_at = None
    return SignIn(is_first, is_restored, user.credential.locale)


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
            with db.session.begin_nested():
                db.session.add(user)
                db.session.flush()
                db.session.add(usernames.claim_of(user))
        except IntegrityError as error:
            # Asking first would race with another sign-up; the unique indexes cannot.
            if violated_constraint(error) in usernames.CONSTRAINTS:
                raise UsernameTaken(username, usernames.free_like(username)) from error
            if violated_constraint(error) != "uq_users_owner":
                raise
        else:
            return user
    raise AssertionError("a member violated uq_users_owner")


def _first_role() -> Role:
    is_new_site = not db.session.scalar(select(exists().where(User.domain == "")))
    return Role.OWNER if is_new_site else Role.MEMBER


def _insert_credential(credential: Credential) -> Credential:
    """Insert a credential; without a claim on its address if another account has that."""
    try:
        with db.session.begin_nested():
            db.session.add(credential)
    except IntegrityError as error:
        if violated_constraint(error) != "uq_credentials_email_key":
            raise
        credential.email_claimed = False
        db.session.add(credential)
        db.session.flush()
    return credential
