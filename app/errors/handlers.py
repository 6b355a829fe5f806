"""From what went wrong to an answer."""

import re

import structlog
from flask import Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import (
    HTTPException,
    RequestEntityTooLarge,
    SecurityError,
    TooManyRequests,
)

from app.database import is_unavailable
from app.errors import bp
from app.errors.pages import STATIC, error_page, static_page
from app.errors.texts import (
    CSRF_TEXT,
    GUEST_UPLOAD_TEXT,
    HOST_TEXT,
    MEMBERS_404_TEXT,
    NOT_CONFIRMED_TEXT,
    OWNER_TEXT,
    ErrorText,
    limit_text,
    size_text,
    text_of,
    upload_text,
)
from app.extensions import db, settings
from app.services.errors import (
    DomainError,
    ImageBusy,
    ImageInvalid,
    NotAllowed,
    NotConfirmed,
    NotFound,
    OwnerMustStay,
    QuotaExceeded,
    Renamed,
    SignedOut,
    StorageUnavailable,
)
from app.web.i18n import locale_of_browser, theme_of_browser
from app.web.middleware import REQUEST_ID
from app.web.policy import SAFE_METHODS, recovered, uploads
from app.web.redirects import here, sign_in_first
from app.web.viewer import forget_viewer, session_token

log = structlog.get_logger("app")

# What is none of these, and of no kind of them, is 400.
STATUS_OF: dict[type[DomainError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    ImageInvalid: 422,
    QuotaExceeded: 422,
    ImageBusy: 503,
    StorageUnavailable: 503,
}
TEXT_OF: dict[type[DomainError], ErrorText] = {
    NotConfirmed: NOT_CONFIRMED_TEXT,
    OwnerMustStay: OWNER_TEXT,
}
JSON_TYPES = ("application/json", "application/problem+json")
RETRY_AFTER = "5"


@bp.app_errorhandler(HTTPException)
def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    response = _answer(error.code, _text(error))
    # Allow, Retry-After and their like; the body is ours.
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


@bp.app_errorhandler(CSRFError)
def csrf_error(error: CSRFError) -> ResponseReturnValue:
    return _recovered() or http_error(error)


@bp.app_errorhandler(Renamed)
def renamed(error: Renamed) -> ResponseReturnValue:
    """Lead on from a former user name, as long as it is one; forms are sent again by themselves."""
    db.session.rollback()
    path = re.sub(r"^/@[^/?]*", f"/@{error.username}", here())
    return redirect(path, 302 if request.method in SAFE_METHODS else 307)


@bp.app_errorhandler(SignedOut)
def signed_out(_error: SignedOut) -> ResponseReturnValue:
    db.session.rollback()
    forget_viewer()
    return _recovered() or sign_in_first()


@bp.app_errorhandler(DomainError)
def domain_error(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    status = next((STATUS_OF[kind] for kind in STATUS_OF if isinstance(error, kind)), 400)
    return _answer(status, TEXT_OF.get(type(error)))


@bp.app_errorhandler(SQLAlchemyError)
def database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    db.session.rollback()
    if not is_unavailable(error):
        return unexpected_error(error)
    log.error("database unavailable", reason=str(getattr(error, "orig", error)).strip())
    response = _answer(503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


@bp.app_errorhandler(Exception)
def unexpected_error(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.error("unexpected error", exc_info=error)
    return _answer(500)


def _recovered() -> ResponseReturnValue | None:
    """Let the route save what was typed; what goes wrong with that is answered as anywhere."""
    try:
        return recovered()
    except HTTPException as error:
        return http_error(error)
    except SQLAlchemyError as error:
        return database_error(error)


def _answer(status: int, text: ErrorText | None = None) -> Response:
    request_id = request.environ.get(REQUEST_ID, "")
    locale = locale_of_browser()
    if _wants_json():
        with force_locale(locale):
            return _json(status, text or _usual_text(status), request_id)
    if status in STATIC:
        page = static_page(status, locale, theme_of_browser(), request_id)
    else:
        words = text or _usual_text(status)
        page = error_page(status, words, locale, theme_of_browser(), request_id)
    return Response(page, status, mimetype="text/html")


def _usual_text(status: int) -> ErrorText:
    # By the cookie alone: whether it still holds, only the database knows.
    return MEMBERS_404_TEXT if status == 404 and session_token() else text_of(status)


def _json(status: int, text: ErrorText, request_id: str) -> Response:
    """Return a problem as RFC 9457 writes it."""
    response = jsonify(
        type="about:blank",
        status=status,
        title=str(text.title),
        detail=str(text.text),
        request_id=request_id,
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _text(error: HTTPException) -> ErrorText | None:
    """Return words of its own for an error that the status alone does not explain."""
    if isinstance(error, SecurityError):
        return HOST_TEXT
    if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
        return limit_text(error.retry_after)
    if isinstance(error, RequestEntityTooLarge):
        return _too_large()
    if isinstance(error, CSRFError) or error.description == "origin":
        return CSRF_TEXT
    return None


def _too_large() -> ErrorText:
    """Say what the limit is, which is another one where pictures are taken."""
    usual = current_app.config["MAX_CONTENT_LENGTH"]
    if not uploads() or request.mimetype != "multipart/form-data":
        return size_text(usual)
    room = request.max_content_length or usual
    return upload_text(settings.MAX_PICTURE_MB, room, usual) if room > usual else GUEST_UPLOAD_TEXT


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", *JSON_TYPES], default="text/html")
    return best in JSON_TYPES and accepted[best] > accepted["text/html"]
