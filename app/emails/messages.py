"""What each kind of mail says. `services.outbox` writes the kind and its details."""

from datetime import datetime

from flask_babel import gettext as _

from app.emails.letters import Action, Letter, filled, joined, strong
from app.emails.phrases import (
    anchor,
    because_of_account,
    because_of_request,
    handle,
    link_of,
    moment,
    new_password,
    nothing_to_do,
    url,
    validity,
    way_out,
)
from app.extensions import settings
from app.models import Email, OneTimeToken, Purpose, User
from app.services import tokens


def trial(recipient: str) -> Letter:
    """Return what `flask mail test` sends."""
    return Letter(
        subject=_("Mail from %(site)s arrives", site=settings.SITE_NAME),
        heading=_("Mail arrives"),
        paragraphs=[
            filled(_("if you can read this, %(site)s can send mail."), site=settings.SITE_NAME)
        ],
        reason=because_of_request(recipient),
    )


def confirm_email(email: Email, user: User) -> Letter:
    token = _token(email, Purpose.CONFIRM_EMAIL)
    if email.details["is_change"]:
        why = filled(
            _("you asked to move your account %(name)s to this address."), name=handle(user)
        )
    else:
        why = filled(
            _("somebody, hopefully you, signed up as %(name)s with this address."),
            name=handle(user),
        )
    return Letter(
        subject=_("Confirm your e-mail address for %(site)s", site=settings.SITE_NAME),
        heading=_("Confirm your e-mail address"),
        paragraphs=[joined(why, validity(token))],
        action=Action(_("Confirm this address"), link_of(token, "/auth/confirm/")),
        notes=[filled(_("If it was not you, do nothing: without you, nothing is confirmed."))],
        reason=because_of_request(email.recipient),
    )


def address_has_account(email: Email, user: User) -> Letter:
    other = email.details["username"]
    if other:
        what = filled(
            _("somebody, hopefully you, signed up as %(other)s with this address."),
            other=strong(f"@{other}"),
        )
    else:
        what = filled(_("somebody, hopefully you, wanted to move another account to this address."))
    belongs = filled(
        _("The address belongs to your account %(name)s already, and stays with it."),
        name=handle(user),
    )
    reset = url("/auth/reset_password_request")
    return Letter(
        subject=_("You already have an account on %(site)s", site=settings.SITE_NAME),
        heading=_("You already have an account"),
        paragraphs=[joined(what, belongs)],
        action=Action(_("Sign in"), url("/auth/login")),
        notes=[
            filled(_("If you forgot your password: %(address)s"), address=anchor(reset)),
            filled(_("If it was not you, do nothing. Your account is as it was.")),
        ],
        reason=because_of_request(email.recipient),
    )


def reset_password(email: Email, user: User) -> Letter:
    token = _token(email, Purpose.RESET_PASSWORD)
    asked = filled(
        _("somebody, hopefully you, asked to reset the password of %(name)s."), name=handle(user)
    )
    return Letter(
        subject=_("Choose a new password for %(site)s", site=settings.SITE_NAME),
        heading=_("Choose a new password"),
        paragraphs=[joined(asked, validity(token))],
        action=Action(_("Choose a new password"), link_of(token, "/auth/reset_password/")),
        notes=[filled(_("If it was not you, do nothing. Your password stays as it is."))],
        reason=because_of_request(email.recipient),
    )


def password_changed(email: Email, user: User) -> Letter:
    return Letter(
        subject=_("Your password for %(site)s was changed", site=settings.SITE_NAME),
        heading=_("Your password was changed"),
        paragraphs=[
            filled(
                _("the password of %(name)s was changed on %(moment)s."),
                name=handle(user),
                moment=moment(email.created_at, user),
            )
        ],
        action=new_password(),
        notes=[nothing_to_do(_("If it was not you, choose a new password at once."))],
        reason=because_of_account(email.recipient),
    )


def email_changed(email: Email, user: User) -> Letter:
    return Letter(
        subject=_("Your e-mail address for %(site)s was changed", site=settings.SITE_NAME),
        heading=_("Your e-mail address was changed"),
        paragraphs=[
            filled(
                _("your account %(name)s has moved from %(old)s to %(new)s."),
                name=handle(user),
                old=strong(email.details["old"]),
                new=strong(email.details["new"]),
            )
        ],
        notes=[nothing_to_do(_("If it was not you, tell those who run this site at once."))],
        reason=because_of_account(email.recipient),
    )


