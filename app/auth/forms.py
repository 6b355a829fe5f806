"""The forms of signing up and in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from app.models import Credential
from app.services import passwords
from app.web.forms import MAX_LINE, Form, stripped, without_at


class RegistrationForm(Form):
    username = StringField(
        _l("User name"),
        filters=[stripped, without_at],
        validators=[DataRequired(_l("Choose a user name.")), Length(max=MAX_LINE)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    email = StringField(
        _l("E-mail"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=MAX_LINE)],
        render_kw={"autocomplete": "email", "type": "email", "maxlength": Credential.MAX_EMAIL},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password", "minlength": passwords.MIN_LENGTH},
    )


class LoginForm(Form):
    username = StringField(
        _l("User name or e-mail"),
        filters=[stripped, without_at],
        validators=[DataRequired(_l("Enter your user name or e-mail address."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remember_me = BooleanField(_l("Keep me signed in"))


class VerificationForm(Form):
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordResetRequestForm(Form):
    email = StringField(
        _l("E-mail"),
        filters=[stripped],
        validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=MAX_LINE)],
        render_kw={"autocomplete": "email", "type": "email", "maxlength": Credential.MAX_EMAIL},
    )


class PasswordResetForm(Form):
    password = PasswordField(
        _l("New password"),
        validators=[DataRequired(_l("Choose a password."))],
        render_kw={"autocomplete": "new-password", "minlength": passwords.MIN_LENGTH},
    )
