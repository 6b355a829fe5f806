"""Accounts: signing up, changing how one appears."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from app.database import violated_constraint
from app.extensions import db, language_at_hand, settings
from app.models import Credential, Role, Theme, User
from app.models.ids import new_id
from app.services import (
    addresses,
    jobs,
    mentions,
    names,
    passwords,
    rendering,
    search_index,
    text,
    usernames,
)
from app.services.errors import (
    DomainError,
    EmailInvalid,
    PasswordWeak,
    TextTooLong,
    UsernameTaken,
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the site looks and speaks to somebody; None follows the browser."""

    locale: str | None = None
    time_zone: str | None = None
    theme: Theme = Theme.AUTO
    # Whether single keys do something.
    shortcuts: bool = True


class AccountInvalid(DomainError):
    """An account cannot be made; `causes` tells all reasons."""

    def __init__(self, causes: Sequence[Exception]) -> None:
        super().__init__(*causes)
        self.causes = causes


class ProfileInvalid(DomainError):
    """Fields of the profile are refused; `causes` tells why, by field."""

    def __init__(self, causes: Mapping[str, Exception]) -> None:
        super().__init__(*causes)
        self.causes = causes


def sign_up(username: str, email: str, password_hash: str, preferences: Preferences) -> User:
    """Make an account for somebody who asks for one, and write to the address.

    An address that has an account already makes no difference here: the job finds out, and tells
    nobody but who reads mail there.

    :param password_hash: what `hash_new` returned for this name and address
    :raises UsernameTaken: if somebody was quicker
    """
    user = _insert(username, email, password_hash, preferences)
    jobs.enqueue("welcome", priority=jobs.URGENT, user_id=user.id, locale=language_at_hand())
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
    try:
        password_hash = hash_new(username, email, password)
    except AccountInvalid as error:
        raise error.causes[0] from None
    return _insert(username, email, password_hash, preferences or Preferences())


def hash_new(username: str, email: str, password: str) -> str:
    """Return the hash of the password of a new account. Slow, so to be done before writing.

    :raises AccountInvalid: with all that speaks against the account
    """
    # Before the first statement of `problems`, where a transaction may begin.
    password_hash = passwords.hash_password(password)
    if found := problems(username, email, password):
        raise AccountInvalid(found)
    return password_hash


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
        addresses.normal(email)
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
    search_index.put_person(user)


def update_preferences(user: User, preferences: Preferences) -> None:
    """Change how the site looks and speaks to somebody."""
    credential = user.credential
    credential.locale = preferences.locale
    credential.time_zone = preferences.time_zone
    credential.theme = preferences.theme
    credential.shortcuts = preferences.shortcuts


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


def _insert(username: str, email: str, password_hash: str, preferences: Preferences) -> User:
    user = _insert_user(username)
    user.credential = Credential(
        user_id=user.id,
        email=addresses.normal(email),
        email_key=addresses.key(email),
        email_claimed=False,
        password_hash=password_hash,
        locale=preferences.locale,
        time_zone=preferences.time_zone,
        theme=preferences.theme,
        shortcuts=preferences.shortcuts,
        unwanted_mails=[],
    )
    db.session.flush()
    search_index.put_person(user)
    # Where addresses are confirmed, that alone makes one somebody's.
    if not settings.require_confirmed_email:
        addresses.claim(user.id, user.credential.email)
    return user


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