def new_sign_in(email: Email, user: User) -> Letter:
    at = datetime.fromisoformat(email.details["at"])
    return Letter(
        subject=_("New sign-in to %(site)s", site=settings.SITE_NAME),
        heading=_("New sign-in"),
        paragraphs=[
            filled(
                _("somebody signed in to %(name)s on %(moment)s, from a device that is new to us."),
                name=handle(user),
                moment=moment(at, user),
            ),
            filled(_("Device: %(device)s"), device=strong(email.details["device"])),
            filled(_("Network address: %(ip)s"), ip=strong(email.details["ip"])),
        ],
        action=Action(_("See where you are signed in"), url("/settings/sessions")),
        notes=[
            nothing_to_do(_("If it was not you, end that session and change your password.")),
            way_out(),
        ],
        reason=because_of_account(email.recipient),
    )


def two_factor_on(email: Email, user: User) -> Letter:
    return Letter(
        subject=_("Two-factor sign-in for %(site)s is on", site=settings.SITE_NAME),
        heading=_("Two-factor sign-in is on"),
        paragraphs=[
            filled(
                _("from now on, signing in to %(name)s takes your password and a code."),
                name=handle(user),
            ),
            filled(_("Keep the recovery codes where you find them without your phone.")),
        ],
        notes=[nothing_to_do(_("If it was not you, choose a new password at once."))],
        action=new_password(),
        reason=because_of_account(email.recipient),
    )


def two_factor_off(email: Email, user: User) -> Letter:
    if email.details["by_admin"]:
        what = _("those who run this site have turned off two-factor sign-in for %(name)s.")
    else:
        what = _("two-factor sign-in for %(name)s was turned off.")
    return Letter(
        subject=_("Two-factor sign-in for %(site)s is off", site=settings.SITE_NAME),
        heading=_("Two-factor sign-in is off"),
        paragraphs=[
            filled(what, name=handle(user)),
            filled(_("From now on, the password alone is enough to sign in.")),
        ],
        action=Action(_("Turn it on again"), url("/settings/two-factor")),
        notes=[nothing_to_do(_("If it was not you, choose a new password at once."))],
        reason=because_of_account(email.recipient),
    )


def export_ready(email: Email, user: User) -> Letter:
    expires_at = datetime.fromisoformat(email.details["expires_at"])
    return Letter(
        subject=_("Your export from %(site)s is ready", site=settings.SITE_NAME),
        heading=_("Your export is ready"),
        paragraphs=[
            filled(
                _(
                    "all that %(name)s wrote and did is now in one file, "
                    "which you can download until %(moment)s."
                ),
                name=handle(user),
                moment=moment(expires_at, user),
            )
        ],
        action=Action(
            _("Get the file"), url(f"/settings/data/exports/{int(email.details['export_id'])}")
        ),
        notes=[filled(_("You need to be signed in to get it.")), way_out()],
        reason=because_of_request(email.recipient),
    )


def deletion_scheduled(email: Email, user: User) -> Letter:
    at = datetime.fromisoformat(email.details["at"])
    return Letter(
        subject=_("Your account on %(site)s will be deleted", site=settings.SITE_NAME),
        heading=_("Your account will be deleted"),
        paragraphs=[
            filled(
                _(
                    "nobody can see the account %(name)s and its posts any more. "
                    "They will be erased on %(moment)s."
                ),
                name=handle(user),
                moment=moment(at, user),
            ),
            filled(_("If you sign in before then, everything is as it was.")),
        ],
        action=Action(_("Keep my account"), url("/auth/login")),
        reason=because_of_account(email.recipient),
    )


def username_changed(email: Email, user: User) -> Letter:
    return Letter(
        subject=_("Your user name on %(site)s was changed", site=settings.SITE_NAME),
        heading=_("Your user name was changed"),
        paragraphs=[
            filled(
                _("you are now called %(new)s instead of %(old)s."),
                new=strong(f"@{email.details['new']}"),
                old=strong(f"@{email.details['old']}"),
            ),
            filled(_("Nobody else gets your old name, and links to it lead to you.")),
        ],
        action=new_password(),
        notes=[nothing_to_do(_("If it was not you, choose a new password at once."))],
        reason=because_of_account(email.recipient),
    )


def _token(email: Email, purpose: Purpose) -> OneTimeToken:
    return tokens.find(tokens.secret(email.details["token_id"]), purpose)
