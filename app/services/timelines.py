"""Lists of posts, newest first. Columns, not entities: a page is read, never changed.

An entry of a list is a post, or the repost of one. First the ids of a page's entries are found, by
walking an index; then what is shown of them, in the same statement, whatever the posts carry; then
their pictures, in a second one if there are any.

Putting such a statement together takes longer than running it. So each is made once, for members or
for readers who are not signed in, and gets to know the viewer, the cursor and the like when it is
run; the functions that make them are those with a @cache.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    FromClause,
    Label,
    Select,
    SmallInteger,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.database import for_each
from app.extensions import db, settings
from app.models import (
    Bookmark,
    Follow,
    FollowState,
    Like,
    Picture,
    Pin,
    Post,
    PostTag,
    Tag,
    User,
    Visibility,
)
from app.models.base import BigId
from app.models.ids import MAX_ID
from app.services import pictures
from app.services.errors import NotFound
from app.services.pagination import Page, Rows, cut
from app.services.pictures import PictureRow
from app.services.visibility import (
    ANY_MEMBER,
    Viewer,
    any_like,
    is_listed,
    is_no_reply,
    values_of,
    visible_as_post_to,
    visible_to,
)

# How many entries are looked at for each one that a page shows: some may repeat the same post.
SPARE = 2
# Characters of what a post replies to.
EXCERPT = 200
# Pictures on a page of a gallery, which has rows of three.
GALLERY_SIZE = 30

_Entry = aliased(Post, name="entry")
_Reposter = aliased(User, name="reposter")
_Parent = aliased(Post, name="parent")
_ParentAuthor = aliased(User, name="parent_author")
# What the viewer did; by other names, since a list of likes has them as well.
_Repost = aliased(Post, name="repost")
_Like = aliased(Like, name="own_like")
_Bookmark = aliased(Bookmark, name="own_bookmark")
_Pin = aliased(Pin, name="own_pin")


# What statements get to know when they are run; see `_run`.
BEFORE = bindparam("before", type_=BigId)
AUTHOR = bindparam("author_id", type_=BigId)


class PostRow(NamedTuple):
    """A post as a list shows it.

    :ivar key: the id of its entry, which is the cursor of the list
    :ivar parent_username: of what it replies to, if the viewer may see that; so are the others
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
    reposter_username: str | None = None
    reposter_name: str | None = None
    place: int | None = None
    pictures: Sequence[PictureRow] = ()


class GalleryRow(NamedTuple):
    """A picture in the gallery of a profile; `id` is the cursor of the list."""

    id: int
    post_id: int
    position: int
    key: str
    small_width: int
    small_height: int
    placeholder: str
    alt: str
    is_folded: bool


