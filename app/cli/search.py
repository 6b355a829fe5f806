"""`flask search`: make the index of the search anew."""

import click
from flask.cli import AppGroup

from app.database import begin_reading
from app.database.search_tables import make_whole
from app.extensions import db
from app.jobs.search import batches
from app.services import search_rebuild
from app.services.search_rebuild import KINDS, Kind

search = AppGroup("search", help="Look after the index of the search.")


@search.command()
@click.option("--missing", is_flag=True, help="Only what cannot be found yet; leave the rest.")
def rebuild(missing: bool) -> None:
    """Make the index anew while the site goes on; until then, the search finds less.

    It can be stopped at any time: --missing goes on from there.
    """
    make_whole(db, afresh=not missing)
    for kind in KINDS:
        rebuild_kind(kind, only_missing=missing)


def rebuild_kind(kind: Kind, *, only_missing: bool) -> None:
    begin_reading(db)
    number = search_rebuild.number_of(kind, only_missing=only_missing)
    with click.progressbar(length=number, label=f"{kind.name:<8}", show_pos=True) as bar:
        for done in batches(kind, only_missing=only_missing):
            bar.update(done)
    click.echo(f"{kind.name}: {number} made")
