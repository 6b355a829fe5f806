"""The form of a post: how it begins, what it holds, and how it comes back with all of that."""

from typing import Any

from flask_babel import gettext as _

from app.main.forms import PLACES, Attached, PostForm
from app.models import Draft, Visibility
from app.services import drafts, form_keys, pictures, timelines
from app.services.drafts import Writing
from app.services.errors import NotFound
from app.services.timelines import PostRow
from app.web.forms import MAX_TEXT, refuse
from app.web.post_refusals import reason
from app.web.viewer import member

_OF_PICTURES = [f"{name}{place}" for place in PLACES for name in ("picture", "alt")]
# What is kept of a form while its author signs in.
_KEPT = ("body", "warning", "visibility", "language", "in_reply_to", *_OF_PICTURES)


def new_form(**data: Any) -> PostForm:
    """Return a form with nothing in it but what is given."""
    return PostForm(formdata=None, data={"key": form_keys.make(member().id), **data})


def reply_form(row: PostRow) -> PostForm:
    """Return the form of a reply: it begins with whom it is to, and with who can see that.

    Its author may choose others.
    """
    is_own = row.author_id == member().id
    visibility = row.visibility
    return new_form(
        body="" if is_own else f"@{row.username} ",
        warning=row.spoiler_text,
        # Only the other kinds are offered.
        visibility="public" if visibility is Visibility.UNLISTED else visibility.value,
        in_reply_to=row.id,
    )


def form_of_draft(draft: Draft) -> PostForm:
    """Return the form as it was sent."""
    kept = {name: draft.fields.get(name, "") for name in _KEPT}
    return new_form(
        **kept,
        sensitive=bool(draft.fields.get("sensitive")),
        # The same, so that it makes one post, and the draft goes with that.
        key=draft.form_key,
    )


def fields_of(form: PostForm) -> dict[str, str]:
    """Return what was typed and chosen, by the names of the fields."""
    fields = {name: form[name].data or "" for name in _KEPT}
    return fields | {"sensitive": "y" if form.sensitive.data else ""}


def kept_of(form: PostForm) -> dict[str, str]:
    """Return as much of it as is kept for somebody who is not known yet.

    All together is no longer than a single field may be, which no post could ever hold.
    """
    room = MAX_TEXT
    kept = {}
    for name, text in fields_of(form).items():
        kept[name] = text[:room]
        room -= len(kept[name])
    return kept


def writing_of(form: PostForm) -> Writing:
    return drafts.writing_of(fields_of(form), own_key(form))


def own_key(form: PostForm) -> str | None:
    """Return the key of a form if it was made for who sends it."""
    key: str = form.key.data or ""
    return key if form_keys.owner_of(key) == member().id else None


def attach(form: PostForm, picture_id: int) -> None:
    """Put a picture into the first place that is free."""
    free = next(field for field, _alt in form.pictures() if not field.data)
    free.data = str(picture_id)


def discard(form: PostForm, number: str) -> None:
    """Take the picture of a place away, if there is one."""
    places = dict(zip(map(str, PLACES), form.pictures(), strict=True))
    if number in places:
        picture, alt = places[number]
        for id_, _alt in drafts.pictures_of({"picture1": picture.data or ""}):
            pictures.discard(member(), id_)
        picture.data = alt.data = ""


def lacks_words(form: PostForm) -> bool:
    """Whether a picture is not described, and the author was not asked to do so yet."""
    has_bare = any(field.data and not (alt.data or "").strip() for field, alt in form.pictures())
    return has_bare and not form.reminded.data


def remind(form: PostForm) -> None:
    """Ask, once, to say what is on the pictures."""
    for picture in form.attached:
        if not (picture.alt.data or "").strip():
            refuse(picture.alt, _("Describe the picture, or post it as it is."))
    form.reminded.data = "1"


def show_pictures(form: PostForm) -> None:
    """Let the form show its pictures, the first in the first place; those that are gone, go."""
    typed = drafts.pictures_of(fields_of(form))
    errors = {field.data: alt.errors for field, alt in form.pictures()}
    alts = dict(typed)
    rows = pictures.drafts(member(), [id_ for id_, _alt in typed])
    for field, alt in form.pictures():
        field.data, alt.data, alt.errors = "", "", ()
    form.attached = []
    for number, ((field, alt), row) in enumerate(zip(form.pictures(), rows, strict=False), 1):
        field.data, alt.data, alt.errors = str(row.id), alts[row.id], errors.get(str(row.id), ())
        form.attached.append(Attached(number, f"/media/{row.key}/small.webp", field, alt))


def parent_of(form: PostForm) -> PostRow | None:
    """Return what the form replies to; if that is gone, the form says so and replies no more."""
    parent_id = writing_of(form).in_reply_to
    if parent_id is None:
        return None
    try:
        return timelines.one(member(), parent_id)
    except NotFound as error:
        form.in_reply_to.data = ""
        form.alone.data = "1"
        form.notice = reason(error)
        return None
