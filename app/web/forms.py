"""What all forms share. A form declares shape; rules are in the services."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import DataRequired, Length

# More than any text that a rule allows: what is longer need not be looked at.
MAX_LINE = 1_000
MAX_TEXT = 100_000


class Form(FlaskForm):
    """A form whose errors from the domain are put beside the field they are about."""

    class Meta(FlaskForm.Meta):
        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            # Browsers' own bubbles would hide our messages, which are better and translated.
            render_kw.pop("required", None)
            return super().render_field(field, render_kw)


class CodeForm(Form):
    """A code of the second factor, asked for at signing in and in the settings."""

    code = StringField(
        _l("Code"), validators=[DataRequired(_l("Enter the code.")), Length(max=MAX_LINE)]
    )


def refuse(field: Field, message: str) -> None:
    """Put a message beside a field."""
    field.errors = [*field.errors, message]


def stripped(value: str | None) -> str | None:
    """A filter for fields in which outer white space is a slip of the hand."""
    return value.strip() if value else value


def without_at(value: str | None) -> str | None:
    """A filter: the field shows an @ already, and some people type it all the same."""
    return value.removeprefix("@") if value else value
