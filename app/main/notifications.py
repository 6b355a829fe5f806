"""What a member was told, and noting that they have read it."""

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.main.asides import aside
from app.models.ids import new_id
from app.services import notification_rows, notifications
from app.services.notification_rows import Tab
from app.services.pagination import parse_cursor
from app.web import limits
from app.web.notification_cards import notice_card, notice_page
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, is_htmx, safe_path
from app.web.viewer import member

PATH = "/notifications"


@bp.get(PATH)
@policy(Access.MEMBER)
def all_notifications() -> ResponseReturnValue:
    return _page(Tab.ALL)


@bp.get(f"{PATH}/<any({', '.join(tab for tab in Tab if tab)}):topic>")
@policy(Access.MEMBER)
def notices_about(topic: str) -> ResponseReturnValue:
    return _page(Tab(topic))


@bp.post(f"{PATH}/read")
@policy(Access.MEMBER, limits.READ, cache=Cache.NEVER)
def read_notices() -> ResponseReturnValue:
    notifications.mark_all_read(member(), parse_cursor(request.form.get("up_to")) or 0)
    commit(db)
    flash(_("All notifications are marked as read."), "success")
    return back(PATH)


@bp.post(f"{PATH}/<id:group_id>/read")
@policy(Access.MEMBER, limits.READ, cache=Cache.NEVER)
def read_notice(group_id: int) -> ResponseReturnValue:
    notifications.mark_one_read(member(), group_id)
    commit(db)
    if not is_htmx():
        path = safe_path(request.form.get("next"), PATH).partition("#")[0]
        return redirect(f"{path}#n{group_id}", code=303)
    rows = notification_rows.of_groups(member(), [group_id], 1)
    response = make_response(
        render_template(
            "main/_notification.html",
            item=notice_card(rows[0], member()) if rows else None,
            unread_count=member().credential.unread_notifications,
        )
    )
    return _with_counts(response)


def _page(tab: Tab) -> Response:
    reader = member()
    # Before anything is read: what comes later has a greater id, and was not shown.
    up_to = new_id()
    path = f"{PATH}/{tab}" if tab else PATH
    page = notification_rows.listed(reader, tab, parse_cursor(request.args.get("before")))
    response = make_response(
        render_template(
            "main/notifications.html",
            tab=tab,
            page=notice_page(page, reader, path),
            path=path,
            unread_count=reader.credential.unread_notifications,
            up_to=up_to,
            aside=aside(),
        )
    )
    return _with_counts(response) if is_htmx() else response


def _with_counts(response: Response) -> Response:
    """Have the navigation say how much is unread now: it is not part of what htmx puts in place."""
    response.headers["HX-Trigger-After-Settle"] = "live-again"
    return response
