"""The form in which the author of a post changes it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.extensions import language_at_hand
from app.main.forms import check_alt, check_line
from app.models import Picture
from app.services import languages
from app.services.contents import Content
from app.services.edits import Version
from app.services.pagination import CURSOR
from app.services.pictures import PictureRow
from app.web.forms import MAX_LINE, MAX_TEXT, Form

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_PLACES = range(1, Picture.MAX_PER_POST + 1)


class PictureFields(NamedTuple):
    """What can be done with a picture of the post."""

    picture: PictureRow
    id: Field
    alt: Field
    remove: Field


class EditForm(Form):
    """A change of a post.

    :ivar notice: what is to be said about the form as a whole; "" for nothing
    """

    body = TextAreaField(_l("Text"), validators=[Length(max=MAX_TEXT)])
    warning = StringField(_l("Content warning"), validators=[Length(max=MAX_LINE), check_line])
    sensitive = BooleanField(_l("Show the pictures only to those who ask for them"))
    language = SelectField(_l("Language"), default="")
    # Of which version of the post this is a change.
    version = HiddenField()
    # Made for this form and its author: see `services.form_keys`.
    key = HiddenField()

    notice = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = languages.choices(language_at_hand())
        self.language.choices = [("", _("Detect it")), *named]

    @classmethod
    def of(cls, post: Version, typed: "EditForm | None" = None) -> "EditForm":
        """Return the form about a post as it stands, with what was typed into another one."""
        return cls(formdata=None, data=_data_of(post) | (typed.typed_about(post) if typed else {}))

    @property
    def number(self) -> int:
        """Which version was changed; of what is no number, one that there never was."""
        given = self.version.data or ""
        return int(given) if _NUMBER.fullmatch(given) else -1

    def content(self) -> Content:
        return Content(
            text=self.body.data or "",
            warning=self.warning.data or "",
            sensitive=self.sensitive.data,
            language=self.language.data or None,
            pictures=[
                (id_, alt) for id_, (alt, is_gone) in self._pictures().items() if not is_gone
            ],
        )

    def typed_about(self, post: Version) -> dict[str, Any]:
        """Return what was typed here, for another form about the post."""
        typed = self._pictures()
        data = {name: self[name].data for name in ("body", "warning", "sensitive", "language")}
        for place, picture in enumerate(post.pictures, 1):
            if picture.id in typed:
                data[f"alt{place}"], data[f"remove{place}"] = typed[picture.id]
        return data

    def fields_of(self, shown: Sequence[PictureRow]) -> list[PictureFields]:
        return [
            PictureFields(
                picture, *(self[f"{name}{place}"] for name in ("picture", "alt", "remove"))
            )
            for place, picture in enumerate(shown, 1)
        ]

    def unseen(self) -> list[tuple[str, str]]:
        """Return names and values of all but what can be read where the pictures are not shown."""
        shown = {"body", "warning", "csrf_token"}
        return [
            (each.name, str(each.data)) for each in self if each.data and each.name not in shown
        ]

    def _pictures(self) -> Mapping[int, tuple[str, bool]]:
        """Return what is typed about each picture, and whether it is to go, by their ids."""
        return {
            int(id_): (self[f"alt{place}"].data or "", self[f"remove{place}"].data)
            for place in _PLACES
            if CURSOR.fullmatch(id_ := self[f"picture{place}"].data or "")
        }


def _data_of(post: Version) -> dict[str, Any]:
    data: dict[str, Any] = {
        "body": post.text,
        "warning": post.warning,
        "sensitive": post.sensitive,
        "language": post.language or "",
        "version": post.number,
    }
    for place, picture in enumerate(post.pictures, 1):
        data |= {f"picture{place}": picture.id, f"alt{place}": picture.alt}
    return data


for _place in _PLACES:
    setattr(EditForm, f"picture{_place}", HiddenField())
    setattr(
        EditForm,
        f"alt{_place}",
        TextAreaField(
            _l("Description of picture %(number)s", number=_place),
            validators=[Length(max=MAX_TEXT), check_alt],
        ),
    )
    setattr(EditForm, f"remove{_place}", BooleanField(_l("Remove this picture")))
