"""Fill an empty database with a made-up site of any size, the same for the same seed.

    DATABASE_URL=postgresql://localhost/bench python -m bench.generate --size M

Few write much and most hardly ever; they answer, like and repost each other, in six languages,
over the year that ends now. Some members are there for measurements: `follows5`, `follows100` and
`follows1000` follow so many, `nobody` has no followers and `famous` up to 10,000. The password of
all is the one that is printed. The files of pictures are not made.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, TypeVar

import click
import flask_migrate
from sqlalchemy import exists, select

from app import create_app
from app.extensions import db, settings
from app.models import User
from app.services import passwords
from bench.filling import AT_ONCE, Filling, filling
from bench.world import people_rows, pictures, post_rows
from bench.world.people import Follows, People, follows
from bench.world.people_rows import PASSWORD, PeopleRows
from bench.world.plan import Plan
from bench.world.post_rows import PostRows

Item = TypeVar("Item")
COLUMNS = people_rows.COLUMNS | post_rows.COLUMNS


class Size(NamedTuple):
    users: int
    posts: int
    follows: int


SIZES = {
    "S": Size(1_000, 10_000, 20_000),
    "M": Size(10_000, 1_000_000, 500_000),
    "L": Size(100_000, 10_000_000, 5_000_000),
}


class World(NamedTuple):
    """All that is made up before the first row is written."""

    people: People
    follows: Follows
    plan: Plan
    seed: int


def main() -> None:
    arguments = parsed()
    given = SIZES[arguments.size]
    size = Size(*(getattr(arguments, name) or getattr(given, name) for name in Size._fields))
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        if arguments.if_empty and has_members():
            return
        fill(size, arguments.seed)
    click.echo(f"{size.users} people. Sign in as follows100, password {PASSWORD}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES, default="S", help="what is not said otherwise")
    for name in Size._fields:
        parser.add_argument(f"--{name}", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--if-empty", action="store_true", help="else do nothing")
    return parser.parse_args()


def fill(size: Size, seed: int, until: int | None = None) -> None:
    """Fill the database of the application at hand.

    :param until: the end of the year that it all happened in, in Unix milliseconds; None is now
    """
    if has_members():
        raise click.ClickException("this database has members; give an empty one")
    world = imagine(size, seed, until or time.time_ns() // 1_000_000)
    with filling(settings.database_url, list(COLUMNS), _progress) as database:
        write(database, world, settings.base_url)


def has_members() -> bool:
    found = bool(db.session.scalar(select(exists().where(User.domain == ""))))
    # Tables are going to be locked from elsewhere.
    db.session.rollback()
    return found


def imagine(size: Size, seed: int, until: int) -> World:
    people = People(size.users, seed)
    plan = Plan(people, size.posts, seed, until)
    with _progress(range(0, size.posts, AT_ONCE), "Planning") as firsts:
        for first in firsts:
            plan.grow(first, min(first + AT_ONCE, size.posts))
    return World(people, follows(people, size.follows, seed), plan, seed)


def write(database: Filling, world: World, base_url: str) -> None:
    plan = world.plan
    rows = PeopleRows(world.people, plan.until, base_url, world.seed)
    tables: dict[str, Iterable[people_rows.Row]] = {
        "users": rows.users(plan.posts_counts, world.follows),
        "credentials": rows.credentials(passwords.hash_password(PASSWORD)),
        "usernames": rows.usernames(),
        "followers": rows.followers(world.follows),
        "tags": rows.tags(),
        "tag_follows": rows.tag_follows(),
        "user_words": rows.user_words(database.write_words),
        "tag_words": rows.tag_words(database.write_words),
    }
    with _progress(list(tables.items()), "People") as items:
        for table, lines in items:
            database.write(table, COLUMNS[table], lines)
    write_posts(
        database, plan, PostRows(plan, rows, pictures.draw(), database.write_words, world.seed)
    )


def write_posts(database: Filling, plan: Plan, rows: PostRows) -> None:
    """Write so many at a time as fit into memory."""
    with _progress(range(0, plan.number, AT_ONCE), "Posts") as firsts:
        for first in firsts:
            batch = rows.between(first, min(first + AT_ONCE, plan.number))
            for table in post_rows.COLUMNS:
                database.write(table, COLUMNS[table], batch[table])


def _progress(items: Sequence[Item], label: str) -> AbstractContextManager[Iterable[Item]]:
    return click.progressbar(items, label=f"{label:<10}")


if __name__ == "__main__":
    main()
