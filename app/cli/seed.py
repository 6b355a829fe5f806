"""`flask seed`: the demo town, for a look at a site that is lived in."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import click
from flask.cli import with_appcontext

from app.cli import town_pictures
from app.cli.town import Person, Post
from app.cli.town_life import ago, bring_news, talk
from app.cli.town_news import FOLLOWS
from app.cli.town_people import PEOPLE
from app.cli.town_posts import POSTS
from app.cli.town_talk import TALK
from app.extensions import db
from app.models import User
from app.models.base import utc_now
from app.models.ids import id_at
from app.services import (
    accounts,
    acquaintances,
    edits,
    follows,
    pictures,
    posts,
    reactions,
    reposts,
    suggestions,
    tag_follows,
    trends,
)
from app.services.contents import Content
from app.services.errors import PasswordWeak, StorageUnavailable, UsernameTaken
from app.services.pictures import Prepared

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
        drawn = _pictures()
    except UsernameTaken as error:
        raise click.ClickException(
            f"@{error.username} is there already; seed a new site: "
            "INSTANCE_PATH=another-folder make seed"
        ) from None
    except PasswordWeak:
        raise click.ClickException("the password is too easy to guess; give another") from None
    except StorageUnavailable as error:
        raise click.ClickException(f"pictures cannot be stored: {error.__cause__}") from None
    _follows(users)
    posts_by_name = _posts(users, drawn)
    talk(users)
    bring_news(users, posts_by_name)
    _count(users)
    db.session.commit()
    first = PEOPLE[0].username
    click.echo(
        f"{len(users)} people and {len(POSTS) + len(TALK)} posts. "
        f"Sign in as {first}, password {password}"
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
    """Let people follow each other, one after the other; what is news comes later."""
    late = {(event.who, event.target) for event in FOLLOWS}
    pairs = [(person.username, name) for person in PEOPLE for name in person.follows]
    for number, pair in enumerate(pair for pair in pairs if pair not in late):
        with ago(1_500 - 16 * number):
            follows.follow(*(users[name] for name in pair))
    for person in PEOPLE:
        for tag in person.tags:
            tag_follows.follow(users[person.username], tag)


def _count(users: Mapping[str, User]) -> None:
    """Do what the periodic jobs do, so that nobody has to wait for them."""
    db.session.flush()
    trends.store(trends.count())
    suggestions.store_popular(acquaintances.find_popular())
    suggestions.store({user.id: acquaintances.find(user.id) for user in users.values()})


def _pictures() -> Mapping[Post, list[Prepared]]:
    """Draw what is on the pictures of the town, and store it."""
    with click.progressbar([post for post in TALK if post.pictures], label="Pictures") as items:
        return {
            post: [pictures.prepare(town_pictures.draw(name)) for name, _ in post.pictures]
            for post in items
        }


def _posts(users: Mapping[str, User], drawn: Mapping[Post, list[Prepared]]) -> Mapping[str, int]:
    """Write what is written; return the ids of posts that have a name."""
    now = utc_now()
    ids: dict[str, int] = {}
    written = sorted([*POSTS, *TALK], key=lambda post: -post.hours_ago)
    with click.progressbar(written, label="Posts") as items:
        for post in items:
            id_ = id_at(now - timedelta(hours=post.hours_ago))
            with ago(post.hours_ago):
                _post(users[post.author], post, id_, ids.get(post.reply_to), drawn.get(post, []))
            if post.name:
                ids[post.name] = id_
            _reactions(users, post, id_)
            for name, hours_ago in post.reposted_by:
                repost_id = id_at(now - timedelta(hours=hours_ago))
                with ago(hours_ago):
                    reposts.repost(users[name], id_, repost_id=repost_id)
    return ids


def _post(
    author: User, post: Post, id_: int, in_reply_to: int | None, drawn: Sequence[Prepared]
) -> None:
    alts = [alt for _, alt in post.pictures]
    shown = [(pictures.add(author, made).id, alt) for made, alt in zip(drawn, alts, strict=True)]
    content = Content(post.text, post.warning, post.sensitive, pictures=shown)
    posts.publish(
        author,
        replace(content, text=post.formerly) if post.formerly else content,
        visibility=post.visibility,
        in_reply_to=in_reply_to,
        post_id=id_,
    )
    if post.formerly:
        edits.edit(author, id_, 0, content)
    if post.pinned:
        reactions.pin(author, id_)


def _reactions(users: Mapping[str, User], post: Post, id_: int) -> None:
    for number, name in enumerate(post.liked_by, 1):
        # Within a day, and before now.
        with ago(post.hours_ago - min(post.hours_ago, 24) * number / (len(post.liked_by) + 2)):
            reactions.like(users[name], id_)
    for name in post.kept_by:
        reactions.bookmark(users[name], id_)
