"""Hashtags: there from their first use on, and gone when nobody uses or follows them any more."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, exists, or_, select

from app.database import insert
from app.extensions import db
from app.models import PostTag, Tag, TagFollow
from app.models.ids import new_id
from app.services import search_index


def take_up(names: Collection[str]) -> Sequence[int]:
    """Return the ids of hashtags, given in their normal form; those that are new are made."""
    _make(names)
    # Held as a foreign key holds it, so that nobody gives one up before it is used.
    held = select(Tag.id).where(Tag.name.in_(names)).order_by(Tag.name)
    held = held.with_for_update(read=True, key_share=True)
    # One that was given up just before is made once more.
    while len(tag_ids := db.session.scalars(held).all()) < len(set(names)):
        _make(names)
    return tag_ids


def give_up(tag_ids: Collection[int]) -> None:
    """Remove those of the hashtags that nobody uses or follows: words that are nobody's.

    One that somebody else takes up or gives up in this very moment may stay, until it is given up
    once more.
    """
    if not tag_ids:
        return
    unused = select(Tag.id).where(Tag.id.in_(tag_ids), ~_is_used())
    # Locked first, so that the next statement sees who has just begun to use one. Nobody is waited
    # for: two who edit could each hold what the other gives up.
    unused_ids = db.session.scalars(unused.with_for_update(skip_locked=True)).all()
    if not unused_ids:
        return
    statement = delete(Tag).where(Tag.id.in_(unused_ids), ~_is_used()).returning(Tag.id)
    gone = db.session.execute(statement.execution_options(synchronize_session=False)).scalars()
    if gone_ids := gone.all():
        search_index.remove_tags(gone_ids)


def _make(names: Collection[str]) -> None:
    """Make those of the hashtags that are not there."""
    # In one order for everybody, so that two posts with the same new tags cannot deadlock.
    rows = [{"id": new_id(), "name": name} for name in sorted(names)]
    statement = insert(db, Tag).values(rows).on_conflict_do_nothing(index_elements=["name"])
    new = db.session.execute(statement.returning(Tag.id, Tag.name)).all()
    if new:
        search_index.put_tags([(tag.id, tag.name) for tag in new])


def _is_used() -> ColumnElement[bool]:
    return or_(exists().where(PostTag.tag_id == Tag.id), exists().where(TagFollow.tag_id == Tag.id))
