"""Blocking somebody, and ending it."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.main import bp
from app.services import blocks, profiles
from app.web import limits
from app.web.people_cards import profile_card
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, moved
from app.web.viewer import member


@bp.get("/@<username>/block")
@policy(Access.MEMBER, cache=Cache.NEVER)
def ask_to_block(username: str) -> ResponseReturnValue:
    row = profiles.not_oneself(member(), profiles.also_blocked(member(), username))
    if row.username != username:
        return moved(f"/@{row.username}/block")
    if row.is_blocked:
        return redirect(f"/@{row.username}", code=303)
    return render_template("main/block.html", person=profile_card(row, member()))


@bp.post("/@<username>/block")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def block(username: str) -> ResponseReturnValue:
    target = blocks.find(member(), username)
    blocks.block(member(), target)
    commit(db)
    flash(_("You have blocked @%(name)s.", name=target.username), "success")
    # There they can take it back.
    return redirect(f"/@{target.username}", code=303)


@bp.post("/@<username>/unblock")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unblock(username: str) -> ResponseReturnValue:
    target = blocks.find(member(), username)
    blocks.unblock(member(), target)
    commit(db)
    flash(_("You no longer block @%(name)s.", name=target.username), "success")
    return back("/settings/blocks")
