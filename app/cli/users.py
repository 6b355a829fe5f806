"""`flask users`: look after accounts from the terminal."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.jobs.deletions import erase_account
from app.models import Credential, Role, User
from app.models.base import utc_now
from app.services import accounts, addresses, deletions, members, roles, suspensions, two_factor
from app.services.errors import (
    DomainError,
    EmailInvalid,
    NotAllowed,
    NotFound,
    OwnerMustStay,
    PasswordWeak,
    UsernameTaken,
)
from app.services.names import InvalidName

users = AppGroup("users", help="Look after accounts.")

ROLES = click.Choice([role.value for role in Role])
REFUSED: dict[type[DomainError], str] = {
    InvalidName: "@{name} cannot be a user name: {error}",
    PasswordWeak: "the password cannot be used: {error}",
    EmailInvalid: "this is no e-mail address",
}
ROW = "{:<30}  {:<9}  {:<24}  {:<10}  {}"


@users.command()
@click.argument("name")
@click.argument("email")
@click.option(
    "--password",
    help="Without a value it is asked for; left out, one is made and shown.",
    prompt=True,
    prompt_required=False,
    hide_input=True,
    confirmation_prompt=True,
)
@click.option(
    "--role", type=ROLES, default=Role.MEMBER.value, show_default=True, help="What they may do."
)
def create(name: str, email: str, password: str | None, role: str) -> None:
    """Make an account with a confirmed address."""
    chosen = password or secrets.token_urlsafe(15)
    with _telling(name):
        user = accounts.register(name, email, chosen)
        if not addresses.claim(user.id, user.credential.email, email_confirmed_at=utc_now()):
            raise click.ClickException(f"{email} has an account already")
        # The first account of a site owns it, whatever was asked for.
        if user.role is not Role.OWNER:
            roles.assign(user, Role(role))
        db.session.commit()
    click.echo(f"@{name} is made.")
    if not password:
        click.echo(f"Password, shown only now: {chosen}")


@users.command()
@click.argument("name")
@click.argument("role", type=ROLES)
def role(name: str, role: str) -> None:
    """Give somebody a role. A new owner takes the place of the former, who becomes an admin."""
    _change(name, lambda user: roles.assign(user, Role(role)))
    click.echo(f"@{name} is {role} now.")


@users.command("reset-2fa")
@click.argument("name")
def reset_2fa(name: str) -> None:
    """Turn off two-factor sign-in for somebody who has lost phone and codes."""
    _change(name, two_factor.reset)
    click.echo(f"@{name} signs in with the password alone now.")


@users.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Hide somebody and sign them out everywhere."""
    _change(name, suspensions.suspend)
    click.echo(f"@{name} is suspended.")


@users.command()
@click.argument("name")
def unsuspend(name: str) -> None:
    """Let somebody sign in again."""
    _change(name, suspensions.lift)
    click.echo(f"@{name} is no longer suspended.")


@users.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--now", is_flag=True, help="Erase at once, without the 30 days to think again.")
def delete(name: str, yes: bool, now: bool) -> None:
    """Delete an account, as its owner could."""
    # Nothing may be locked while somebody thinks about the answer.
    begin_reading(db)
    with _telling(name):
        user = members.find(name)
    if not yes:
        click.confirm(f"Delete @{user.username}{' for good' if now else ''}?", abort=True)
    if not now:
        _change(name, deletions.schedule)
        click.echo(f"@{name} is hidden now and will be erased in {deletions.GRACE.days} days.")
        return
    _change(name, deletions.schedule_now)
    erase_account(user.id)
    db.session.commit()
    if not members.is_erased(user.id):
        raise click.ClickException(f"@{name} has just signed in, and so keeps the account")
    click.echo(f"@{name} is erased.")


@users.command("list")
@click.option("--role", type=ROLES, help="Only these.")
@click.option("--suspended", is_flag=True, help="Only these.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="At most so many.",
)
@click.option("--before", type=click.IntRange(1), help="Go on after the last of an earlier page.")
def list_users(role: str | None, suspended: bool, limit: int, before: int | None) -> None:
    """List accounts, the newest first."""
    begin_reading(db)
    found = members.listed(
        role=Role(role) if role else None, suspended=suspended, before=before, limit=limit + 1
    )
    click.echo(ROW.format("NAME", "ROLE", "STATE", "JOINED", "E-MAIL"))
    for user in found[:limit]:
        joined = f"{user.created_at:%Y-%m-%d}"
        email = _email(user.credential)
        click.echo(ROW.format(user.username, user.role.value, _state(user), joined, email))
    if len(found) > limit:
        click.echo(f"There are more: --before {found[limit - 1].id}")


def _state(user: User) -> str:
    if user.deletion_at is not None:
        return f"deleted on {user.deletion_at:%Y-%m-%d}"
    return "suspended" if user.suspended_at is not None else "active"


def _email(credential: Credential) -> str:
    """Return an address, and whether it is known to be this member's."""
    note = "" if credential.email_confirmed_at else " (unconfirmed)"
    return credential.email + note


def _change(name: str, change: Callable[[User], object]) -> None:
    """Do something to the account of that name, in one transaction."""
    begin_writing(db)
    with _telling(name):
        change(members.find(name))
        db.session.commit()


@contextmanager
def _telling(name: str) -> Iterator[None]:
    """Say in one line what was wrong."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(_problem(name, error)) from None


def _problem(name: str, error: DomainError) -> str:
    match error:
        case NotFound():
            return f"there is no @{name}"
        case OwnerMustStay():
            return f"@{name} owns this site; hand it over first: flask users role NAME owner"
        case NotAllowed():
            return f"@{name} is hidden and cannot own the site"
        case UsernameTaken():
            return f"@{name} is taken"
        case InvalidName() | PasswordWeak() | EmailInvalid():
            return REFUSED[type(error)].format(name=name, error=error)
    raise error
