"""Who is looking: the signed-in member of this request, if any."""

import ipaddress

from flask import g, request, session
from flask_login import current_user
from sqlalchemy import inspect

from app.database import abandon
from app.extensions import db, login
from app.models import User
from app.services import sessions
from app.services.errors import SignedOut

# Where Flask-Login keeps the token: the cookie is signed, so only signing in puts it there.
_SIGNED_IN = "_user_id"


def session_token() -> str:
    """Return the token of the session that this browser came with; "" for none.

    That somebody has signed in with it does not mean that it still holds.
    """
    return str(session.get(_SIGNED_IN, ""))


def viewer() -> User | None:
    """Return the member who is signed in, or None."""
    # Once through the proxy, which asks for the request each time.
    user = current_user._get_current_object()
    return user if user.is_authenticated else None


def member() -> User:
    """Return the member who is signed in, where the route's policy has made sure of one.

    :raises SignedOut: if the session has ended meanwhile
    """
    user = viewer()
    if user is None:
        raise SignedOut
    return user


def loaded_viewer_id() -> int | None:
    """Return the id of the member if this request has asked for one; loads nothing."""
    user = g.get("_login_user")
    # Not user.id: after a rollback that would ask the database again.
    return inspect(user).identity[0] if isinstance(user, User) else None


def forget_viewer() -> None:
    """Let the next question load the member again: a rollback has emptied what was loaded."""
    g.pop("_login_user", None)


def nothing_changed() -> None:
    """Take back what a form began that is refused: the page that says why must hold up nobody."""
    abandon(db)
    forget_viewer()


@login.user_loader
def load_user(token: str) -> User | None:
    """Return the user of a session token. One query, and seldom a note that it is in use."""
    found = sessions.load(token)
    if found is None:
        return None
    sessions.touch(found, client_address())
    return found.user


def client_address() -> str:
    """Return the address of the client, as far as it can be trusted (PROXY_HOPS); "" for none."""
    given = request.remote_addr or ""
    # Some proxies add the port.
    host, _, _ = given.rpartition(":") if given.count(":") == 1 else (given, "", "")
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return ""
