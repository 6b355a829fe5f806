"""What this browser sent when nobody was signed in, as far as its signed cookie knows."""

from flask import session

_DRAFTS = "drafts"
_LEFT = "left"
# Of more, the first stay drafts. A cookie is short.
_MOST = 5


def remember(draft_id: int) -> None:
    session[_DRAFTS] = [*(other for other in found() if other != draft_id), draft_id][-_MOST:]


def found() -> list[int]:
    """Return the ids of the drafts that wait for their author to sign in here, the first first."""
    return list(session.get(_DRAFTS, []))


def note_leaving() -> None:
    """Remember that somebody left this browser on purpose: who sits there now may be another."""
    session[_LEFT] = True


def was_left() -> bool:
    """Whether the last who was signed in here has left on purpose."""
    return _LEFT in session


def forget_the_rest() -> None:
    """Forget all that the cookie knows but what is remembered here."""
    kept = {name: session[name] for name in (_DRAFTS, _LEFT) if name in session}
    session.clear()
    session.update(kept)
