"""Lists of conversations, beginning one, and what becomes of it."""

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.message_forms import (
    FirstMessageForm,
    first_message_form,
    own_key,
    recovered,
    say_why,
)
from app.models import Message, ParticipantState
from app.services import conversation_rows, conversations, message_recipients
from app.services.conversation_rows import ConversationRow
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.conversation_cards import conversation_card, conversation_page
from app.web.message_refusals import OF_PEOPLE, REFUSALS
from app.web.policy import Access, Cache, policy
from app.web.redirects import lead_to
from app.web.viewer import member, nothing_changed

LISTS = {
    "/messages": ParticipantState.ACCEPTED,
    "/messages/requests": ParticipantState.REQUESTED,
}


def list_beside(path: str = "/messages", *, open_id: int | None = None) -> dict[str, Any]:
    """Return what the list of conversations shows, also beside one of them.

    :param open_id: a group whose members are wanted, too
    """
    viewer = member()
    page = conversation_rows.listed(
        viewer, LISTS[path], parse_cursor(request.args.get("before")) if open_id is None else None
    )
    groups = {row.id for row in page.items if row.other_id is None}
    found = conversation_rows.members(viewer, groups | ({open_id} if open_id else set()))
    return {
        "list": conversation_page(page, found, viewer, path),
        "members": found,
        "requests_count": conversation_rows.requests_count(viewer),
        "open_id": open_id,
        "list_address": _address_of(path, open_id),
    }


def list_of(row: ConversationRow) -> str:
    """Return the path of the list that a conversation is in."""
    return next(path for path, state in LISTS.items() if state is row.state)


def _address_of(path: str, open_id: int | None) -> str:
    """Return under what address a page gets its list anew."""
    if open_id is not None:
        return f"/messages/list?open={open_id}"
    return "/messages/list?requests=1" if path == "/messages/requests" else "/messages/list"


@bp.get("/messages")
@policy(Access.MEMBER)
def inbox() -> ResponseReturnValue:
    return render_template("main/messages.html", **list_beside(), form=None)


@bp.get("/messages/requests")
@policy(Access.MEMBER)
def message_requests() -> ResponseReturnValue:
    return render_template("main/messages.html", **list_beside("/messages/requests"), form=None)


@bp.get("/messages/list")
@policy(Access.MEMBER)
def conversation_list() -> ResponseReturnValue:
    """Return the list alone, for a page on which it stands already."""
    open_id = parse_cursor(request.args.get("open"))
    path = "/messages/requests" if "requests" in request.args else "/messages"
    if open_id is not None:
        path = list_of(conversation_rows.one(member(), open_id))
    return render_template("main/_conversations.html", **list_beside(path, open_id=open_id))


@bp.get("/messages/new")
@policy(Access.MEMBER, cache=Cache.NEVER)
def new_message() -> ResponseReturnValue:
    """Show the form for a first message, or the conversation that there is with somebody."""
    form = first_message_form(to=request.args.get("to", "").strip())
    if form.to.data:
        try:
            people = message_recipients.recipients(member(), form.to.data)
        except OF_PEOPLE as problem:
            say_why(form, problem)
            return new_page(form, 404)
        known = conversations.pair_with(member(), people[0].id) if len(people) == 1 else None
        if known is not None:
            return lead_to(f"/messages/{known}#newest")
    return new_page(form)


def recover() -> ResponseReturnValue | None:
    return recovered(FirstMessageForm(), refused)


@bp.post("/messages")
@policy(
    Access.MEMBER, limits.MESSAGE, limits.BEGIN, limits.REACH, cache=Cache.NEVER, recover=recover
)
def begin_conversation() -> ResponseReturnValue:
    form = FirstMessageForm()
    if not form.validate_on_submit():
        return refused(form)
    try:
        conversation_id = conversations.begin(
            member(), form.to.data or "", form.body.data or "", form_key=own_key(form)
        )
    except REFUSALS as problem:
        say_why(form, problem)
        return refused(form)
    commit(db)
    return lead_to(f"/messages/{conversation_id}#newest")


@bp.post("/messages/<id:conversation_id>/accept")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def accept_conversation(conversation_id: int) -> ResponseReturnValue:
    conversations.accept(member(), conversation_id)
    commit(db)
    return lead_to(f"/messages/{conversation_id}#newest")


@bp.get("/messages/<id:conversation_id>/remove")
@policy(Access.MEMBER, cache=Cache.NEVER)
def confirm_removal(conversation_id: int) -> ResponseReturnValue:
    """Ask before a conversation of two is cleared, or a group left."""
    viewer = member()
    row = conversation_rows.one(viewer, conversation_id)
    found = conversation_rows.members(viewer, [row.id] if row.other_id is None else [])
    card = conversation_card(row, found, viewer)
    return render_template("main/remove_conversation.html", conversation=card)


@bp.post("/messages/<id:conversation_id>/leave")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def leave_conversation(conversation_id: int) -> ResponseReturnValue:
    conversations.leave(member(), conversation_id)
    commit(db)
    flash(_("You have left the conversation."), "success")
    return lead_to("/messages")


@bp.post("/messages/<id:conversation_id>/clear")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def clear_conversation(conversation_id: int) -> ResponseReturnValue:
    conversations.clear(member(), conversation_id)
    commit(db)
    flash(_("The conversation is deleted for you."), "success")
    return lead_to("/messages")


def refused(form: FirstMessageForm) -> ResponseReturnValue:
    """Show the form again, with all that it holds and what is wrong with it."""
    nothing_changed()
    return new_page(form, 422)


def new_page(form: FirstMessageForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "main/messages.html", **list_beside(), form=form, max_length=Message.MAX_LENGTH
    )
    return page, status
