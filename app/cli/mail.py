"""`flask mail`: whether mail leaves, and what has not."""

import click
from flask.cli import AppGroup

from app.emails import letters, messages
from app.extensions import settings
from app.jobs import delivery
from app.services import outbox

mail = AppGroup("mail", help="Try out sending mail, and see what could not be sent.")


@mail.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a message to ADDRESS now, without the queue."""
    try:
        delivery.deliver(delivery.message_to(address, letters.render(messages.trial(address))))
    except delivery.NotSent as error:
        raise click.ClickException(f"not sent: {error}") from None
    click.echo(f"{_outcome()} From: {settings.mail_from}")


@mail.command()
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="At most so many."
)
def failed(limit: int) -> None:
    """List messages that were given up, the newest first, and why."""
    found = outbox.failed(limit)
    if not found:
        click.echo("None failed.")
    for email in found:
        moment = email.created_at.strftime("%Y-%m-%d %H:%M")
        click.echo(f"{moment}  {email.kind}  {email.recipient}  {email.error}")


def _outcome() -> str:
    server = settings.mail_server
    if server.is_smtp:
        return f"{server.host}:{server.port} has taken it."
    if server.kind == "file":
        return f"It is in {server.path}."
    return "Nothing is sent: MAIL_URL is console://."
