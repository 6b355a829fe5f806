"""The forms of writing, and of muting."""

from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from app.extensions import language_at_hand, settings
from app.models import Picture, Visibility
from app.services import languages, pictures
from app.services.errors import TextTooLong, WarningTooLong
from app.services.mutes import Duration
from app.services.text import InvalidText, clean_text
from app.web.forms import MAX_LINE, MAX_TEXT, Form
from app.web.post_refusals import reason

# `unlisted` is not offered: those posts came from elsewhere.
VISIBILITIES = [
    SelectChoice(Visibility.PUBLIC.value, _l("Everyone")),
    SelectChoice(Visibility.MEMBERS.value, _l("Members")),
    SelectChoice(Visibility.FOLLOWERS.value, _l("Followers")),
    SelectChoice(Visibility.DIRECT.value, _l("Mentioned")),
]
PLACES = range(1, Picture.MAX_PER_POST + 1)


class Attached(NamedTuple):
    """A picture of a post that is being written.

    :ivar number: which one it is, from 1
    :ivar picture: the field with its id
    :ivar alt: the field for what is on it
    """

    number: int
    url: str
    picture: Field
    alt: Field


def check_line(_form: Form, field: Field) -> None:
    """Refuse a line that no post could have."""
    try:
        clean_text(field.data or "", multiline=False)
    except InvalidText as problem:
        raise ValidationError(reason(problem)) from None


def check_alt(_form: Form, field: Field) -> None:
    """Refuse a description that no picture could have."""
    try:
        pictures.clean_alt(field.data or "")
    except InvalidText as problem:
        raise ValidationError(reason(problem)) from None
    except TextTooLong as problem:
        # No whole post is too long.
        told = WarningTooLong(problem.length, problem.limit)
        raise ValidationError(reason(told)) from None


def check_language(_form: Form, field: Field) -> None:
    if field.data and not languages.is_known(field.data):
        raise ValidationError(_("Choose a language from the list."))


class MuteForm(Form):
    """For how long somebody is to be muted, and how far."""

    duration = SelectField(
        _l("For how long"),
        choices=[
            SelectChoice(Duration.HOUR.value, _l("For an hour")),
            SelectChoice(Duration.DAY.value, _l("For a day")),
            SelectChoice(Duration.WEEK.value, _l("For a week")),
            SelectChoice(Duration.MONTH.value, _l("For 30 days")),
            SelectChoice(Duration.FOREVER.value, _l("Until you end it")),
        ],
        default=Duration.FOREVER.value,
    )
    hides_notifications = BooleanField(_l("Also hide their notifications"), default=True)


class PostForm(Form):
    """A post or a reply, from the first letter until it is published.

    :ivar attached: its pictures, as the page shows them
    :ivar languages: codes and names of those one can choose
    :ivar notice: what is to be said about the form as a whole; "" for nothing
    """

    body = TextAreaField(_l("New post"), validators=[Length(max=MAX_TEXT)])
    warning = StringField(_l("Content warning"), validators=[Length(max=MAX_LINE), check_line])
    sensitive = BooleanField(_l("Show the pictures only to those who ask for them"))
    visibility = SelectField(
        _l("Who can see this"), choices=VISIBILITIES, default=Visibility.PUBLIC.value
    )
    # A list on the page, which WTForms would take 2 ms to render.
    language = StringField(_l("Language of the post"), validators=[check_language])
    images = MultipleFileField(_l("Pictures"))
    in_reply_to = HiddenField()
    # Made for this form and its author: see `services.form_keys`.
    key = HiddenField()
    # Whether the author was asked already to say what is on the pictures.
    reminded = HiddenField()
    # Whether the author was told already that they published the same just now.
    again = HiddenField()
    # Whether the form has a page of its own, on which there is no list that a post could go into.
    alone = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attached: list[Attached] = []
        self.notice = ""
        self.languages = languages.choices(language_at_hand())

    @property
    def max_picture_mb(self) -> int:
        return settings.MAX_PICTURE_MB

    def pictures(self) -> list[tuple[Field, Field]]:
        """Return the fields of each place for a picture: its id, and what is on it."""
        return [(self[f"picture{place}"], self[f"alt{place}"]) for place in PLACES]


for _place in PLACES:
    setattr(PostForm, f"picture{_place}", HiddenField())
    setattr(
        PostForm,
        f"alt{_place}",
        TextAreaField(_l("Describe the picture"), validators=[Length(max=MAX_TEXT), check_alt]),
    )
