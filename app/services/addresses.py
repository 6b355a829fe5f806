"""E-mail addresses: each belongs to one account.

That is the one which confirmed it; where addresses need no confirmation, the first to give it.
Anybody may type any address, so what is typed tells nobody whether it has an account: that is told
to the address.
"""

from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.database import violated_constraint
from app.extensions import db, settings
from app.models import Credential
from app.services import outbox
from app.services.errors import EmailInvalid

# How often the owner of an address hears that somebody else gave it.
TOLD_EVERY = timedelta(days=1)


def normal(email: str) -> str:
    """Return an e-mail address in its normal form.

    :raises EmailInvalid: if it is none; whether it can be reached is not asked
    """
    try:
        email = validate_email(
            email,
            check_deliverability=False,
            # Few mail servers take other letters before the @; a mail would never arrive.
            allow_smtputf8=False,
            test_environment=settings.APP_ENV == "testing",
        ).normalized
    except EmailNotValidError as error:
        raise EmailInvalid from error
    # Some letters of international domains become three when their case is folded.
    if len(email.casefold()) > Credential.MAX_EMAIL:
        raise EmailInvalid
    return email


def key(email: str) -> str:
    """Return the form of an address under which it has one account."""
    try:
        return normal(email).casefold()
    except EmailInvalid:
        return email.casefold()


def claim(user_id: int, email: str, **values: Any) -> bool:
    """Make an address that of an account; return False if it is another's.

    :param values: what else to change in the account's credential
    """
    other = aliased(Credential)
    is_anothers = exists().where(
        other.email_key == key(email), other.email_claimed, other.user_id != user_id
    )
    statement = (
        update(Credential)
        .where(Credential.user_id == user_id, ~is_anothers)
        .values(email=email, email_key=key(email), email_claimed=True, **values)
        .returning(Credential.user_id)
        .execution_options(synchronize_session="fetch")
    )
    try:
        with db.session.begin_nested():
            return db.session.scalar(statement) is not None
    except IntegrityError as error:
        # Asking is not enough: somebody else may claim it in the same moment.
        if violated_constraint(error) != "uq_credentials_email_key":
            raise
        return False


def tell_owner(email: str, besides: int, username: str | None = None) -> bool:
    """Tell the account that an address belongs to that somebody else gave it, once a day.

    :param besides: the id of who gave it
    :param username: the name that was asked for with it
    :returns: whether the address belongs to another account
    """
    query = select(Credential).where(
        Credential.email_key == key(email), Credential.email_claimed, Credential.user_id != besides
    )
    # Locked, so that of two jobs at once the second finds the mail of the first.
    owner = db.session.scalar(query.with_for_update())
    if owner is None:
        return False
    kind = "address_has_account"
    if outbox.count_since(kind, owner.user_id, TOLD_EVERY) == 0:
        outbox.write(kind, owner, about=besides, username=username)
    return True
