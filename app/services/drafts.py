"""What was written and sent when its author was no longer signed in: kept until they are again.

Only the key of its form tells whose it is: no session does. So nothing kept here is published
before its author has signed in, and nobody can keep anything for a member without a key of theirs.
And who has one takes nothing away: no text replaces another but in the browser that sent both.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select

from app.extensions import db
from app.models import Draft, Picture, User, Visibility
from app.models.base import utc_now
from app.models.ids import new_id
from app.services import form_keys, sweeping
from app.services.contents import Content
from app.services.errors import NotFound, NotKept
from app.services.users import may_sign_in

KEPT_FOR = timedelta(days=7)
# None makes room: else who has got hold of a key could drive out what its member wrote.
MAX_PER_MEMBER = 20
_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class Writing(NamedTuple):
    """A post as its form was sent.

    :ivar form_key: None for a form without one: what it makes is not looked for again
    """

    content: Content
    visibility: Visibility
    in_reply_to: int | None
    form_key: str | None


def keep(
    form_key: str, fields: Mapping[str, str], *, sent_here: Collection[int] = ()
) -> int | None:
    """Keep what was typed and chosen for whom the form was made.

    A form is kept once. What it says now replaces what it said before only in the browser that
    sent that; from elsewhere, both are kept.

    :param sent_here: the drafts that the same browser sent
    :return: the id of the draft; None if the form is none of ours, or its member is gone
    :raises NotKept: if the form is too old, or there is no room
    """
    owner_id = form_keys.owner_of(form_key)
    if owner_id is None or not _hold(owner_id):
        return None
    if form_keys.owner_of(form_key, KEPT_FOR) is None:
        raise NotKept
    said = dict(fields)
    for key in (form_key, form_keys.variant(form_key, json.dumps(said, sort_keys=True))):
        draft = _of_form(owner_id, key)
        if draft is None:
            return _add(owner_id, key, said)
        if draft.fields == said or draft.id in sent_here:
            draft.fields, draft.created_at = said, utc_now()
            db.session.flush()
            return draft.id
    raise NotKept


def find(owner: User, draft_id: int) -> Draft:
    """Return a draft of a member's.

    :raises NotFound: also if it is somebody else's
    """
    query = select(Draft).where(Draft.id == draft_id, Draft.user_id == owner.id)
    draft: Draft | None = db.session.scalar(query)
    if draft is None:
        raise NotFound
    return draft


def newest(owner: User) -> int | None:
    """Return the id of what a member wrote last and has not published yet."""
    query = select(Draft.id).where(Draft.user_id == owner.id)
    found: int | None = db.session.scalar(query.order_by(Draft.created_at.desc()).limit(1))
    return found


def owner_of(draft_id: int) -> int | None:
    """Return the id of the member who wrote a draft."""
    found: int | None = db.session.scalar(select(Draft.user_id).where(Draft.id == draft_id))
    return found


def forget(owner: User, form_key: str) -> None:
    """Forget what was kept of a form, if anything was."""
    _delete(Draft.user_id == owner.id, Draft.form_key == form_key)


def writing_of(fields: Mapping[str, str], form_key: str | None) -> Writing:
    """Return the post that the fields of a form describe."""
    content = Content(
        text=fields.get("body", ""),
        warning=fields.get("warning", ""),
        sensitive=bool(fields.get("sensitive")),
        language=fields.get("language") or None,
        pictures=pictures_of(fields),
    )
    return Writing(content, _visibility(fields.get("visibility")), _parent_id(fields), form_key)


def pictures_of(fields: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return the ids of the pictures that the fields of a form name, with what is on them."""
    found = {}
    for place in range(1, Picture.MAX_PER_POST + 1):
        if picture_id := parse_id(fields.get(f"picture{place}", "")):
            found[picture_id] = fields.get(f"alt{place}", "")
    return list(found.items())


def sweep() -> bool:
    """Forget some of what was kept long enough; return whether there may be more."""
    return sweeping.sweep(Draft.id, Draft.created_at < utc_now() - KEPT_FOR)


def _hold(owner_id: int) -> bool:
    """Let others who keep something for a member wait; return whether the member may sign in."""
    query = select(User.id).where(User.id == owner_id, may_sign_in())
    return db.session.scalar(query.with_for_update(key_share=True)) is not None


def _of_form(owner_id: int, form_key: str) -> Draft | None:
    query = select(Draft).where(Draft.user_id == owner_id, Draft.form_key == form_key)
    # Its author may be publishing it.
    found: Draft | None = db.session.scalar(query.with_for_update())
    return found


def _add(owner_id: int, form_key: str, fields: dict[str, str]) -> int:
    kept = db.session.scalars(select(Draft.id).where(Draft.user_id == owner_id)).all()
    if len(kept) >= MAX_PER_MEMBER:
        raise NotKept
    draft = Draft(id=new_id(), user_id=owner_id, form_key=form_key, fields=fields)
    db.session.add(draft)
    db.session.flush()
    return draft.id


def _delete(*conditions: ColumnElement[bool]) -> None:
    db.session.execute(
        delete(Draft).where(*conditions).execution_options(synchronize_session=False)
    )


def _visibility(given: str | None) -> Visibility:
    try:
        return Visibility(given or Visibility.PUBLIC)
    except ValueError:
        # No form of ours says so. Whatever was meant, nobody sees it who should not.
        return Visibility.DIRECT


def _parent_id(fields: Mapping[str, str]) -> int | None:
    given = fields.get("in_reply_to")
    # Of what is no id, one that there never was.
    return (parse_id(given) or -1) if given else None


def parse_id(given: str) -> int | None:
    return int(given) if _ID.fullmatch(given) else None
