"""A conversation and what is written in it."""

from collections.abc import Sequence

from flask import flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.conversations import list_beside, list_of, refused
from app.main.message_forms import (
    MessageForm,
    first_message_form,
    message_form,
    own_key,
    recovered,
    say_why,
)
from app.models import Message
from app.services import conversation_rows, message_rows, messages
from app.services.conversation_rows import ConversationRow
from app.services.errors import NotFound
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.conversation_cards import conversation_card
from app.web.message_cards import BubbleCard, bubble_page, bubbles
from app.web.message_refusals import REFUSALS
from app.web.policy import Access, Cache, policy
from app.web.redirects import is_htmx, lead_to, safe_path
from app.web.viewer import member, nothing_changed


@bp.get("/messages/<id:conversation_id>")
@policy(Access.MEMBER)
def conversation(conversation_id: int) -> ResponseReturnValue:
    return _page(conversation_id, None)


@bp.get("/messages/<id:conversation_id>/news")
@policy(Access.MEMBER)
def conversation_news(conversation_id: int) -> ResponseReturnValue:
    """Return the messages after one that the reader has, if there are any."""
    news = message_rows.news(member(), conversation_id, _seen(request.args.get("after")))
    if not news.items:
        return "", 204
    row = conversation_rows.one(member(), conversation_id)
    return render_template("main/_bubbles.html", bubbles=_news(news, row))


def recover() -> ResponseReturnValue | None:
    conversation_id = (request.view_args or {})["conversation_id"]
    return recovered(MessageForm(), lambda form: _refused(conversation_id, form))


@bp.post("/messages/<id:conversation_id>/send")
@policy(Access.MEMBER, limits.MESSAGE, cache=Cache.NEVER, recover=recover)
def send_message(conversation_id: int) -> ResponseReturnValue:
    form = MessageForm()
    if not form.validate_on_submit():
        return _refused(conversation_id, form)
    try:
        message_id = messages.send(
            member(), conversation_id, form.body.data or "", form_key=own_key(form)
        )
    except REFUSALS as problem:
        say_why(form, problem)
        return _refused(conversation_id, form)
    commit(db)
    return _sent(conversation_id, message_id, form)


@bp.post("/messages/<id:conversation_id>/read")
@policy(Access.MEMBER, limits.READ, cache=Cache.NEVER)
def read_conversation(conversation_id: int) -> ResponseReturnValue:
    """Note how far a conversation has been read: a script tells, a button without one."""
    messages.mark_read(member(), conversation_id, _seen(request.form.get("message")))
    commit(db)
    return ("", 204) if is_htmx() else lead_to(f"/messages/{conversation_id}#newest")


@bp.post("/messages/<id:conversation_id>/delete/<id:message_id>")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def delete_message(conversation_id: int, message_id: int) -> ResponseReturnValue:
    messages.delete(member(), conversation_id, message_id)
    commit(db)
    if not is_htmx():
        flash(_("The message is deleted."), "success")
        return lead_to(_way_back(conversation_id, message_id))
    return render_template("main/_deleted_message.html", message_id=message_id)


def _way_back(conversation_id: int, message_id: int) -> str:
    """Return where a message stood that was just deleted."""
    try:
        conversation_rows.one(member(), conversation_id)
    except NotFound:
        # One's own words can be deleted also where the other one is out of sight.
        return "/messages"
    page = safe_path(request.form.get("next"), f"/messages/{conversation_id}")
    return f"{page.partition('#')[0]}#m{message_id}"


def _seen(given: str | None) -> int:
    """Return the newest message on a reader's page; 0 if there is none on it."""
    return parse_cursor(given) or 0 if given not in {None, "", "0"} else 0


def _page(conversation_id: int, form: MessageForm | None, status: int = 200) -> ResponseReturnValue:
    viewer = member()
    row = conversation_rows.one(viewer, conversation_id)
    before, after = (parse_cursor(request.args.get(name)) for name in ("before", "after"))
    found = message_rows.page(viewer, row.id, before=before, after=after)
    stretch = bubble_page(found, row, viewer)
    beside = list_beside(list_of(row), open_id=row.id)
    page = render_template(
        "main/conversation.html",
        **beside,
        conversation=conversation_card(row, beside["members"], viewer),
        read_id=row.read_id,
        page=stretch,
        form=form or message_form(stretch.newest_id),
        max_length=Message.MAX_LENGTH,
    )
    return make_response(page, status)


def _sent(conversation_id: int, message_id: int, form: MessageForm) -> ResponseReturnValue:
    """Show what was sent at the end of the conversation, with what others wrote meanwhile."""
    if not is_htmx():
        return lead_to(f"/messages/{conversation_id}#newest")
    news = message_rows.news(member(), conversation_id, _seen(form.newest.data))
    row = conversation_rows.one(member(), conversation_id)
    return render_template(
        "main/_sent.html",
        bubbles=_news(news, row),
        conversation=conversation_card(row, {}, member()),
        # If that is more than a page, the script asks for the rest.
        form=message_form(message_id),
        max_length=Message.MAX_LENGTH,
    )


def _news(news: message_rows.News, row: ConversationRow) -> Sequence[BubbleCard]:
    is_group = row.other_id is None
    return bubbles(news.items, row.id, member(), is_group=is_group, above=news.above)


def _refused(conversation_id: int, form: MessageForm) -> ResponseReturnValue:
    """Show the form again, with all that it holds and what is wrong with it."""
    nothing_changed()
    try:
        row = conversation_rows.one(member(), conversation_id)
    except NotFound:
        if is_htmx():
            # The page says so, and what was typed stays in it.
            return render_template("main/_not_sent.html", form=form), 404
        return _given_back(form)
    if not is_htmx():
        return _page(conversation_id, form, 422)
    part = render_template(
        "main/_message_form.html",
        conversation=conversation_card(row, {}, member()),
        form=form,
        max_length=Message.MAX_LENGTH,
    )
    headers = {"HX-Retarget": "#message-form", "HX-Reswap": "outerHTML"}
    return make_response(part, 422, headers)


def _given_back(form: MessageForm) -> ResponseReturnValue:
    """Show what was typed for a conversation that is gone, to be sent to others or copied."""
    kept = first_message_form(body=form.body.data)
    kept.body.errors = form.body.errors
    return refused(kept)
