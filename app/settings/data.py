"""Taking one's data along, and leaving."""

from dataclasses import dataclass
from typing import Any

import structlog
from babel.units import format_unit
from flask import flash, make_response, redirect, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from app.database import commit
from app.extensions import db
from app.models import Export, ExportState
from app.permissions import can_leave
from app.services import deletions, export_files, exports
from app.services.errors import AlreadyQueued, NotFound
from app.settings import bp
from app.settings.forms import DeletionForm
from app.web import limits
from app.web.policy import Access, Cache, policy
from app.web.redirects import is_htmx
from app.web.refusals import check_password
from app.web.signing_out import forget_member
from app.web.templating import time_short
from app.web.viewer import member, nothing_changed
from app.web.writing import before_writing_as_member

log = structlog.get_logger("app")

HOME = "/settings/data"
UNITS = ("kilobyte", "megabyte", "gigabyte")


@dataclass(frozen=True, slots=True)
class ExportCard:
    """What the page shows of an export."""

    title: str
    state: str
    size: str
    until: str
    path: str


@bp.get("/data")
@policy(Access.MEMBER, cache=Cache.NEVER)
def show_data() -> ResponseReturnValue:
    return _page(DeletionForm())


@bp.get("/data/exports")
@policy(Access.MEMBER, cache=Cache.NEVER)
def show_progress() -> ResponseReturnValue:
    """Show how far an export is, and the whole list as soon as it is made."""
    if not is_htmx():
        return redirect(HOME, code=303)
    shown = _exports()
    if shown["progress"]:
        return render_template("settings/_progress.html", progress=shown["progress"])
    headers = {"HX-Retarget": "#exports", "HX-Reswap": "outerHTML"}
    return make_response(render_template("settings/_exports.html", **shown), headers)


@bp.post("/data/exports")
@policy(Access.MEMBER, limits.EXPORT, cache=Cache.NEVER, verified=True)
def request_export() -> ResponseReturnValue:
    try:
        exports.request(member())
    except AlreadyQueued:
        flash(_("Your export is being made already."), "info")
    commit(db)
    return redirect(HOME, code=303)


@bp.get("/data/exports/<id:export_id>")
@policy(Access.MEMBER, cache=Cache.NEVER)
def download_export(export_id: int) -> ResponseReturnValue:
    try:
        export = exports.ready(member(), export_id)
        path = export_files.path_of(export.file_name)
        response = send_file(
            path,
            mimetype="application/zip",
            as_attachment=True,
            download_name=f"microblog-{member().username}-{export.created_at:%Y-%m-%d}.zip",
            conditional=False,
            etag=False,
        )
    except NotFound:
        return render_template("settings/export_gone.html"), 404
    except FileNotFoundError:
        log.error("export without a file: do web and worker share INSTANCE_PATH?", path=str(path))
        return render_template("settings/export_gone.html"), 404
    response.headers["Cache-Control"] = Cache.NEVER.value
    return response


@bp.post("/data/exports/<id:export_id>/delete")
@policy(Access.MEMBER, limits.ACT, cache=Cache.NEVER)
def delete_export(export_id: int) -> ResponseReturnValue:
    files = exports.discard(member(), export_id)
    commit(db)
    export_files.remove(files)
    flash(_("The export is deleted."), "success")
    return redirect(HOME, code=303)


@bp.get("/data/deletion")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def deletion() -> ResponseReturnValue:
    """Lead on who opens the address of the form that was shown with its errors."""
    return redirect(HOME, code=301)


@bp.post("/data/deletion")
@policy(Access.MEMBER, limits.VERIFY, cache=Cache.NEVER)
def delete_account() -> ResponseReturnValue:
    form = DeletionForm()
    if not form.validate_on_submit() or not _may_leave(form):
        nothing_changed()
        return _page(form), 422
    at = deletions.schedule(member())
    commit(db)
    limits.forgive(limits.VERIFY)
    date = format_date(at, "long")
    return forget_member(
        _("Nobody can see your account any more. It will be erased on %(date)s.", date=date),
        _("Sign in before then to keep it."),
    )


def _may_leave(form: DeletionForm) -> bool:
    """Check the password and the role, or say what stands in the way."""
    if not can_leave(member()):
        form.form_errors.append(_owner_message())
        return False
    with before_writing_as_member():
        check_password(form.password, member())
    return not form.errors


def _owner_message() -> str:
    command = "flask users role NAME owner"
    return _("You own this site. Hand it over first: %(command)s", command=command)


def _page(form: DeletionForm) -> str:
    return render_template(
        "settings/data.html",
        form=form,
        owner_message="" if can_leave(member()) else _owner_message(),
        **_exports(),
    )


def _exports() -> dict[str, Any]:
    """Return the exports there are, and how far the next one is."""
    found = exports.listed(member())
    is_pending = any(export.state is ExportState.PENDING for export in found)
    return {
        "exports": [_card(export) for export in found if export.state is not ExportState.PENDING],
        "progress": _progress() if is_pending else None,
    }


def _progress() -> dict[str, Any]:
    percent, part = exports.progress(member())
    words = {"posts": _("Gathering posts"), "pages": _("Writing pages")}
    return {"percent": percent, "text": words.get(part, _("Waiting for its turn"))}


def _card(export: Export) -> ExportCard:
    return ExportCard(
        title=_("Export of %(date)s", date=time_short(export.created_at)),
        state=export.state.value,
        size=_readable(export.size),
        until=format_date(export.expires_at, "long"),
        path=f"{HOME}/exports/{export.id}",
    )


def _readable(size: int) -> str:
    """Return a size as people read it, such as "48 MB"; at least "1 kB"."""
    amount = max(size / 1000, 1)
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    rounded = round(amount, 1) if amount < 10 else round(amount)
    return format_unit(rounded, unit, length="short", locale=get_locale())
