"""The list of settings; on wide screens the first of them stands beside it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.models import User
from app.settings import bp
from app.settings.forms import ProfileForm
from app.web.policy import Access, Cache, policy
from app.web.viewer import member


@bp.get("")
@policy(Access.MEMBER, cache=Cache.NEVER)
def index() -> ResponseReturnValue:
    form = ProfileForm.of(member())
    return render_template("settings/index.html", form=form, max_bio=User.MAX_BIO)
