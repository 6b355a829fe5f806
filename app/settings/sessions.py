"""Where a member is signed in."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.models import User, UserSession
from app.services import sessions
from app.services.devices import describe
from app.settings import bp
from app.web import devices, limits
from app.web.policy import Access, Cache, policy
from app.web.viewer import member


@dataclass(frozen=True, slots=True)
class SessionCard:
    id: int
    device: str
    symbol: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


@bp.get("/sessions")
@policy(Access.MEMBER, cache=Cache.NEVER)
def list_sessions() -> ResponseReturnValue:
    user = member()
    cards = [_session_card(session, user) for session in sessions.listed(user)]
    # The one at hand first: from there one sees which are others.
    cards.sort(key=lambda card: not card.is_this)
    return render_template("settings/sessions.html", sessions=cards)


@bp.post("/sessions/<id:session_id>/end")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def end_session(session_id: int) -> ResponseReturnValue:
    sessions.end_one(member(), session_id)
    commit(db)
    flash(_("That device is signed out."), "success")
    return redirect("/settings/sessions", code=303)


@bp.post("/sessions/end_others")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def end_other_sessions() -> ResponseReturnValue:
    user = member()
    sessions.end_all(user.id, besides=user.session_id)
    commit(db)
    flash(_("All other devices are signed out."), "success")
    return redirect("/settings/sessions", code=303)


def _session_card(session: UserSession, user: User) -> SessionCard:
    device = describe(session.user_agent)
    return SessionCard(
        id=session.id,
        device=devices.label(device),
        symbol=device.kind,
        ip=session.ip,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        is_this=session.id == user.session_id,
    )
