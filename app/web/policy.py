"""What each route declares: who may call it, how often, and who may keep its answer.

A route without a policy does not get far: the application refuses to start. What is declared here
is enforced here, before the view runs; CSRF protection is for every unsafe method, with no
exceptions to declare.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.services import sessions
from app.web import limits
from app.web.limits import Limit
from app.web.redirects import safe_redirect, sign_in_first, verify_first
from app.web.viewer import viewer
from app.web.writing import begin_as_member

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


class Access(Enum):
    ANYBODY = "anybody"
    # Only for those not signed in: members are sent home.
    GUEST = "guest"
    MEMBER = "member"


class Cache(Enum):
    """Who may keep an answer, as a Cache-Control header."""

    # The browser may keep the page for its back button, but asks before showing it anew.
    PRIVATE = "private, no-cache"
    # Forms with passwords and settings: nothing is kept.
    NEVER = "no-store"
    # The address changes when the content does.
    FOREVER = "public, max-age=31536000, immutable"
    DAY = "public, max-age=86400"


@dataclass(frozen=True)
class Policy:
    access: Access
    cache: Cache
    limits: tuple[Limit, ...]
    uses_database: bool
    # Only for those who gave their password lately; others are asked for it first.
    verified: bool


def policy(
    access: Access,
    *limits: Limit,
    cache: Cache = Cache.PRIVATE,
    uses_database: bool = True,
    verified: bool = False,
) -> Callable[[View], View]:
    """Declare the policy of a view. The limits count unsafe requests only."""

    def declare(view: View) -> View:
        view.policy = Policy(access, cache, limits, uses_database, verified)  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy:
    """Return what a route declares.

    :raises LookupError: if it declares nothing
    """
    found = getattr(app.view_functions[endpoint], "policy", None)
    if not isinstance(found, Policy):
        raise LookupError(f"the route {endpoint} declares no policy")
    return found


def init_app(app: Flask) -> None:
    app.before_request(_enforce)
    app.after_request(_set_cache_headers)
    for rule in app.url_map.iter_rules():
        policy_of(app, rule.endpoint)


def _enforce() -> ResponseReturnValue | None:
    declared = _declared()
    if declared is None or not declared.uses_database:
        return None
    begin_reading(db)
    refusal = _check_access(declared)
    if refusal is not None or request.method in SAFE_METHODS:
        return refusal
    # Counted before the transaction begins: SQLite has one writer, and it must not be waiting here.
    db.session.commit()
    for limit in declared.limits:
        limits.hit(limit)
    if declared.access is Access.MEMBER:
        begin_as_member()
    else:
        begin_writing(db)
    return None


def _check_access(declared: Policy) -> Response | None:
    if declared.access is Access.ANYBODY:
        return None
    user = viewer()
    if declared.access is Access.GUEST:
        return None if user is None else safe_redirect(request.args.get("next"))
    if user is None:
        return sign_in_first()
    return verify_first() if declared.verified and not sessions.is_verified(user) else None


def _set_cache_headers(response: Response) -> Response:
    declared = _declared()
    if response.status_code >= 400 or declared is None:
        response.headers["Cache-Control"] = Cache.NEVER.value
    else:
        response.headers.setdefault("Cache-Control", declared.cache.value)
    if declared is not None and declared.cache in {Cache.PRIVATE, Cache.NEVER}:
        response.vary.update(("Cookie", "Accept-Language"))
    return response


def _declared() -> Policy | None:
    return policy_of(current_app, request.endpoint) if request.endpoint else None
