"""The forms of writing."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from app.web.forms import MAX_TEXT, Form


class PostForm(Form):
    body = TextAreaField(
        _l("New post"),
        validators=[DataRequired(_l("Write something first.")), Length(max=MAX_TEXT)],
    )
