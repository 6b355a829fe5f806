"""Making the words of the search anew, in batches, while people go on writing.

Newest first, since that is what most look for. Each batch is a transaction of its own, and may be
done twice.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, exists, func, select

from app.database.deadline import no_time_limit
from app.extensions import db
from app.models import Base, Picture, Post, PostTag, PostWords, Tag, TagWords, User, UserWords
from app.models.ids import MAX_ID
from app.services import search_index, search_words
from app.services.pagination import Rows
from app.services.visibility import is_no_repost

# Few, since writers of the same posts wait until a batch is done.
BATCH = 200

Words = list[tuple[int, list[str]]]


class Kind(NamedTuple):
    """What can be searched.

    :ivar name: as the terminal calls it
    :ivar key: of what is searched
    :ivar words_key: of its words
    :ivar rows: the query of all that is to be found
    :ivar words_of: makes words of some rows of it
    """

    name: str
    key: Any
    model: type[Base]
    words_key: Any
    rows: Callable[[], Rows]
    words_of: Callable[[Sequence[Any]], Words]


def number_of(kind: Kind, *, only_missing: bool) -> int:
    """Return how much there is to do."""
    rows = _rows(kind, only_missing=only_missing).with_only_columns(func.count(kind.key))
    with no_time_limit(db):
        return db.session.scalar(rows) or 0


def rebuild_some(kind: Kind, below_id: int = MAX_ID, *, only_missing: bool) -> tuple[int, int]:
    """Make the words of the newest below an id anew.

    :param only_missing: leave alone what has words
    :return: how many were made, and the lowest id of them; 0 if none is left below that
    """
    query = _rows(kind, only_missing=only_missing).where(kind.key < below_id)
    # Held until they are written: else an edit in between might be lost to the search.
    rows = db.session.execute(
        query.order_by(kind.key.desc()).limit(BATCH).with_for_update(read=True, of=kind.key.class_)
    ).all()
    lowest = rows[-1].id if len(rows) == BATCH else 0
    if not only_missing:
        _remove_others(kind, [row.id for row in rows], lowest, below_id)
    search_index.put(kind.model, kind.words_of(rows))
    return len(rows), lowest


def _rows(kind: Kind, *, only_missing: bool) -> Rows:
    rows = kind.rows()
    return rows.where(~exists().where(kind.words_key == kind.key)) if only_missing else rows


def _remove_others(kind: Kind, ids: Collection[int], lowest: int, below_id: int) -> None:
    """Remove the words of what is no longer there, or must not be found."""
    db.session.execute(
        delete(kind.model)
        .where(kind.words_key >= lowest, kind.words_key < below_id, kind.words_key.not_in(ids))
        .execution_options(synchronize_session=False)
    )


def _posts() -> Rows:
    """Return the query of all posts, whoever may see them: who may is asked when they are found."""
    return select(
        Post.id, Post.author_id, Post.text, Post.html, Post.spoiler_text, Post.language
    ).where(Post.deleted_at.is_(None), is_no_repost())


def _words_of_posts(rows: Sequence[Any]) -> Words:
    ids = [row.id for row in rows]
    alts = _grouped(select(Picture.post_id, Picture.alt).where(Picture.post_id.in_(ids)))
    named = select(PostTag.post_id, Tag.name).join(Tag, Tag.id == PostTag.tag_id)
    tags = _grouped(named.where(PostTag.post_id.in_(ids)))
    return [
        (
            row.id,
            search_words.post_words(
                row.text,
                author_id=row.author_id,
                warning=row.spoiler_text,
                alts=alts[row.id],
                tags=tags[row.id],
                language=row.language,
                has_image=row.id in alts,
                has_link=search_index.has_link(row.html),
            ),
        )
        for row in rows
    ]


def _grouped(query: Rows) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for id_, text in db.session.execute(query):
        found[id_].append(text)
    return found


def _people() -> Rows:
    return select(User.id, User.username, User.display_name, User.bio).where(
        User.erased_at.is_(None)
    )


def _words_of_people(rows: Sequence[Any]) -> Words:
    return [
        (row.id, search_words.person_words(row.username, row.display_name, row.bio)) for row in rows
    ]


def _tags() -> Rows:
    return select(Tag.id, Tag.name)


def _words_of_tags(rows: Sequence[Any]) -> Words:
    return [(row.id, search_words.tag_words(row.name)) for row in rows]


KINDS = (
    Kind("posts", Post.id, PostWords, PostWords.post_id, _posts, _words_of_posts),
    Kind("people", User.id, UserWords, UserWords.user_id, _people, _words_of_people),
    Kind("hashtags", Tag.id, TagWords, TagWords.tag_id, _tags, _words_of_tags),
)
