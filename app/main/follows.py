"""Following and unfollowing."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.database import commit
from app.extensions import db
from app.main import bp
from app.services import follows, profiles, users
from app.web import limits
from app.web.people_cards import profile_card
from app.web.policy import Access, Cache, policy
from app.web.redirects import back, is_htmx
from app.web.viewer import member


@bp.post("/@<username>/follow")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def follow(username: str) -> ResponseReturnValue:
    target = users.find(username, member())
    follows.follow(member(), target)
    commit(db)
    return _button(target.username)


@bp.post("/@<username>/unfollow")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def unfollow(username: str) -> ResponseReturnValue:
    target = users.find(username, member())
    follows.unfollow(member(), target)
    commit(db)
    return _button(target.username)


def _button(username: str) -> ResponseReturnValue:
    """Return the other button and the new counts for htmx, else the page it was on."""
    if not is_htmx():
        return back(f"/@{username}")
    person = profile_card(profiles.profile(member(), username), member())
    return render_template("main/_follow_button.html", person=person)
