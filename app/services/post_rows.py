"""Posts as lists show them. Columns, not entities: a page is read, never changed.

An entry of a list is a post, or the repost of one. First the ids of a page's entries are found, by
walking an index; then what is shown of them, in the same statement, whatever the posts carry; then
their pictures, in a second one if there are any; and for members who block or mute somebody, or are
blocked, how much less the counts are for them.

Putting such a statement together takes longer than running it. So each is made once, for members or
for readers who are not signed in, and gets to know the viewer, the cursor and the like when it is
run; the functions that make them are those with a @cache.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    FromClause,
    Label,
    Select,
    SmallInteger,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    null,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.database import has_one, read_rows
from app.extensions import db, settings
from app.models import Bookmark, Like, Pin, Post, ThreadMute, User, Visibility
from app.models.base import BigId
from app.models.ids import MAX_ID
from app.services import hidden_counts, pictures
from app.services import text as texts
from app.services.kept import Kept
from app.services.pagination import Page, Rows, cut
from app.services.pictures import PictureRow
from app.services.visibility import (
    Viewer,
    leaves_out,
    values_of,
    visible_as_post_to,
    wanted_in_thread_by,
)

# How many entries are looked at for each one that a page shows: some may repeat the same post.
SPARE = 1.5

# Posts whose pictures a process keeps, by post and version; of about 1 kB each.
_pictures: Kept[tuple[int, int], tuple[PictureRow, ...]] = Kept(4_000)

Entry = aliased(Post, name="entry")
_Reposter = aliased(User, name="reposter")
_Parent = aliased(Post, name="parent")
_ParentAuthor = aliased(User, name="parent_author")
# What the viewer did; by other names, since a list of likes has them as well.
_Repost = aliased(Post, name="repost")
_Like = aliased(Like, name="own_like")
_Bookmark = aliased(Bookmark, name="own_bookmark")
_Pin = aliased(Pin, name="own_pin")
_Silence = aliased(ThreadMute, name="own_silence")


# What statements get to know when they are run; see `run`.
BEFORE = bindparam("before", type_=BigId)
AFTER = bindparam("after", type_=BigId)
AUTHOR = bindparam("author_id", type_=BigId)


class PostRow(NamedTuple):
    """A post as a list shows it.

    :ivar key: the id of its entry, which is the cursor of the list
    :ivar parent_username: of what it replies to, if the viewer may see that; so are the others
    :ivar is_thread_muted: whether the viewer wants to hear no more of its conversation
    :ivar leaves_out: whether the counts are to leave out people for the viewer; False when they do
    :ivar place: where it is pinned, from 1, in the list of a profile
    """

    key: int
    id: int
    author_id: int
    username: str
    display_name: str
    avatar_key: str | None
    html: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    visibility: Visibility
    created_at: datetime
    edited_at: datetime | None
    edits_count: int
    likes_count: int
    reposts_count: int
    replies_count: int
    pictures_count: int
    in_reply_to_id: int | None
    parent_username: str | None
    parent_text: str | None
    parent_spoiler: str | None
    is_liked: bool
    is_reposted: bool
    is_bookmarked: bool
    is_pinned: bool
    is_thread_muted: bool
    leaves_out: bool
    reposter_username: str | None = None
    reposter_name: str | None = None
    place: int | None = None
    pictures: Sequence[PictureRow] = ()


def run(statement: Rows, viewer: User | None, before: int | None, **values: Any) -> Sequence[Any]:
    values["before"] = MAX_ID if before is None else before
    return read_rows(db, statement, values | values_of(viewer))


@cache
def limited(statement: Rows, size: int) -> Rows:
    """Return the same statement each time, or it would be compiled each time."""
    return statement.limit(size)


def posts_for(viewer: Viewer | None, key: InstrumentedAttribute[int]) -> Rows:
    """Return the query of posts, newest first by a key, which is their place in the list."""
    posts = _columns(viewer, key).where(visible_as_post_to(viewer), key < BEFORE)
    return posts.order_by(key.desc())


def _columns(viewer: Viewer | None, key: InstrumentedAttribute[int], *more: Any) -> Rows:
    return (
        select(
            key.label("key"),
            Post.id,
            Post.author_id,
            User.username,
            User.display_name,
            User.avatar_key,
            Post.html,
            Post.spoiler_text,
            Post.sensitive,
            Post.language,
            Post.visibility,
            Post.created_at,
            Post.edited_at,
            Post.edits_count,
            Post.likes_count,
            Post.reposts_count,
            Post.replies_count,
            Post.pictures_count,
            Post.in_reply_to_id,
            _ParentAuthor.username,
            func.substr(_Parent.text, 1, texts.EXCERPT + 1),
            _Parent.spoiler_text,
            *_marks(viewer),
            *more,
        )
        .select_from(Post)
        .join(User, User.id == Post.author_id)
        .outerjoin(
            _Parent,
            and_(
                _Parent.id == Post.in_reply_to_id,
                visible_as_post_to(viewer, _Parent),
                wanted_in_thread_by(viewer, _Parent),
            ),
        )
        .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
    )


def _marks(viewer: Viewer | None) -> list[Label[bool]]:
    """Return what the viewer did with a post, and to others, as the last columns of `PostRow`."""
    names = (
        "is_liked",
        "is_reposted",
        "is_bookmarked",
        "is_pinned",
        "is_thread_muted",
        "leaves_out",
    )
    if viewer is None:
        return [false().label(name) for name in names]
    marks = (
        has_one(_Like.post_id == Post.id, _Like.user_id == viewer.id),
        has_one(_Repost.repost_of_id == Post.id, _Repost.author_id == viewer.id),
        has_one(_Bookmark.post_id == Post.id, _Bookmark.user_id == viewer.id),
        has_one(_Pin.post_id == Post.id, _Pin.user_id == viewer.id),
        has_one(_Silence.conversation_id == Post.conversation_id, _Silence.user_id == viewer.id),
        leaves_out(viewer),
    )
    return [mark.label(name) for mark, name in zip(marks, names, strict=True)]


def page_of(
    statement: Rows, viewer: User | None, before: int | None, **values: Any
) -> Page[PostRow]:
    size = settings.PAGE_SIZE
    rows = run(limited(statement, size + 1), viewer, before, **values)
    page = cut(rows, PostRow, before, size)
    return Page(finished(page.items, viewer), page.older, page.is_first)


def page_of_entries(
    rows: Sequence[Any], viewer: User | None, before: int | None, size: int
) -> Page[PostRow]:
    """Return a page of posts and reposts; `rows` are those of `of_entries`."""
    on_top = [row for row in rows if row.place is not None]
    found = rows[len(on_top) :]
    items = [PostRow(*row[:-1]) for row in [*on_top, *found[:size]]]
    return Page(finished(items, viewer), _older(found, size), is_first=before is None)


def window_size(size: int) -> int:
    return int(SPARE * size) + 1


def distinct(ids: Select[int], size: int) -> Rows:
    """Return entries of which no two show the same post, and where the next page begins.

    Should many repeat the same post at once, a page is short, but the next goes on where it ends.

    :param ids: of entries that the viewer may see, newest first
    """
    window = ids.limit(window_size(size)).subquery()
    shown = func.coalesce(Entry.repost_of_id, Entry.id)
    ranked = (
        select(
            Entry.id,
            func.row_number().over(partition_by=shown, order_by=Entry.id.desc()).label("rank"),
            func.count().over().label("number"),
            func.min(Entry.id).over().label("lowest"),
        )
        .join(window, window.c.id == Entry.id)
        .subquery()
    )
    end = case((ranked.c.number == window_size(size), ranked.c.lowest), else_=null())
    chosen = (
        select(ranked.c.id, cast(null(), SmallInteger).label("place"), end.label("end"))
        .where(ranked.c.rank == 1)
        .order_by(ranked.c.id.desc())
        .limit(size + 1)
        .subquery()
    )
    return select(chosen.c.id, chosen.c.place, chosen.c.end)


def of_entries(viewer: Viewer | None, entries: FromClause) -> Rows:
    place = entries.c.place
    return (
        _columns(viewer, Entry.id, _Reposter.username, _Reposter.display_name, place)
        .add_columns(entries.c.end)
        .join(Entry, Post.id == func.coalesce(Entry.repost_of_id, Entry.id))
        .join(entries, entries.c.id == Entry.id)
        .outerjoin(
            _Reposter, and_(Entry.repost_of_id.is_not(None), _Reposter.id == Entry.author_id)
        )
        .where(visible_as_post_to(viewer))
        .order_by(place.nulls_last(), Entry.id.desc())
    )


def _older(rows: Sequence[Any], size: int) -> int | None:
    """Return the cursor of the next page, if there is one."""
    if len(rows) > size:
        return int(rows[size - 1].key)
    return rows[0].end if rows else None


def finished(rows: list[PostRow], viewer: User | None) -> list[PostRow]:
    """Return the rows as a page shows them: with pictures, and with what counts for the viewer."""
    return _with_counts(_with_pictures(rows), viewer)


def _with_counts(rows: list[PostRow], viewer: User | None) -> list[PostRow]:
    """Return the rows with counts that leave out whom the viewer is not shown."""
    if viewer is None or not rows or not rows[0].leaves_out:
        return rows
    less = hidden_counts.of_posts(
        viewer,
        [row.id for row in rows if row.likes_count or row.reposts_count or row.replies_count],
    )
    return [
        row._replace(
            likes_count=row.likes_count - less[row.id].likes,
            reposts_count=row.reposts_count - less[row.id].reposts,
            replies_count=row.replies_count - less[row.id].replies,
            leaves_out=False,
        )
        for row in rows
    ]


def _with_pictures(rows: list[PostRow]) -> list[PostRow]:
    """Return the rows with their pictures: the same ones as long as the post is not edited."""
    found = {row.id: _pictures.get((row.id, row.edits_count)) for row in rows if row.pictures_count}
    missing = [row for row in rows if row.pictures_count and found[row.id] is None]
    if missing:
        found |= pictures.of_posts([row.id for row in missing])
        for row in missing:
            _pictures.put((row.id, row.edits_count), found[row.id] or ())
    return [row._replace(pictures=found.get(row.id) or ()) for row in rows]


def is_window_full(rows: Sequence[Any]) -> bool:
    """Whether the entries of `distinct` were cut off, rather than all there are."""
    return bool(rows) and rows[0].end is not None


def shown(entries: FromClause, size: int) -> Rows:
    """Return the ids of the posts that entries show, each once."""
    return (
        select(func.coalesce(Entry.repost_of_id, Entry.id))
        .join(entries, entries.c.id == Entry.id)
        .distinct()
        .limit(size)
    )


def count_shown(statement: Rows, viewer: User | None, after: int) -> int:
    return len(run(statement, viewer, None, after=after))
