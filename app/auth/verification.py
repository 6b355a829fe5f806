"""Giving the password again before what is sensitive."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.auth import bp
from app.auth.forms import VerificationForm
from app.database import commit
from app.extensions import db
from app.services import sessions
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.redirects import safe_redirect
from app.web.refusals import check_password
from app.web.viewer import member, nothing_changed
from app.web.writing import before_writing_as_member


@bp.get("/verify")
@policy(Access.MEMBER, cache=Cache.NEVER)
def ask_password() -> ResponseReturnValue:
    return render_template("auth/verify.html", form=VerificationForm())


@bp.post("/verify")
@policy(Access.MEMBER, limits.VERIFY, cache=Cache.NEVER)
def verify() -> ResponseReturnValue:
    form = VerificationForm()
    if form.validate_on_submit():
        with before_writing_as_member():
            check_password(form.password, member())
    if form.errors:
        nothing_changed()
        return render_template("auth/verify.html", form=form), 422
    sessions.verify(member())
    commit(db)
    limits.forgive(limits.VERIFY)
    return safe_redirect(request.args.get("next"), "/settings")
