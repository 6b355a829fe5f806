"""The list of settings; on wide screens the first of them stands beside it."""

from flask.typing import ResponseReturnValue

from app.settings import bp
from app.settings.forms import ProfileForm
from app.settings.profile import page
from app.web.policy import Access, Cache, policy
from app.web.viewer import member


@bp.get("")
@policy(Access.MEMBER, cache=Cache.NEVER)
def index() -> ResponseReturnValue:
    return page(ProfileForm.of(member()), "settings/index.html")
