"""A post that comes when its author is signed out waits for them to sign in, and is published then.

Whose it is, the key of its form tells, which only its author was shown; that it was sent from here,
the signed cookie of this browser. Both are needed: a link to a draft publishes nothing. Nor does
what was sent from here after somebody had left on purpose: they are shown it when they come back.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from flask import flash, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.database import abandon, begin_writing, commit
from app.extensions import db
from app.models import Draft, User
from app.services import drafts, form_keys, sending
from app.services.errors import NotFound, NotKept
from app.web import limits, waiting
from app.web.post_refusals import REFUSALS, reason
from app.web.redirects import lead_to, with_next
from app.web.viewer import nothing_changed

_PATH = re.compile(r"/compose\?draft=([1-9][0-9]{0,17})", re.ASCII)


class Outcome(NamedTuple):
    """What became of a draft, and where to read it; no path for where one was going anyway."""

    path: str | None
    message: str
    category: str


def path_of(draft_id: int) -> str:
    return f"/compose?draft={draft_id}"


def keep_until_sign_in(key: str, fields: Mapping[str, str], *, with_files: bool) -> Response | None:
    """Keep a post, and send its author to the sign-in form; None if it is no form of ours."""
    if form_keys.owner_of(key) is None:
        return None
    commit(db)
    limits.hit(limits.DRAFT)
    begin_writing(db)
    try:
        draft_id = drafts.keep(key, fields, sent_here=waiting.found())
    except NotKept:
        return _given_back(key, fields)
    if draft_id is None:
        abandon(db)
        return None
    commit(db)
    if waiting.was_left():
        flash(_("Sign in to go on with your post. Nothing you wrote is lost."), "info")
    else:
        waiting.remember(draft_id)
        flash(_("Sign in and your post is published. Nothing you wrote is lost."), "info")
    if with_files:
        flash(_("The files you chose could not be kept. Add them again afterwards."), "info")
    return lead_to(with_next("/auth/login", path_of(draft_id)))


def send_waiting(user: User) -> Outcome | None:
    """Publish what waits for somebody who signs in, in that transaction; None if nothing does."""
    sent_here = waiting.found()
    if not sent_here:
        return _wanted(user)
    return _sum_up(user, [_settle(user, draft_id) for draft_id in sent_here])


def _sum_up(user: User, outcomes: list[Outcome]) -> Outcome:
    published = [outcome for outcome in outcomes if outcome.category == "success"]
    refused = [outcome for outcome in outcomes if outcome.category == "danger"]
    # Of what belongs to others, or is gone, nothing is said beside what is published or refused.
    worth_saying = published + refused or outcomes
    if not published or len(worth_saying) == 1:
        return worth_saying[-1]
    said = ngettext(
        "%(num)s post of yours is published.",
        "%(num)s posts of yours are published.",
        len(published),
    )
    if refused:
        return refused[-1]._replace(message=f"{said} {refused[-1].message}")
    return Outcome(f"/@{user.username}", said, "success")


def _settle(user: User, draft_id: int) -> Outcome:
    try:
        draft = drafts.find(user, draft_id)
    except NotFound:
        return _not_theirs(draft_id)
    return _send(user, draft)


def _wanted(user: User) -> Outcome | None:
    """Say what became of the draft that a link led to, if there is no page that shows it."""
    found = _PATH.fullmatch(request.args.get("next", ""))
    if found is None:
        return _remind(user)
    try:
        drafts.find(user, int(found[1]))
    except NotFound:
        return _not_theirs(int(found[1]))
    return None


def _given_back(key: str, fields: Mapping[str, str]) -> Response:
    """Show what was typed, to be sent again from the page: it is kept nowhere else."""
    nothing_changed()
    hidden = {name: value for name, value in fields.items() if value and name != "body"}
    page = render_template(
        "main/post_kept.html", body=fields["body"], hidden={**hidden, "key": key}
    )
    return make_response(page, 403)


def _send(user: User, draft: Draft) -> Outcome:
    try:
        # So that what fails halfway leaves nothing behind but the sign-in.
        with db.session.begin_nested():
            post_id = sending.send(user, drafts.writing_of(draft.fields, draft.form_key))
    except REFUSALS as problem:
        message = _("Your post is not published yet. %(reason)s", reason=reason(problem))
        return Outcome(path_of(draft.id), message, "danger")
    return Outcome(f"/@{user.username}/{post_id}", _("Your post is published."), "success")


def _not_theirs(draft_id: int) -> Outcome:
    if drafts.owner_of(draft_id) is None:
        # Published meanwhile, or given up.
        return Outcome("/", _("What you wrote is published already, or was thrown away."), "info")
    message = _(
        "What you wrote belongs to another account. It is published when you sign in there."
    )
    return Outcome("/", message, "info")


def _remind(user: User) -> Outcome | None:
    """Tell somebody who came another way of what they have not published yet."""
    draft_id = drafts.newest(user)
    if draft_id is None:
        return None
    link = Markup('<a class="alert-link" href="{}">{}</a>').format(
        path_of(draft_id), _("Read it again")
    )
    said = _("You wrote a post that is not published yet.")
    return Outcome(None, Markup("{} {}").format(said, link), "info")
