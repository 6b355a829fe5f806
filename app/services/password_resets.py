"""A new password for somebody who forgot theirs, by a link that goes to the account's address."""

import hashlib
from datetime import timedelta

from sqlalchemy import select

from app.extensions import db, language_at_hand
from app.models import Credential, OneTimeToken, Purpose, User
from app.models.base import utc_now
from app.services import addresses, jobs, outbox, password_changes, signing_in, tokens
from app.services.errors import LinkInvalid
from app.services.users import may_sign_in

LIFETIME = timedelta(minutes=30)
# So many mails go to one account in so long, whoever asks for them.
MOST_MAILS = 5
MAILS_COUNTED_FOR = timedelta(hours=1)


def request(email: str) -> None:
    """Have a link sent to an address, if it has an account. Whether it has one, a job finds out.

    :raises EmailInvalid: if it is no address
    """
    email = addresses.normal(email)
    # Hashed, since an address may be longer than a key. Asking again while it waits does nothing.
    digest = hashlib.sha256(addresses.key(email).encode()).hexdigest()
    jobs.enqueue(
        "request_password_reset",
        priority=jobs.URGENT,
        unique_key=f"reset:{digest}",
        email=email,
        locale=language_at_hand(),
    )


def send(email: str) -> None:
    """Send the link, unless nobody has the address or has had many of them lately."""
    credential = _account_of(email)
    if credential is None:
        return
    kind = "reset_password"
    if outbox.count_since(kind, credential.user_id, MAILS_COUNTED_FOR) >= MOST_MAILS:
        return
    token_id = tokens.issue(
        credential.user_id, Purpose.RESET_PASSWORD, LIFETIME, email=credential.email
    )
    outbox.write(kind, credential, token_id=token_id)


def find(text: str) -> User:
    """Return whose password a link may change.

    :raises LinkInvalid: if it is used, too old or none of ours
    """
    return _user_of(tokens.find(text, Purpose.RESET_PASSWORD))


def reset(text: str, password_hash: str) -> User:
    """Use a link up and change the password; it also confirms the address that it went to.

    Of many who try at once, one succeeds.

    :param password_hash: what `password_changes.hash_new` returned
    :raises LinkInvalid: if it is used, too old or none of ours
    """
    token = tokens.consume(text, Purpose.RESET_PASSWORD)
    user = _user_of(token)
    credential = user.credential
    if credential.email_confirmed_at is None and token.payload["email"] == credential.email:
        # If it is another account's by now, this one stays without.
        addresses.claim(user.id, credential.email, email_confirmed_at=utc_now())
    password_changes.put(user, password_hash)
    return user


def _account_of(email: str) -> Credential | None:
    """Return the account that the address belongs to, else the newest that gave it."""
    query = (
        select(Credential)
        .join(User, User.id == Credential.user_id)
        .where(Credential.email_key == addresses.key(email), may_sign_in())
        .order_by(Credential.email_claimed.desc(), Credential.user_id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def _user_of(token: OneTimeToken) -> User:
    user = signing_in.find(token.user_id)
    if user is None:
        raise LinkInvalid
    return user
