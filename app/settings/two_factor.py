"""Two-factor sign-in: turning it on and off, and recovery codes."""

from flask import Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db, settings
from app.services import recovery_codes, two_factor
from app.services.errors import CodeWrong, NotFound
from app.settings import bp
from app.web import limits
from app.web.forms import CodeForm, refuse
from app.web.policy import Access, Cache, policy
from app.web.refusals import reason
from app.web.viewer import member, nothing_changed

PAGE = "/settings/two-factor"


@bp.get("/two-factor")
@policy(Access.MEMBER, cache=Cache.NEVER, verified=True)
def two_factor_state() -> ResponseReturnValue:
    if not two_factor.is_on(member()):
        return _set_up_page(CodeForm())
    return render_template(
        "settings/two_factor.html",
        enabled_at=member().credential.totp_enabled_at,
        codes_left=recovery_codes.remaining(member()),
    )


@bp.get("/two-factor/qr.svg")
@policy(Access.MEMBER, cache=Cache.NEVER, verified=True)
def qr_code() -> ResponseReturnValue:
    if two_factor.is_on(member()):
        # It is shown to be scanned, and then never again.
        raise NotFound
    return Response(two_factor.qr_code(member()), mimetype="image/svg+xml")


@bp.post("/two-factor")
@policy(Access.MEMBER, limits.SAVE, cache=Cache.NEVER, verified=True)
def turn_on_two_factor() -> ResponseReturnValue:
    if two_factor.is_on(member()):
        # Sent twice, or again by a reload. The codes were shown.
        return redirect(PAGE, code=303)
    form = CodeForm()
    codes = _enable(form) if form.validate_on_submit() else None
    if codes is None:
        nothing_changed()
        # Sent twice at once, the other was quicker.
        return redirect(PAGE, code=303) if two_factor.is_on(member()) else (_set_up_page(form), 422)
    commit(db)
    flash(_("Two-factor sign-in is on. All your other sessions have ended."), "success")
    return _codes_page(codes)


@bp.get("/two-factor/recovery-codes")
@policy(Access.MEMBER, cache=Cache.NEVER, verified=True)
def ask_for_new_recovery_codes() -> ResponseReturnValue:
    if not two_factor.is_on(member()):
        return redirect(PAGE, code=303)
    return _new_codes_page(CodeForm())


@bp.post("/two-factor/recovery-codes")
@policy(Access.MEMBER, limits.SECOND_FACTOR, cache=Cache.NEVER, verified=True)
def make_new_recovery_codes() -> ResponseReturnValue:
    if not two_factor.is_on(member()):
        return redirect(PAGE, code=303)
    form = CodeForm()
    codes = _renew_codes(form) if form.validate_on_submit() else None
    if codes is None:
        nothing_changed()
        return _new_codes_page(form), 422
    commit(db)
    limits.forgive(limits.SECOND_FACTOR)
    return _codes_page(codes)


@bp.get("/two-factor/off")
@policy(Access.MEMBER, cache=Cache.NEVER, verified=True)
def ask_to_turn_off_two_factor() -> ResponseReturnValue:
    if not two_factor.is_on(member()):
        return redirect(PAGE, code=303)
    return _turn_off_page(CodeForm())


@bp.post("/two-factor/off")
@policy(Access.MEMBER, limits.SECOND_FACTOR, cache=Cache.NEVER, verified=True)
def turn_off_two_factor() -> ResponseReturnValue:
    if not two_factor.is_on(member()):
        return redirect(PAGE, code=303)
    form = CodeForm()
    if not form.validate_on_submit() or not _disable(form):
        nothing_changed()
        return _turn_off_page(form), 422
    commit(db)
    limits.forgive(limits.SECOND_FACTOR)
    flash(_("Two-factor sign-in is off."), "success")
    return redirect(PAGE, code=303)


def _enable(form: CodeForm) -> list[str] | None:
    """Turn it on and return the recovery codes, or say beside the field why not."""
    try:
        return two_factor.enable(member(), form.code.data)
    except CodeWrong:
        refuse(form.code, _("This is not the code that the app shows now. Try the next one."))
        return None


def _disable(form: CodeForm) -> bool:
    """Turn it off, or say beside the field why not."""
    try:
        two_factor.disable(member(), form.code.data)
    except CodeWrong as error:
        refuse(form.code, reason(error))
    return not form.errors


def _renew_codes(form: CodeForm) -> list[str] | None:
    """Make new recovery codes and return them, or say beside the field why not."""
    try:
        return two_factor.new_recovery_codes(member(), form.code.data)
    except CodeWrong as error:
        refuse(form.code, reason(error))
        return None


def _set_up_page(form: CodeForm) -> str:
    form.code.label.text = _("Six-digit code")
    key = two_factor.key(member())
    groups = [key[place : place + 4] for place in range(0, len(key), 4)]
    return render_template("settings/two_factor_setup.html", form=form, groups=groups)


def _turn_off_page(form: CodeForm) -> str:
    form.code.label.text = _("Code from your app, or a recovery code")
    return render_template("settings/two_factor_off.html", form=form)


def _new_codes_page(form: CodeForm) -> str:
    form.code.label.text = _("Code from your app, or a recovery code")
    return render_template("settings/new_recovery_codes.html", form=form)


def _codes_page(codes: list[str]) -> str:
    """Return the only page that ever shows these codes: nothing keeps them."""
    title = _(
        "Recovery codes for @%(name)s at %(site)s. Each works once.",
        name=member().username,
        site=settings.SITE_NAME,
    )
    text = "\r\n".join((title, "", *codes, ""))
    return render_template("settings/recovery_codes.html", codes=codes, text=text)
