"""Which posts of a conversation stand on a page of it, and where: one statement.

It walks the index (in_reply_to_id, id), upwards and downwards, and looks at a bounded number of
posts, however long or deep the conversation is.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from app.database import for_each, read_rows
from app.extensions import db, settings
from app.models import Post, User
from app.models.base import BigId
from app.services.pagination import Rows
from app.services.visibility import (
    Viewer,
    any_like,
    is_no_repost,
    values_of,
    visible_to,
    wanted_in_thread_by,
)

# How many of the posts above are shown.
ANCESTORS = 10
# How deep replies stand on a page, and how many below each; those to the post itself come in pages.
LEVELS = 4
REPLIES = 5
# How many are looked at for each direct reply that a page may hold: enough for two full levels, and
# a third that tells whether there are more.
LOOKED_AT = 48
# How many replies are looked at for each that is shown: the others are tombstones above nothing, or
# for others.
CANDIDATES = 4
# How many posts below a tombstone are looked at for one that can be seen; above more, it stays.
DESCENDANTS = 200
# How far up tombstones are followed to a post that has a page.
FARTHEST = 100

_Reply = aliased(Post, name="reply")
_Above = aliased(Post, name="above")
_Gone = aliased(Post, name="gone")
_Below = aliased(Post, name="seen")
_Child = aliased(Post, name="child")

# What the statement gets to know when it is run.
POST = bindparam("post_id", type_=BigId)
ROOT = bindparam("root_id", type_=BigId)
AFTER = bindparam("after", type_=BigId)

Id = BindParameter[int] | ColumnElement[int]
FIRST: Id = literal_column("0", BigId)


class Place(NamedTuple):
    """Where a post stands.

    :ivar level: 0 is the post that the replies are to, -1 what that replies to, 1 a reply to it
    :ivar is_shown: False if the viewer may not see it, or mutes its author; it is the highest then
    :ivar edge: the last reply to it that was looked at, if there may be more
    """

    level: int
    id: int
    parent_id: int | None
    is_gone: bool
    is_shown: bool
    edge: int | None


def places(viewer: User | None, post_id: int, root_id: int, after: int | None) -> list[Place]:
    """Return what stands where: level by level from the highest, the oldest of each first.

    Of ancestors, of replies to a post and of levels there is one more than a page shows: it tells
    that there are more. Without the root nothing else counts: the viewer may not see it.

    :param root_id: what the replies are to: the post, or a tombstone of its conversation
    :param after: a cursor for direct replies
    """
    statement = _places(any_like(viewer), db.engine.dialect.name, settings.PAGE_SIZE)
    values = {"post_id": post_id, "root_id": root_id, "after": after or 0}
    rows = read_rows(db, statement, values | values_of(viewer))
    return sorted(Place(*row) for row in rows)


# Made once, as those of timelines are: putting it together takes longer than running it.
@cache
def _places(viewer: Viewer | None, _dialect: str, size: int) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the statement whose rows are those of `Place`."""
    post = (
        select(Post.id, Post.in_reply_to_id.label("parent_id"), Post.conversation_id)
        .where(Post.id == POST, is_no_repost(), visible_to(viewer))
        .cte("post")
    )
    root = _root(viewer, post)
    found = _tree(viewer, root, size)
    is_gone = _Reply.deleted_at.is_not(None)
    return union_all(
        _ancestors(viewer, post),
        select(
            literal_column("0"),
            root.c.id,
            cast(null(), BigId),
            false(),
            true(),
            _edge(root, size + 1, AFTER),
        ),
        select(
            found.c.level,
            _Reply.id,
            _Reply.in_reply_to_id,
            is_gone,
            true(),
            case((found.c.level <= LEVELS, _edge(found, REPLIES + 1))),
        ).join(found, found.c.id == _Reply.id),
    )


def _root(viewer: Viewer | None, post: CTE) -> CTE:
    """Return the id of what the replies are to: the post, or a tombstone of its conversation.

    A tombstone above nothing that the viewer may see is none, or who guesses ids learns of it.
    """
    is_tombstone = and_(_Gone.deleted_at.is_not(None), _leads_on(viewer, _Gone))
    return (
        select(_Gone.id)
        .join(post, post.c.conversation_id == _Gone.conversation_id)
        .where(_Gone.id == ROOT, or_(_Gone.id == post.c.id, is_tombstone))
        .cte("root")
    )


