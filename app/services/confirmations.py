"""Confirming that somebody reads mail at an address: that of the account, or a new one.

A link goes to the address; whoever opens it and agrees makes the address the account's. Where the
address is another account's, no link is sent, and its owner is told instead.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import update

from app.extensions import db, language_at_hand, settings
from app.models import Credential, OneTimeToken, Purpose, User
from app.models.base import utc_now
from app.services import addresses, jobs, outbox, signing_in, tokens
from app.services.errors import EmailTaken, LinkInvalid

LIFETIME = timedelta(days=7)
# So many mails go to one address in so long: anybody may sign up with anybody's, again and again.
MOST_MAILS = 3
MAILS_COUNTED_FOR = timedelta(hours=1)


class Confirmed(NamedTuple):
    user: User
    email: str
    # Whether it is another address than before.
    is_change: bool


def request(user: User) -> str | None:
    """Send the link once more: to the new address if one is pending, else to the account's.

    :returns: the address, also if it had enough mails lately; None if there is nothing to confirm
    """
    email = unconfirmed(user)
    if email is not None:
        token = tokens.pending(user.id, Purpose.CONFIRM_EMAIL)
        _queue(token.id if token else _issue(user, email))
    return email


def request_change(user: User, new_email: str) -> None:
    """Move an account to another address, as soon as that is confirmed.

    An address that nobody has confirmed is replaced at once: there is nothing to protect.

    :raises EmailInvalid: if it is no address
    """
    email = addresses.normal(new_email)
    if email == user.credential.email:
        cancel_change(user)
        return
    _replace_unconfirmed(user, email)
    _queue(_issue(user, email))


def unconfirmed(user: User) -> str | None:
    """Return the address that somebody still has to confirm, if there is one."""
    is_open = user.credential.email_confirmed_at is None
    return pending_change(user) or (user.credential.email if is_open else None)


def pending_change(user: User) -> str | None:
    """Return the new address that waits to be confirmed, if there is one."""
    token = tokens.pending(user.id, Purpose.CONFIRM_EMAIL)
    email = str(token.payload["email"]) if token else None
    return email if email != user.credential.email else None


def cancel_change(user: User) -> None:
    """Stay with the address of the account; the link to the new one ends."""
    if pending_change(user) is not None:
        tokens.end_all(user.id, Purpose.CONFIRM_EMAIL)


def send_first(user_id: int) -> None:
    """Write to the address that somebody signed up with."""
    user = signing_in.find(user_id)
    if user is None or user.credential.email_confirmed_at is not None:
        return
    email = user.credential.email
    if not addresses.tell_owner(email, besides=user_id, username=user.username):
        _send_link(user, email)


def send(token_id: int) -> None:
    """Send a new link in the place of a token, unless the address is another account's."""
    token = db.session.get(OneTimeToken, token_id)
    user = signing_in.find(token.user_id) if token else None
    if token is None or user is None:
        return
    email = token.payload["email"]
    if not addresses.tell_owner(email, besides=user.id):
        _send_link(user, email)


def find(text: str) -> Confirmed:
    """Return what a link would do.

    :raises LinkInvalid: if it is used, too old or none of ours
    """
    return _meaning_of(tokens.find(text, Purpose.CONFIRM_EMAIL))


def confirm(text: str) -> Confirmed:
    """Make the address of a link that of its account. Of many who try at once, one succeeds.

    :raises LinkInvalid: if it is used, too old or none of ours
    :raises EmailTaken: if another account has confirmed the address meanwhile
    """
    meant = _meaning_of(tokens.consume(text, Purpose.CONFIRM_EMAIL))
    old = meant.user.credential.email
    if not addresses.claim(meant.user.id, meant.email, email_confirmed_at=utc_now()):
        raise EmailTaken
    if meant.is_change:
        # A link to a new password may lie in the mailbox that is left behind.
        tokens.end_all(meant.user.id)
        for address in (old, meant.email):
            outbox.write(
                "email_changed", meant.user.credential, to=address, old=old, new=meant.email
            )
    else:
        tokens.end_all(meant.user.id, Purpose.CONFIRM_EMAIL)
    return meant


def _meaning_of(token: OneTimeToken) -> Confirmed:
    user = signing_in.find(token.user_id)
    if user is None:
        raise LinkInvalid
    email = token.payload["email"]
    return Confirmed(user, email, is_change=email != user.credential.email)


def _replace_unconfirmed(user: User, email: str) -> None:
    """Give up an address that nobody has confirmed, be it in this very moment, for another."""
    replacement = (
        update(Credential)
        .where(Credential.user_id == user.id, Credential.email_confirmed_at.is_(None))
        .values(email=email, email_key=addresses.key(email), email_claimed=False)
        .returning(Credential)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if db.session.scalar(replacement) is None:
        return
    # Whoever reads the old mailbox must not get in by what was sent there.
    tokens.end_all(user.id)
    if not settings.require_confirmed_email:
        addresses.claim(user.id, email)


def _queue(token_id: int) -> None:
    jobs.enqueue(
        "send_confirmation", priority=jobs.URGENT, token_id=token_id, locale=language_at_hand()
    )


def _issue(user: User, email: str) -> int:
    return tokens.issue(user.id, Purpose.CONFIRM_EMAIL, LIFETIME, email=email)


def _send_link(user: User, email: str) -> None:
    """Write to an address, unless it had enough mails lately: then the link of the last one stays.

    Only jobs come here, so the page that asks for a mail takes the same time in any case.
    """
    kind = "confirm_email"
    if outbox.count_to(kind, email, MAILS_COUNTED_FOR) >= MOST_MAILS:
        return
    is_change = email != user.credential.email
    token_id = _issue(user, email)
    outbox.write(kind, user.credential, to=email, token_id=token_id, is_change=is_change)
