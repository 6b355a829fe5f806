"""The card of a person that shows when one points at their name."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.main import bp
from app.services import profiles
from app.web.people_cards import profile_card
from app.web.policy import Access, policy
from app.web.viewer import viewer


@bp.get("/@<username>/card")
@policy(Access.ANYBODY, kept=True)
def card(username: str) -> ResponseReturnValue:
    reader = viewer()
    person = profile_card(profiles.profile(reader, username), reader)
    return render_template("main/_hovercard.html", person=person)
