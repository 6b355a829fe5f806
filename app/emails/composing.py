"""From a row of the outbox to a message: the letter of its kind, in its reader's language."""

from collections.abc import Callable

from flask_babel import force_locale

from app.emails import messages, notifications
from app.emails.letters import Letter, Rendered, render
from app.extensions import settings
from app.models import Email, User
from app.web import i18n

KINDS: dict[str, Callable[[Email, User], Letter]] = {
    write.__name__: write
    for write in (
        messages.confirm_email,
        messages.address_has_account,
        messages.reset_password,
        messages.password_changed,
        messages.email_changed,
        messages.new_sign_in,
        messages.two_factor_on,
        messages.two_factor_off,
        messages.export_ready,
        messages.deletion_scheduled,
        messages.username_changed,
        notifications.notification,
        notifications.digest,
    )
}


def compose(email: Email, user: User) -> Rendered:
    """Return a message as it goes out.

    :param user: whom it is about, credential loaded
    :raises LinkInvalid: if it is about a link that has been used, replaced or forgotten
    :raises NothingToSay: if what it was to tell is so no longer, or is known by now
    """
    known = email.locale in i18n.LANGUAGES
    with force_locale(email.locale if known else settings.DEFAULT_LOCALE):
        return render(KINDS[email.kind](email, user), _name_for(email, user))


def _name_for(email: Email, user: User) -> str:
    """Return the name to greet by.

    What people call themselves may be an advertisement, so it goes only to addresses that they have
    shown to be theirs.
    """
    credential = user.credential
    is_own = credential.email_confirmed_at is not None and email.recipient == credential.email
    return user.name if is_own else user.username
