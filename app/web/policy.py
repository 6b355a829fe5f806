"""What each route declares: who may call it, how often, and who may keep its answer.

A route without a policy does not get far: the application refuses to start. What is declared here
is enforced here, before the view runs; CSRF protection is for every unsafe method, with no
exceptions to declare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.services import sessions
from app.web import limits, page_cache
from app.web.limits import Limit
from app.web.middleware import FRAMED, SHOWN_ANYWHERE
from app.web.redirects import safe_redirect, sign_in_first, verify_first
from app.web.viewer import viewer
from app.web.writing import begin_as_member

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A page, or its word that there is nothing. Other errors look like the site, and are not framed.
FRAMED_STATUSES = {200, 404}
View = TypeVar("View", bound=Callable[..., Any])
Recovery = Callable[[], ResponseReturnValue | None]


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
    # What other sites ask for, the same for everybody.
    MINUTES = "public, max-age=300"


# What depends on who asks.
VARYING = {Cache.PRIVATE, Cache.NEVER}


@dataclass(frozen=True)
class Policy:
    access: Access
    cache: Cache
    limits: tuple[Limit, ...]
    uses_database: bool
    # What anybody gets who is not signed in is the same for all of them, and kept for a while.
    kept: bool
    # Only for those who gave their password lately; others are asked for it first.
    verified: bool
    # Other sites may show the page in a frame, ...
    framed: bool
    # ... or read the answer by a script of theirs. Either is the same whoever asks.
    shared: bool
    # The fields of its form that hold files, and how many of them there is room for in each.
    uploads: Mapping[str, int]
    # What becomes of a form that comes when its session or its token is over.
    recover: Recovery | None


def policy(  # noqa: PLR0913 - all of them by name
    access: Access,
    *limits: Limit,
    cache: Cache = Cache.PRIVATE,
    uses_database: bool = True,
    kept: bool = False,
    verified: bool = False,
    framed: bool = False,
    shared: bool = False,
    uploads: Mapping[str, int] | None = None,
    recover: Recovery | None = None,
) -> Callable[[View], View]:
    """Declare the policy of a view. The limits count unsafe requests only.

    :param kept: see `page_cache`. Such a view reads of the request its address, language and theme,
        who is signed in, and whether htmx asks; nothing else
    :param uploads: fields for files, which are refused elsewhere, and how many each has room for
    :param recover: is called in place of the view for a form whose token is not right or whose
        author is signed out, so that what was typed is not lost. It must change nothing that only
        a member may; None from it refuses the form as usual.
    """

    def declare(view: View) -> View:
        declared = Policy(
            access=access,
            cache=cache,
            limits=limits,
            uses_database=uses_database,
            kept=kept,
            verified=verified,
            framed=framed,
            shared=shared,
            uploads=uploads or {},
            recover=recover,
        )
        view.policy = declared  # type: ignore[attr-defined]
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


def uploads() -> Mapping[str, int]:
    """Return which files the form of this request may bring along: how many, by their fields."""
    declared = _declared()
    return declared.uploads if declared else {}


def init_app(app: Flask) -> None:
    app.before_request(_enforce)
    # The last that is registered is the first that is called.
    app.after_request(_open_to_other_sites)
    app.after_request(_set_cache_headers)
    app.after_request(_keep)
    for rule in app.url_map.iter_rules():
        policy_of(app, rule.endpoint)


def _enforce() -> ResponseReturnValue | None:
    declared = _declared()
    if declared is None or not declared.uses_database:
        return None
    begin_reading(db)
    answer = _kept(declared) or _check_access(declared)
    if answer is not None or request.method in SAFE_METHODS:
        return answer
    # Counted before the transaction begins: SQLite has one writer, and it must not be waiting here.
    db.session.commit()
    for limit in declared.limits:
        limits.hit(limit)
    if declared.access is Access.MEMBER:
        begin_as_member()
    else:
        begin_writing(db)
    return None


def recovered() -> ResponseReturnValue | None:
    """Return what the route says to a form whose session or token is over; None for nothing."""
    declared = _declared()
    if declared is None or declared.recover is None or request.method in SAFE_METHODS:
        return None
    # Also where a transaction had begun: whoever is asked about now must hold up nobody.
    begin_reading(db)
    return declared.recover()


def _kept(declared: Policy) -> Response | None:
    if not declared.kept or request.method not in page_cache.METHODS:
        return None
    return page_cache.kept_answer(varies=declared.cache in VARYING)


def _keep(response: Response) -> Response:
    declared = _declared()
    if declared is None or not declared.kept or request.method not in page_cache.METHODS:
        return response
    return page_cache.keep(response, varies=declared.cache in VARYING)


def _check_access(declared: Policy) -> ResponseReturnValue | None:
    if declared.access is Access.ANYBODY:
        return None
    user = viewer()
    if declared.access is Access.GUEST:
        return None if user is None else safe_redirect(request.args.get("next"))
    if user is None:
        return recovered() or sign_in_first()
    return verify_first() if declared.verified and not sessions.is_verified(user) else None


def _set_cache_headers(response: Response) -> Response:
    declared = _declared()
    if response.status_code >= 400 or declared is None:
        response.headers["Cache-Control"] = Cache.NEVER.value
    else:
        response.headers.setdefault("Cache-Control", declared.cache.value)
    if declared is not None and declared.cache in VARYING:
        response.vary.update(("Cookie", "Accept-Language"))
        # A browser that has the whole page must not take a part of it for all.
        if declared.kept:
            response.vary.add("HX-Request")
    return response


def _open_to_other_sites(response: Response) -> Response:
    """Let other sites have what is the same for everybody, as far as the route declares it."""
    if response.headers["Cache-Control"].startswith("public"):
        response.headers.setdefault(*SHOWN_ANYWHERE)
    declared = _declared()
    if declared is not None and declared.framed and response.status_code in FRAMED_STATUSES:
        request.environ[FRAMED] = True
    if declared is not None and declared.shared:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _declared() -> Policy | None:
    return policy_of(current_app, request.endpoint) if request.endpoint else None
