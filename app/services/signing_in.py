"""Signing in: proving who one is, and what comes with it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update

from app.extensions import db
from app.models import Credential, User, Username
from app.models.base import utc_now
from app.services import addresses, message_recounts, names, notifications, outbox, passwords
from app.services.errors import NotFound, PasswordWrong, Suspended
from app.services.users import may_sign_in, with_credential


@dataclass(frozen=True, slots=True)
class Browser:
    """What somebody signs in with."""

    # In words, as a mail shows it.
    device: str
    ip: str
    # Whether this member has signed in with it before.
    is_known: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the page after a sign-in wants to know."""

    is_first: bool
    # Whether the account was to be deleted until now.
    is_restored: bool
    locale: str | None


def find(user_id: int) -> User | None:
    """Return somebody who may sign in, with the credential."""
    query = with_credential().where(User.id == user_id, may_sign_in())
    return db.session.scalar(query)


def authenticate(login: str, password: str) -> User | None:
    """Return the member with this user name, perhaps a former one, or address and this password.

    An unknown name takes as long as a wrong password. An account that is to be deleted counts:
    signing in calls that off.

    :raises Suspended: if the account is; told only to who knows the password
    """
    query = with_credential().where(_is_meant(login), User.erased_at.is_(None))
    user: User | None = db.session.scalar(query)
    is_right = passwords.verify(user.credential.password_hash if user else None, password)
    if user is None or not is_right:
        return None
    if user.suspended_at is not None:
        raise Suspended
    if passwords.needs_rehash(user.credential.password_hash):
        _rehash(user, password)
    return user


def check_password(user: User, password: str) -> None:
    """Make sure that a member knows the password. Slow, so to be done before writing.

    :raises PasswordWrong: if not
    """
    if not passwords.verify(user.credential.password_hash, password):
        raise PasswordWrong


def note_sign_in(user: User, browser: Browser) -> SignIn:
    """Remember that somebody signed in, and keep the account if it was to be deleted.

    A browser they have not used before is told to them by mail, but for that of the first time.

    :raises NotFound: if since just now the account is erased or its password another one
    """
    is_first = user.credential.last_sign_in_at is None
    is_restored = user.deletion_at is not None
    # By conditions, and in the order of those who change the same rows: a job that erases the
    # account, and a change of password, after which this session would live on.
    kept = update(User).where(User.id == user.id, may_sign_in()).values(deletion_at=None)
    noted = update(Credential).where(
        Credential.user_id == user.id,
        Credential.password_hash == user.credential.password_hash,
        # Turned on in this moment, it would never be asked for.
        Credential.totp_enabled_at.is_not_distinct_from(user.credential.totp_enabled_at),
    )
    noted = noted.values(last_sign_in_at=utc_now())
    for statement in (kept.returning(User.id), noted.returning(Credential.user_id)):
        if db.session.scalar(statement) is None:
            raise NotFound
    if is_restored:
        notifications.settle_again(user.id)
        message_recounts.recount_later(user.id)
    if not is_first and not browser.is_known:
        _tell_of(browser, user.credential)
    return SignIn(is_first, is_restored, user.credential.locale)


def note_time_zone(user: User, zone: str | None) -> None:
    """Keep the time zone of somebody's browser, unless they have chosen one, or to have none."""
    if user.credential.time_zone is None:
        user.credential.time_zone = zone


def _rehash(user: User, password: str) -> None:
    """Keep the password in today's way, unless it becomes another one in this moment."""
    credential = user.credential
    statement = (
        update(Credential)
        .where(Credential.user_id == user.id, Credential.password_hash == credential.password_hash)
        .values(password_hash=passwords.hash_password(password))
        .returning(Credential.user_id)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(statement)


def _tell_of(browser: Browser, credential: Credential) -> None:
    outbox.write(
        "new_sign_in",
        credential,
        device=browser.device,
        ip=browser.ip,
        at=utc_now().isoformat(),
    )


def _is_meant(login: str) -> ColumnElement[bool]:
    if "@" in login:
        return and_(Credential.email_key == addresses.key(login), Credential.email_claimed)
    owner = select(Username.user_id).where(Username.name_hash == names.hash_of(login))
    return User.id == owner.scalar_subquery()
