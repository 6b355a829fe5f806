"""`flask seed`: the demo town, for a look at a site that is lived in."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

import click
from flask.cli import with_appcontext

from app.cli.town import PEOPLE, POSTS, Person
from app.extensions import db
from app.models import User
from app.models.base import utc_now
from app.models.ids import id_at
from app.services import accounts, follows, posts
from app.services.errors import PasswordWeak, UsernameTaken

# People joined this long before their town was made up.
AGE = timedelta(days=400)


@click.command()
@click.option("--password", help="The password of all accounts made. Default: a random one.")
@with_appcontext
def seed(password: str | None) -> None:
    """Fill the database with the people and posts of a small town."""
    password = password or secrets.token_urlsafe(12)
    try:
        users = _people(password)
    except UsernameTaken as error:
        raise click.ClickException(
            f"@{error.username} is there already; seed a new site: "
            "INSTANCE_PATH=another-folder make seed"
        ) from None
    except PasswordWeak:
        raise click.ClickException("the password is too easy to guess; give another") from None
    _follows(users)
    _posts(users)
    db.session.commit()
    first = PEOPLE[0].username
    click.echo(
        f"{len(users)} people and {len(POSTS)} posts. Sign in as {first}, password {password}"
    )


def _people(password: str) -> Mapping[str, User]:
    users: dict[str, User] = {}
    with click.progressbar(PEOPLE, label="People") as people:
        for person in people:
            users[person.username] = _person(person, password)
    return users


def _person(person: Person, password: str) -> User:
    user = accounts.register(person.username, f"{person.username}@mail.example", password)
    accounts.update_profile(user, person.display_name, person.bio)
    user.created_at = utc_now() - AGE
    user.credential.email_confirmed_at = utc_now()
    user.credential.email_claimed = True
    return user


def _follows(users: Mapping[str, User]) -> None:
    for person in PEOPLE:
        for followed in person.follows:
            follows.follow(users[person.username], users[followed])


def _posts(users: Mapping[str, User]) -> None:
    now = utc_now()
    with click.progressbar(sorted(POSTS, key=lambda post: -post.hours_ago), label="Posts") as items:
        for post in items:
            moment = now - timedelta(hours=post.hours_ago)
            posts.publish(users[post.author], post.text, post_id=id_at(moment))
