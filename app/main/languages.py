"""The footer's choice of language, for those without an account."""

from flask import request
from flask.typing import ResponseReturnValue

from app.main import bp
from app.web.i18n import LANGUAGES, remember_language
from app.web.policy import Access, Cache, policy
from app.web.redirects import safe_redirect


@bp.get("/language/<any({}):language>".format(", ".join(LANGUAGES)))
@policy(Access.ANYBODY, cache=Cache.NEVER, uses_database=False)
def choose_language(language: str) -> ResponseReturnValue:
    response = safe_redirect(request.args.get("next"))
    remember_language(response, language)
    return response
