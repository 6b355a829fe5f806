"""The forms of private messages."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from app.services import form_keys
from app.services.errors import FormUsed
from app.web.forms import MAX_LINE, MAX_TEXT, Form, refuse
from app.web.message_refusals import OF_PEOPLE, reason
from app.web.viewer import member, viewer


class MessageForm(Form):
    """A message to those of a conversation.

    :ivar newest: the last message on the page, so that htmx gets all that is new
    """

    body = TextAreaField(_l("Message"), validators=[Length(max=MAX_TEXT)])
    # Not called "after", which would hide the method of the form of that name.
    newest = HiddenField()
    # Made for this form and its author: see `services.form_keys`.
    key = HiddenField()


class FirstMessageForm(MessageForm):
    """A message to people by their names."""

    to = StringField(_l("Write to"), validators=[Length(max=MAX_LINE)])


AnyForm = TypeVar("AnyForm", bound=MessageForm)


def message_form(newest: int = 0) -> MessageForm:
    """Return a form with nothing in it."""
    data = {"key": form_keys.make(member().id), "newest": newest}
    return MessageForm(formdata=None, data=data)


def first_message_form(**data: Any) -> FirstMessageForm:
    return FirstMessageForm(formdata=None, data={"key": form_keys.make(member().id), **data})


def own_key(form: MessageForm) -> str | None:
    """Return the key of a form if it was made for who sends it."""
    key: str = form.key.data or ""
    return key if form_keys.owner_of(key) == member().id else None


def say_why(form: MessageForm, problem: Exception) -> None:
    """Put beside a field why a message is refused; what stands there may be sent again."""
    field: Field = form["to"] if isinstance(problem, OF_PEOPLE) else form.body
    refuse(field, reason(problem))
    if isinstance(problem, FormUsed):
        form.key.data = form_keys.make(member().id)


def recovered(
    form: AnyForm, show_again: Callable[[AnyForm], ResponseReturnValue]
) -> ResponseReturnValue | None:
    """Return what was typed when the session or the token of its form is over; None if not ours.

    Nothing is sent: who is signed out has to sign in; else they have to press Send again.
    """
    owner_id = form_keys.owner_of(form.key.data or "")
    if owner_id is None:
        return None
    user = viewer()
    if user is None:
        page = render_template("main/message_kept.html", form=form, action=request.path)
        return make_response(page, 403)
    if user.id != owner_id:
        form.key.data = form_keys.make(user.id)
    refuse(form.body, _("Your sign-in was renewed meanwhile. Please send this once more."))
    return show_again(form)
