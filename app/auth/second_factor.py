"""The step between password and session."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.auth import bp
from app.auth.session_start import begin_session
from app.database import commit
from app.extensions import db
from app.models import User
from app.services import recovery_codes, two_factor
from app.services.errors import CodeWrong, LinkInvalid, NotFound
from app.services.two_factor import Factor, Passed
from app.web import limits, second_step
from app.web.forms import CodeForm, refuse
from app.web.policy import Access, Cache, policy
from app.web.redirects import with_next
from app.web.refusals import reason
from app.web.viewer import nothing_changed


def ask_for_code(user: User, *, remembered: bool) -> Response:
    """Send somebody who has given the password to the page that asks for the code."""
    secret = two_factor.ask(
        user,
        remembered=remembered,
        # The code may come from another address, and without the name.
        login_guesses=limits.SIGN_IN_BY_LOGIN.key(),
        address_guesses=limits.SIGN_IN_BY_ADDRESS.key(),
    )
    commit(db)
    second_step.begin(secret)
    return redirect(with_next("/auth/second-factor", request.args.get("next")), code=303)


@bp.get("/second-factor")
@policy(Access.GUEST, cache=Cache.NEVER)
def second_factor() -> ResponseReturnValue:
    try:
        two_factor.asked(second_step.secret())
    except LinkInvalid:
        return _start_again()
    return _page(CodeForm())


@bp.post("/second-factor")
@policy(Access.GUEST, limits.SECOND_FACTOR, cache=Cache.NEVER)
def check_code() -> ResponseReturnValue:
    form = CodeForm()
    is_filled = form.validate_on_submit()
    try:
        code = form.code.data if is_filled else ""
        return _let_in(two_factor.answer(second_step.secret(), code))
    except (LinkInvalid, NotFound):
        # NotFound: in this very moment the account or its password became another.
        return _start_again()
    except CodeWrong as error:
        if is_filled:
            refuse(form.code, reason(error))
        nothing_changed()
        return _page(form), 422


def _page(form: CodeForm) -> str:
    """Return the page that asks for a code of the app or, as the address says, a recovery code."""
    is_recovery = "recovery" in request.args
    form.code.label.text = _("Recovery code") if is_recovery else _("Code from your app")
    other = "/auth/second-factor" if is_recovery else "/auth/second-factor?recovery=1"
    wanted = request.args.get("next")
    return render_template(
        "auth/second_factor.html",
        form=form,
        is_recovery=is_recovery,
        other_path=with_next(other, wanted),
        sign_in_path=with_next("/auth/login", wanted),
    )


def _let_in(passed: Passed) -> Response:
    response = begin_session(passed.user, remembered=passed.kept["remembered"])
    limits.forgive(limits.SECOND_FACTOR, str(passed.user.id))
    limits.forgive(limits.SIGN_IN_BY_LOGIN, passed.kept["login_guesses"])
    limits.take_back(limits.SIGN_IN_BY_ADDRESS, passed.kept["address_guesses"])
    if passed.factor is Factor.RECOVERY_CODE:
        flash(_codes_left(passed.user), "info")
    return response


def _codes_left(user: User) -> Markup:
    left = recovery_codes.remaining(user)
    said = ngettext(
        "You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left
    )
    path = "/settings/two-factor/recovery-codes"
    link = Markup('<a class="alert-link" href="{}">{}</a>').format(path, _("Make new ones"))
    return Markup("{} {}").format(said, link)


def _start_again() -> Response:
    """Send somebody back to the password, and say why if they had given it."""
    if second_step.secret():
        flash(_("That took too long. Please sign in again."), "info")
    second_step.end()
    return redirect(with_next("/auth/login", request.args.get("next")), code=303)
