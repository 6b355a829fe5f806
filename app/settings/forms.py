"""The forms of the settings."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.models import Theme, User
from app.web import i18n
from app.web.forms import MAX_LINE, MAX_TEXT, Form


class ProfileForm(Form):
    display_name = StringField(
        _l("Name"),
        validators=[Length(max=MAX_LINE)],
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    bio = TextAreaField(
        _l("About you"),
        validators=[Length(max=MAX_TEXT)],
        render_kw={"rows": 3, "dir": "auto", "data-max": User.MAX_BIO},
    )


class PreferencesForm(Form):
    locale = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"))
    theme = RadioField(_l("Theme"))

    def __init__(self, **values: str) -> None:
        super().__init__(**values)
        automatic = ("", _l("Automatic: what your browser asks for"))
        self.locale.choices = [automatic, *i18n.LANGUAGES.items()]
        self.time_zone.choices = [
            ("", _l("Automatic: that of your browser")),
            *((zone, zone.replace("_", " ")) for zone in i18n.time_zones()),
        ]
        self.theme.choices = [
            (Theme.AUTO.value, _l("Automatic")),
            (Theme.LIGHT.value, _l("Light")),
            (Theme.DARK.value, _l("Dark")),
        ]