def _ancestors(viewer: Viewer | None, post: CTE) -> Rows:
    """Return what a post replies to, and so on, as rows of `Place`.

    It ends with the first that the viewer may not see, or with one more than is shown. If those to
    be shown are all tombstones, it goes on to one that has a page.
    """
    chain = select(
        literal(0).label("level"),
        post.c.id,
        post.c.parent_id,
        false().label("is_gone"),
        true().label("is_shown"),
        false().label("has_page"),
    ).cte("chain", recursive=True)
    goes_on = or_(chain.c.level >= -ANCESTORS, and_(~chain.c.has_page, chain.c.level >= -FARTHEST))
    chain = chain.union_all(
        select(
            chain.c.level - 1,
            _Above.id,
            _Above.in_reply_to_id,
            _Above.deleted_at.is_not(None),
            and_(visible_to(viewer, _Above), wanted_in_thread_by(viewer, _Above)),
            or_(chain.c.has_page, and_(chain.c.level < 0, chain.c.is_shown)),
        )
        .join(chain, _Above.id == chain.c.parent_id)
        .where(goes_on, or_(chain.c.is_gone, chain.c.is_shown))
    )
    place = [chain.c.level, chain.c.id, chain.c.parent_id, chain.c.is_gone, chain.c.is_shown]
    return select(*place, cast(null(), BigId)).where(chain.c.level < 0)


def _tree(viewer: Viewer | None, root: CTE, size: int) -> FromClause:
    """Return (id, level) of the replies to a post and of those to each of them, level by level.

    There is one more of each than is shown, and one level more: they tell that there are more.
    """
    direct = for_each(db, root, _replies_to(viewer, root, size + 1, AFTER), Post.id)
    tree = direct.add_columns(literal(1).label("level")).cte("tree", recursive=True)
    deeper = for_each(db, tree, _replies_to(viewer, tree, REPLIES + 1), Post.id)
    tree = tree.union_all(deeper.add_columns(tree.c.level + 1).where(tree.c.level <= LEVELS))
    return select(tree.c.id, tree.c.level).limit(LOOKED_AT * size).subquery()


def _replies_to(
    viewer: Viewer | None, parents: FromClause, size: int, after: Id = FIRST
) -> Select[int]:
    """Return the ids of the first replies to a post, at most so many of those looked at."""
    looked_at = _children(_Child, parents, after).limit(CANDIDATES * size).subquery()
    is_shown = and_(visible_to(viewer), wanted_in_thread_by(viewer))
    keeps_place = and_(Post.deleted_at.is_not(None), _leads_on(viewer, Post))
    return (
        select(Post.id)
        .join(looked_at, looked_at.c.id == Post.id)
        .where(or_(is_shown, keeps_place))
        .order_by(Post.id)
        .limit(size)
        .correlate(parents)
    )


def _children(reply: Any, parents: FromClause, after: Id = FIRST) -> Select[int]:
    """Return the ids of the replies to a post, the oldest first, without an end.

    Written as a stretch of the index (in_reply_to_id, id), which is the only one in this order. Of
    an equation PostgreSQL knows how many replies a post has on average; in a crowd it would rather
    look through the whole table for each. Of what lies between two values it expects little.
    """
    place = tuple_(reply.in_reply_to_id, reply.id)
    return (
        select(reply.id)
        .where(reply.in_reply_to_id.between(parents.c.id, parents.c.id))
        .where(place > tuple_(parents.c.id, after))
        .order_by(reply.in_reply_to_id, reply.id)
        .correlate(parents)
    )


def _edge(parents: FromClause, size: int, after: Id = FIRST) -> ColumnElement[int]:
    """Return the id of the last reply that was looked at, if there may be more."""
    number = CANDIDATES * size
    looked_at = _children(_Child, parents, after).limit(number).subquery()
    last = select(func.max(looked_at.c.id)).having(func.count() == number)
    return last.correlate(parents).scalar_subquery()


def _leads_on(viewer: Viewer | None, tombstone: Any) -> ColumnElement[bool]:
    """Return the condition that below a tombstone is something that the viewer may see.

    Between them there may be other tombstones, but no living post that they may not see. Below a
    crowd of them there may be something: it is not looked for to the end.
    """
    below = select(tombstone.id).correlate(tombstone).cte("below", recursive=True, nesting=True)
    is_gone = select(_Gone.deleted_at).where(_Gone.id == below.c.id).correlate(below)
    replies = _children(_Child, below).where(is_gone.scalar_subquery().is_not(None))
    below = below.union_all(for_each(db, below, replies.limit(DESCENDANTS), Post.id))
    looked_at = select(below.c.id).limit(DESCENDANTS).subquery()
    counted = select(looked_at.c.id, func.row_number().over().label("number")).subquery()
    is_last = counted.c.number == DESCENDANTS
    is_shown = and_(visible_to(viewer, _Below), wanted_in_thread_by(viewer, _Below))
    # For each by its key, or PostgreSQL would put the whole table beside them.
    seen = (
        select(_Below.id)
        .where(_Below.id == counted.c.id, or_(is_last, is_shown))
        .correlate(counted)
        .limit(1)
    )
    return for_each(db, counted, seen, Post.id).correlate(tombstone).exists()
