"""Profiles and lists of followers."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.main import bp
from app.main.timelines import suggestions
from app.services import timelines, users
from app.services.pagination import parse_cursor
from app.web.cards import people_page, post_page, profile_card
from app.web.policy import Access, policy
from app.web.viewer import viewer


@bp.get("/@<username>")
@policy(Access.ANYBODY)
def profile(username: str) -> ResponseReturnValue:
    reader = viewer()
    row = users.profile(reader, username)
    if row.username != username:
        return redirect(f"/@{row.username}", code=301)
    page = timelines.by_author(reader, row.id, parse_cursor(request.args.get("before")))
    return render_template(
        "main/profile.html",
        profile=profile_card(row, reader),
        page=post_page(page, f"/@{row.username}"),
        suggestions=suggestions(besides=row.id),
    )


@bp.get("/@<username>/<any(followers, following):kind>")
@policy(Access.ANYBODY)
def people(username: str, kind: str) -> ResponseReturnValue:
    reader = viewer()
    row = users.profile(reader, username)
    path = f"/@{row.username}/{kind}"
    if row.username != username:
        return redirect(path, code=301)
    listed = users.followers if kind == "followers" else users.following
    page = listed(reader, row.id, parse_cursor(request.args.get("before")))
    return render_template(
        "main/people.html",
        profile=profile_card(row, reader),
        kind=kind,
        page=people_page(page, path),
        suggestions=suggestions(besides=row.id),
    )
