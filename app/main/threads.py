"""The page of a post: its conversation around it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.extensions import settings
from app.main import bp, composing, permalinks
from app.main.asides import aside
from app.permissions import is_confirmed
from app.services import threads, users
from app.services.pagination import parse_cursor
from app.web.people_cards import person_card
from app.web.policy import Access, policy
from app.web.thread_cards import thread_card
from app.web.viewer import viewer


@bp.get("/@<username>/<id:post_id>")
@policy(Access.ANYBODY, kept=True)
def post(username: str, post_id: int) -> ResponseReturnValue:
    reader = viewer()
    after, below = (parse_cursor(request.args.get(name)) for name in ("after", "below"))
    found = threads.conversation(reader, post_id, after=after, below=below)
    row = found.post
    if away := permalinks.moved_from(username, row):
        return away
    thread = thread_card(found, reader, after=after, below=below)
    # Below a tombstone stands what answers another post: a reply to this one has no place there.
    may_reply = reader is not None and is_confirmed(reader) and not thread.is_below_gone
    return render_template(
        "main/post.html",
        post=thread.post,
        thread=thread,
        author=person_card(users.person(reader, row.author_id), reader),
        form=composing.reply_form(row) if may_reply else None,
        max_length=settings.MAX_POST_LENGTH,
        aside=aside(besides=row.author_id),
    )
