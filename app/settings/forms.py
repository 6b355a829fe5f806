"""The forms of the settings."""

from typing import Self

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

from app.models import (
    Credential,
    MessagesFrom,
    NotificationChoice,
    NotificationKind,
    Theme,
    User,
)
from app.services import passwords
from app.web import i18n
from app.web.forms import MAX_LINE, MAX_TEXT, Form, stripped, without_at

# What a browser offers to choose from; what a file is, its content tells.
IMAGES = {"accept": "image/*"}
NOTIFICATION_CHOICES = [
    SelectChoice(NotificationChoice.PAGE.value, _l("On the site")),
    SelectChoice(NotificationChoice.MAIL.value, _l("E-mail at once")),
    SelectChoice(NotificationChoice.DIGEST.value, _l("E-mail once a day")),
    SelectChoice(NotificationChoice.NOTHING.value, _l("Nowhere")),
]


class ProfileForm(Form):
    avatar = FileField(_l("Picture"), render_kw=IMAGES)
    remove_avatar = BooleanField(_l("Remove this picture"))
    header = FileField(_l("Header"), render_kw=IMAGES)
    remove_header = BooleanField(_l("Remove this header"))
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

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(display_name=user.display_name, bio=user.bio)


class AccountForm(Form):
    username = StringField(
        _l("User name"),
        filters=[stripped, without_at],
        validators=[DataRequired(_l("Choose a user name.")), Length(max=MAX_LINE)],
    )
    email = StringField(
        _l("E-mail"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=MAX_LINE)],
        render_kw={"maxlength": Credential.MAX_EMAIL},
    )
    password = PasswordField(
        _l("Your password"), validators=[DataRequired(_l("Enter your password."))]
    )


class PasswordForm(Form):
    current = PasswordField(
        _l("Current password"), validators=[DataRequired(_l("Enter your current password."))]
    )
    new = PasswordField(
        _l("New password"),
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"minlength": passwords.MIN_LENGTH},
    )
    again = PasswordField(
        _l("New password again"),
        validators=[EqualTo("new", _l("This is not the same as above."))],
    )


def choice_of_notification(label: LazyString) -> SelectField:
    """Return the field of a kind of notification; its name is that of the kind."""
    return SelectField(label, choices=NOTIFICATION_CHOICES, default=NotificationChoice.PAGE.value)


class NotificationsForm(Form):
    """What reaches a member, and where: a field for each `NotificationKind`.

    And what is mailed besides to those who want it: one for each of `outbox.OPTIONAL_KINDS`.
    """

    follow = choice_of_notification(_l("Somebody follows you"))
    follow_request = choice_of_notification(_l("Somebody asks to follow you"))
    mention = choice_of_notification(_l("Somebody mentions you"))
    reply = choice_of_notification(_l("Somebody replies to you"))
    like = choice_of_notification(_l("Somebody likes your post"))
    repost = choice_of_notification(_l("Somebody reposts your post"))
    message = choice_of_notification(_l("Somebody writes you a private message"))
    new_sign_in = BooleanField(
        _l("Sign-ins from a new device"),
        description=_l("So that you hear of it when it was not you."),
    )
    export_ready = BooleanField(
        _l("An export is ready"),
        description=_l("With the link to your data."),
    )

    def mails(self) -> list[BooleanField]:
        return [field for field in self if isinstance(field, BooleanField)]

    def kinds(self) -> list[SelectField]:
        return [self[kind.value] for kind in NotificationKind]


class PrivacyForm(Form):
    approves_followers = BooleanField(_l("Approve followers"))
    messages_from = RadioField(
        _l("Who may write to you"),
        choices=[
            SelectChoice(MessagesFrom.EVERYONE.value, _l("Everyone")),
            SelectChoice(MessagesFrom.FOLLOWED.value, _l("People you follow")),
            SelectChoice(MessagesFrom.NOBODY.value, _l("Nobody")),
        ],
    )


class PreferencesForm(Form):
    locale = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"))
    theme = RadioField(_l("Theme"))
    shortcuts = BooleanField(_l("Keyboard shortcuts"))

    def __init__(self, **values: str | bool) -> None:
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


class DeletionForm(Form):
    password = PasswordField(
        _l("Your password"), validators=[DataRequired(_l("Enter your password."))]
    )
    sure = BooleanField(
        _l("I understand that then nobody can bring my posts back"),
        validators=[DataRequired(_l("Tick this if you are sure."))],
    )
