"""Editing posts. What they said before is kept: for everybody, or for the author only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, func, or_, select, update

from app.extensions import db, settings
from app.models import Post, PostEdit, User, Visibility
from app.models.base import utc_now
from app.permissions import can_edit_post, is_confirmed
from app.services import contents, pictures, post_notifications, search_index
from app.services.contents import Content
from app.services.errors import (
    NotAllowed,
    NotConfirmed,
    NotFound,
    PicturesGone,
    StaleVersion,
)
from app.services.pagination import Page, Rows, below, fetch
from app.services.pictures import PictureRow
from app.services.post_notifications import PostFacts
from app.services.visibility import NAMED, is_no_repost, visible_to


class Version(NamedTuple):
    """A post as it stands now, for its author to change.

    :ivar number: how often it was edited
    :ivar written_at: when this version was
    """

    post_id: int
    number: int
    text: str
    html: str
    warning: str
    sensitive: bool
    language: str | None
    visibility: Visibility
    written_at: datetime
    pictures: Sequence[PictureRow] = ()


class VersionRow(NamedTuple):
    """A former version of a post; `id` is the cursor of the list."""

    id: int
    number: int
    html: str
    warning: str
    language: str | None
    alts: Sequence[str]
    written_at: datetime


def current(actor: User, post_id: int) -> Version:
    """Return the actor's post as it stands.

    :raises NotFound: also if the actor may not see it
    :raises NotAllowed: if it is not the actor's to edit
    """
    query: Rows = select(
        Post.author_id,
        Post.id,
        Post.edits_count,
        Post.text,
        Post.html,
        Post.spoiler_text,
        Post.sensitive,
        Post.language,
        Post.visibility,
        func.coalesce(Post.edited_at, Post.created_at, type_=Post.created_at.type),
    ).where(Post.id == post_id, is_no_repost(), visible_to(actor))
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    if not can_edit_post(actor, row.author_id):
        raise NotAllowed
    found = pictures.of_posts([post_id])
    return Version(*row[1:])._replace(pictures=found.get(post_id, ()))


def edit(actor: User, post_id: int, number: int, content: Content) -> bool:
    """Change what a post says; return whether anything is changed. Who may see it stays the same.

    Pictures can be described anew and left out; others than those of the post are passed over.

    :param number: of the version that the actor has changed
    :raises NotConfirmed: if the actor has to confirm an address first
    :raises NotFound, NotAllowed: as `current`
    :raises StaleVersion: if the post has been changed since
    :raises PicturesGone: if one of its pictures is no longer there
    :raises text.InvalidText, TextMissing, TextTooLong, WarningTooLong: as `contents.write`
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    former = current(actor, post_id)
    if former.number != number:
        raise StaleVersion
    content = _with_its_own_pictures(content, former)
    written = contents.write(content)
    if _is_the_same(former, content, written.columns):
        return False
    post = _change(former, {**written.columns, "pictures_count": len(content.pictures)})
    _keep(former)
    named = contents.relink(post_id, written.rendered)
    if former.pictures:
        count = pictures.attach(actor, post_id, content.pictures)
        if count < len(content.pictures):
            raise PicturesGone
    alts = [alt for _, alt in content.pictures]
    search_index.put_post(post_id, actor.id, written.columns, written.rendered, alts)
    post_notifications.tell_anew(actor, post, named)
    return True


def former_versions(
    viewer: User | None, post_id: int, before: int | None = None
) -> Page[VersionRow]:
    """Return what a post said before, the latest first; nothing if the viewer may not see it.

    Of a post for chosen people, only its author sees that: a mention that came later must not open
    what was written for others.
    """
    query: Rows = (
        select(
            PostEdit.id,
            PostEdit.version,
            PostEdit.html,
            PostEdit.spoiler_text,
            PostEdit.language,
            PostEdit.alts,
            PostEdit.created_at,
        )
        .join(Post, Post.id == PostEdit.post_id)
        .where(Post.id == post_id, below(PostEdit.id, before))
        .where(visible_to(viewer), _keeps_versions_open_to(viewer))
        .order_by(PostEdit.id.desc())
    )
    return fetch(query, VersionRow, before, settings.PAGE_SIZE)


def shows_former_versions(viewer: User | None, author_id: int, visibility: Visibility) -> bool:
    """Say whether somebody who sees a post may also read what it said before."""
    return visibility not in NAMED or (viewer is not None and viewer.id == author_id)


def _keeps_versions_open_to(viewer: User | None) -> ColumnElement[bool]:
    is_own = false() if viewer is None else Post.author_id == viewer.id
    return or_(Post.visibility.not_in(NAMED), is_own)


def _with_its_own_pictures(content: Content, former: Version) -> Content:
    own = {picture.id for picture in former.pictures}
    chosen = [(id_, pictures.clean_alt(alt)) for id_, alt in content.pictures if id_ in own]
    return replace(content, pictures=chosen)


def _is_the_same(former: Version, content: Content, columns: Mapping[str, Any]) -> bool:
    # That we tell languages apart better than we did is no change of the author's.
    is_same_language = content.language is None or content.language == former.language
    return (
        is_same_language
        and columns["text"] == former.text
        and columns["spoiler_text"] == former.warning
        and columns["sensitive"] == former.sensitive
        and list(content.pictures) == [(each.id, each.alt) for each in former.pictures]
    )


def _change(former: Version, columns: Mapping[str, Any]) -> PostFacts:
    """Put a version in the place of the former one.

    :raises StaleVersion: if somebody was faster; who then comes second changes nothing
    """
    statement = (
        update(Post)
        .where(Post.id == former.post_id, Post.edits_count == former.number)
        .where(Post.deleted_at.is_(None))
        .values(**columns, edits_count=former.number + 1, edited_at=utc_now())
        .returning(Post.id, Post.conversation_id, Post.visibility, Post.in_reply_to_user_id)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise StaleVersion
    return PostFacts(*row)


def _keep(former: Version) -> None:
    db.session.add(
        PostEdit(
            post_id=former.post_id,
            version=former.number,
            text=former.text,
            html=former.html,
            spoiler_text=former.warning,
            language=former.language,
            alts=[picture.alt for picture in former.pictures],
            created_at=former.written_at,
        )
    )
    db.session.flush()
