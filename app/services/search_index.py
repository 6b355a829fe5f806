"""Keeping the words by which posts, people and hashtags are found.

They are written in the transaction of what they are about. Should the index be broken, that is said
in the log, and all else goes on: people write, and `flask search rebuild` finds what is missing.
Only an erasure waits until it is whole.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute

from app.database import insert, is_transient, is_unavailable
from app.extensions import db
from app.models import Base, Post, PostWords, Tag, TagWords, User, UserWords
from app.services import search_words
from app.services.rendering import Rendered
from app.services.visibility import written_by

BATCH = 500
LINK = ' rel="ugc noopener"'

P = ParamSpec("P")
log = logging.getLogger(__name__)


def _unless_broken(change: Callable[P, None]) -> Callable[P, None]:
    """Let a change of the index fail alone if the index is not what it should be."""

    @wraps(change)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with db.session.begin_nested():
                change(*args, **kwargs)
        except DBAPIError as error:
            if is_transient(error) or is_unavailable(error):
                raise
            log.exception("the search index is broken; `flask search rebuild` makes it anew")

    return run


@_unless_broken
def put_post(
    post_id: int,
    author_id: int,
    columns: Mapping[str, Any],
    rendered: Rendered,
    alts: Iterable[str] = (),
) -> None:
    """Let a post be found by what it says now.

    :param columns: those of `contents.Written`
    :param alts: what its pictures are described with, "" for one that is not
    """
    described = list(alts)
    words = search_words.post_words(
        columns["text"],
        author_id=author_id,
        warning=columns["spoiler_text"],
        alts=described,
        tags=rendered.tags,
        language=columns["language"],
        has_image=bool(described),
        has_link=has_link(rendered.html),
    )
    put(PostWords, [(post_id, words)])


@_unless_broken
def remove_posts(post_ids: Collection[int]) -> None:
    """Let posts be found no more."""
    db.session.execute(delete(PostWords).where(PostWords.post_id.in_(post_ids)))


@_unless_broken
def put_person(user: User) -> None:
    """Let a person be found by what they call themselves now."""
    words = search_words.person_words(user.username, user.display_name, user.bio)
    put(UserWords, [(user.id, words)])


@_unless_broken
def remove_person(user_id: int) -> None:
    db.session.execute(delete(UserWords).where(UserWords.user_id == user_id))


@_unless_broken
def put_tags(tags: Sequence[tuple[int, str]]) -> None:
    """Let hashtags be found, given with their ids."""
    put(TagWords, [(id_, search_words.tag_words(name)) for id_, name in tags])


@_unless_broken
def remove_tags(tag_ids: Collection[int]) -> None:
    db.session.execute(delete(TagWords).where(TagWords.tag_id.in_(tag_ids)))


def erase_some(user_id: int) -> bool:
    """Remove words of an erased account that are left; return whether there may be more.

    Mostly none are. But who is erased is to be gone, so this fails if the index is broken.
    """
    left = select(PostWords.post_id).join(Post, Post.id == PostWords.post_id)
    of_posts = left.where(written_by(user_id)).limit(BATCH)
    unused = select(TagWords.tag_id).where(~exists().where(Tag.id == TagWords.tag_id))
    gone = [
        _remove(PostWords.post_id, of_posts),
        _remove(TagWords.tag_id, unused.limit(BATCH)),
        _remove(UserWords.user_id, select(User.id).where(User.id == user_id)),
    ]
    return max(gone) == BATCH


def _remove(key: InstrumentedAttribute[int], some: Select[int]) -> int:
    ids = db.session.scalars(some).all()
    statement = delete(key.class_).where(key.in_(ids)).returning(key)
    removed = db.session.scalars(statement.execution_options(synchronize_session=False))
    return len(removed.all())


def has_link(html: str) -> bool:
    """Say whether a rendered post leads somewhere; mentions and hashtags do not count."""
    return LINK in html


def put(model: type[Base], found: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Write words in the place of former ones.

    :param found: ids of what the model is about, with their words
    """
    if not found:
        return
    [key] = model.__table__.primary_key
    write = search_words.for_sqlite if _is_sqlite() else search_words.for_postgresql
    rows = [{key.name: id_, "words": write(words)} for id_, words in found]
    statement = insert(db, model).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[key.name], set_={"words": statement.excluded.words}
        )
    )


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
