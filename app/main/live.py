"""What keeps open pages fresh: a small question that is asked again and again."""

import hashlib
import hmac
import json

from flask import Response, request

from app.extensions import settings
from app.main import bp
from app.services import live as service
from app.services.pagination import parse_cursor
from app.web.middleware import FACTS, IS_POLLED
from app.web.page_cache import is_known
from app.web.policy import Access, policy
from app.web.viewer import session_token


@bp.get("/live")
# Whether the session holds is asked in the one query of the answer: see `services.live`.
@policy(Access.ANYBODY)
def live() -> Response:
    """Say what there is for the reader; nothing to whoever is signed out, and the script stops."""
    request.environ[FACTS][IS_POLLED] = True
    conversation_id = parse_cursor(request.args.get("conversation")) or 0
    token = session_token()
    state = service.look(token, conversation_id) if token else None
    return _answer(state) if state else Response(status=204)


def _answer(state: service.LiveState) -> Response:
    # The viewer among them: what one is told is never what another one has.
    etag = "-".join(map(str, state._replace(newest_post_id=0))) + "-" + _mark(state)
    is_same = is_known(etag)
    response = Response(None if is_same else _body(state), 304 if is_same else 200)
    response.mimetype = "application/json"
    response.set_etag(etag, weak=True)
    return response


def _body(state: service.LiveState) -> str:
    """Return it as JSON. Ids are strings: they have more digits than a script's numbers keep."""
    return json.dumps(
        {
            "viewer": str(state.viewer_id),
            "notifications": state.unread_notifications,
            "messages": state.unread_messages,
            "post": _mark(state),
            "message": str(state.last_message_id),
        }
    )


def _mark(state: service.LiveState) -> str:
    """Return a word that changes with the newest post, and tells neither its id nor its moment."""
    key = settings.key_for("live")
    return hmac.digest(key, str(state.newest_post_id).encode(), hashlib.sha256).hex()[:12]