def home(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return what the viewer and the people they follow wrote and reposted.

    What it costs depends on how many they follow, not on how much anybody wrote: first the authors
    who wrote last below the cursor, as many as a page can need, since no other can be on it; then
    as many posts of each, which is all that can be on it. See docs/adr/0004-home-timeline.md.
    """
    size = settings.PAGE_SIZE
    rows = _run(_home(db.engine.dialect.name, size), viewer, before)
    return _page_of_entries(rows, before, size)


@cache
def _home(_dialect: str, size: int) -> Rows:
    window = _window_size(size)
    authors = _newest_authors(window).cte("authors")
    found = _newest_posts(authors, window).subquery()
    ids = select(_Entry.id).where(_Entry.id.in_(select(found.c.id))).order_by(_Entry.id.desc())
    return _of_entries(ANY_MEMBER, _distinct(ids, size).subquery())


def _newest_authors(size: int) -> Rows:
    """Return (author_id, newest) of the `size` authors who wrote last below the cursor."""
    followed = select(Follow.followed_id.label("author_id")).where(
        Follow.follower_id == ANY_MEMBER.id, Follow.state == FollowState.ACCEPTED
    )
    everyone = followed.union_all(select(ANY_MEMBER.id)).subquery()
    newest = _ids_of(everyone).limit(1).scalar_subquery()
    found = (
        select(everyone.c.author_id, newest.label("newest"))
        .order_by(literal_column("newest").desc().nulls_last())
        .limit(size)
        .subquery()
    )
    # Asked out here, or PostgreSQL would look for each author's newest post twice.
    return select(found.c.author_id, found.c.newest).where(found.c.newest.is_not(None))


def _newest_posts(authors: CTE, size: int) -> Rows:
    """Return the ids of the newest posts below the cursor, at most `size` of each author."""
    # With a full list of authors, each has a post at or above the lowest; none below is needed.
    is_full = func.count() == size
    lowest = select(case((is_full, func.min(authors.c.newest)), else_=0)).select_from(authors)
    newest = _ids_of(authors).where(Post.id >= lowest.scalar_subquery()).limit(size)
    return for_each(db, authors, newest, Post.id)


def _ids_of(authors: FromClause) -> Select[int]:
    """Return the ids of one author's posts, newest first: a walk down the index (author_id, id)."""
    return (
        select(Post.id)
        .where(Post.author_id == authors.c.author_id, Post.id < BEFORE, visible_to(ANY_MEMBER))
        .order_by(Post.id.desc())
        .correlate(authors)
    )


def explore(viewer: User | None, before: int | None = None) -> Page[PostRow]:
    """Return everybody's public posts, without replies."""
    return _page(_explore(any_like(viewer)), viewer, before)


@cache
def _explore(viewer: Viewer | None) -> Rows:
    return _posts(viewer, Post.id).where(is_listed(), is_no_reply())


def by_tag(viewer: User | None, name: str, before: int | None = None) -> Page[PostRow]:
    """Return public posts with a hashtag, given in its normal form."""
    return _page(_by_tag(any_like(viewer)), viewer, before, name=name)


@cache
def _by_tag(viewer: Viewer | None) -> Rows:
    tag_id = select(Tag.id).where(Tag.name == bindparam("name")).scalar_subquery()
    tagged = _posts(viewer, PostTag.post_id).join(PostTag, PostTag.post_id == Post.id)
    return tagged.where(PostTag.tag_id == tag_id, is_listed())


def by_author(viewer: User | None, author_id: int, before: int | None = None) -> Page[PostRow]:
    """Return what somebody wrote and reposted, without replies; what they pinned comes first."""
    size = settings.PAGE_SIZE
    statement = _by_author(any_like(viewer), size, is_first=before is None)
    return _page_of_entries(_run(statement, viewer, before, author_id=author_id), before, size)


@cache
def _by_author(viewer: Viewer | None, size: int, *, is_first: bool) -> Rows:
    ids = (
        select(Post.id)
        .where(Post.author_id == AUTHOR, is_no_reply(), Post.id < BEFORE, visible_to(viewer))
        .order_by(Post.id.desc())
    )
    if not is_first:
        return _of_entries(viewer, _distinct(ids, size).subquery())
    pinned = select(Pin.post_id).where(Pin.user_id == AUTHOR)
    others = ids.where(func.coalesce(Post.repost_of_id, Post.id).not_in(pinned))
    return _of_entries(viewer, _distinct(others, size).union_all(_pinned(viewer)).subquery())


def replies_by(viewer: User | None, author_id: int, before: int | None = None) -> Page[PostRow]:
    """Return somebody's replies."""
    return _page(_replies_by(any_like(viewer)), viewer, before, author_id=author_id)


@cache
def _replies_by(viewer: Viewer | None) -> Rows:
    return _posts(viewer, Post.id).where(Post.author_id == AUTHOR, ~is_no_reply())


def gallery_of(viewer: User | None, author_id: int, before: int | None = None) -> Page[GalleryRow]:
    """Return the pictures of somebody's posts, the newest first."""
    statement = _gallery_of(any_like(viewer)).limit(GALLERY_SIZE + 1)
    rows = _run(statement, viewer, before, author_id=author_id)
    return cut(rows, GalleryRow, before, GALLERY_SIZE)


@cache
def _gallery_of(viewer: Viewer | None) -> Rows:
    return (
        select(
            Picture.id,
            Picture.post_id,
            Picture.position,
            Picture.key,
            Picture.small_width,
            Picture.small_height,
            Picture.placeholder,
            Picture.alt,
            or_(Post.sensitive, Post.spoiler_text != ""),
        )
        .join(Post, Post.id == Picture.post_id)
        .where(Picture.owner_id == AUTHOR, Picture.id < BEFORE, visible_as_post_to(viewer))
        .order_by(Picture.id.desc())
    )


def liked_by(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return what the viewer liked, the latest like first; nobody else is shown that."""
    return _page(_marked(Like), viewer, before)


def bookmarked_by(viewer: User, before: int | None = None) -> Page[PostRow]:
    """Return what the viewer keeps, the latest bookmark first."""
    return _page(_marked(Bookmark), viewer, before)


@cache
def _marked(mark: type[Like] | type[Bookmark]) -> Rows:
    marked = _posts(ANY_MEMBER, mark.id).join(mark, mark.post_id == Post.id)
    return marked.where(mark.user_id == ANY_MEMBER.id)


def one(viewer: User | None, post_id: int) -> PostRow:
    """Return a single post.

    :raises NotFound: also if the viewer may not see it, or it is a repost
    """
    rows = some(viewer, [post_id])
    if not rows:
        raise NotFound
    return rows[0]


def some(viewer: User | None, post_ids: Sequence[int]) -> list[PostRow]:
    """Return those of the posts that the viewer may see, the newest first."""
    rows = _run(_some(any_like(viewer)), viewer, None, post_ids=post_ids)
    return _with_pictures([PostRow(*row) for row in rows])


@cache
def _some(viewer: Viewer | None) -> Rows:
    return _posts(viewer, Post.id).where(Post.id.in_(bindparam("post_ids", expanding=True)))


def _run(statement: Rows, viewer: User | None, before: int | None, **values: Any) -> Sequence[Any]:
    values["before"] = MAX_ID if before is None else before
    return db.session.execute(statement, values | values_of(viewer)).all()


def _posts(viewer: Viewer | None, key: InstrumentedAttribute[int]) -> Rows:
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
            func.substr(_Parent.text, 1, EXCERPT),
            _Parent.spoiler_text,
            *_marks(viewer),
            *more,
        )
        .select_from(Post)
        .join(User, User.id == Post.author_id)
        .outerjoin(
            _Parent, and_(_Parent.id == Post.in_reply_to_id, visible_as_post_to(viewer, _Parent))
        )
        .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
    )


def _marks(viewer: Viewer | None) -> list[Label[bool]]:
    """Return what the viewer did with a post, as the last columns of `PostRow`."""
    names = ("is_liked", "is_reposted", "is_bookmarked", "is_pinned")
    if viewer is None:
        return [false().label(name) for name in names]
    marks = (
        exists().where(_Like.post_id == Post.id, _Like.user_id == viewer.id),
        exists().where(_Repost.repost_of_id == Post.id, _Repost.author_id == viewer.id),
        exists().where(_Bookmark.post_id == Post.id, _Bookmark.user_id == viewer.id),
        exists().where(_Pin.post_id == Post.id, _Pin.user_id == viewer.id),
    )
    return [mark.label(name) for mark, name in zip(marks, names, strict=True)]


def _page(statement: Rows, viewer: User | None, before: int | None, **values: Any) -> Page[PostRow]:
    size = settings.PAGE_SIZE
    rows = _run(statement.limit(size + 1), viewer, before, **values)
    page = cut(rows, PostRow, before, size)
    return Page(_with_pictures(page.items), page.older, page.is_first)


def _page_of_entries(rows: Sequence[Any], before: int | None, size: int) -> Page[PostRow]:
    """Return a page of posts and reposts; `rows` are those of `_of_entries`."""
    on_top = [row for row in rows if row.place is not None]
    found = rows[len(on_top) :]
    items = [PostRow(*row[:-1]) for row in [*on_top, *found[:size]]]
    return Page(_with_pictures(items), _older(found, size), is_first=before is None)


def _window_size(size: int) -> int:
    return SPARE * size + 1


def _distinct(ids: Select[int], size: int) -> Rows:
    """Return entries of which no two show the same post, and where the next page begins.

    Should many repeat the same post at once, a page is short, but the next goes on where it ends.

    :param ids: of entries that the viewer may see, newest first
    """
    window = ids.limit(_window_size(size)).subquery()
    shown = func.coalesce(_Entry.repost_of_id, _Entry.id)
    ranked = (
        select(
            _Entry.id,
            func.row_number().over(partition_by=shown, order_by=_Entry.id.desc()).label("rank"),
            func.count().over().label("number"),
            func.min(_Entry.id).over().label("lowest"),
        )
        .join(window, window.c.id == _Entry.id)
        .subquery()
    )
    end = case((ranked.c.number == _window_size(size), ranked.c.lowest), else_=null())
    chosen = (
        select(ranked.c.id, cast(null(), SmallInteger).label("place"), end.label("end"))
        .where(ranked.c.rank == 1)
        .order_by(ranked.c.id.desc())
        .limit(size + 1)
        .subquery()
    )
    return select(chosen.c.id, chosen.c.place, chosen.c.end)


def _pinned(viewer: Viewer | None) -> Rows:
    """Return an author's pinned posts, as `_distinct` returns entries."""
    return (
        select(Post.id, Pin.position, cast(null(), BigInteger))
        .join(Pin, Pin.post_id == Post.id)
        .where(Pin.user_id == AUTHOR, visible_as_post_to(viewer))
    )


def _of_entries(viewer: Viewer | None, entries: FromClause) -> Rows:
    place = entries.c.place
    return (
        _columns(viewer, _Entry.id, _Reposter.username, _Reposter.display_name, place)
        .add_columns(entries.c.end)
        .join(_Entry, Post.id == func.coalesce(_Entry.repost_of_id, _Entry.id))
        .join(entries, entries.c.id == _Entry.id)
        .outerjoin(
            _Reposter, and_(_Entry.repost_of_id.is_not(None), _Reposter.id == _Entry.author_id)
        )
        .where(visible_as_post_to(viewer))
        .order_by(place.nulls_last(), _Entry.id.desc())
    )


def _older(rows: Sequence[Any], size: int) -> int | None:
    """Return the cursor of the next page, if there is one."""
    if len(rows) > size:
        return int(rows[size - 1].key)
    return rows[0].end if rows else None


def _with_pictures(rows: list[PostRow]) -> list[PostRow]:
    found = pictures.of_posts([row.id for row in rows if row.pictures_count])
    return [row._replace(pictures=found.get(row.id, ())) for row in rows]
