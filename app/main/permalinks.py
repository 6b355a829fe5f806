"""The one address of a post, and of the pages about it."""

from flask import request
from werkzeug.wrappers import Response

from app.services import users
from app.services.timelines import PostRow
from app.web.redirects import moved


def moved_from(username: str, row: PostRow) -> Response | None:
    """Redirect to the address of this page with the name of the author as it is written.

    :return: None if it was asked for so
    :raises NotFound: if the name is not the author's
    :raises Renamed: if it is a former one of somebody
    """
    if row.username == username:
        return None
    if row.username.lower() != username.lower():
        raise users.not_found(username)
    rest = request.path.removeprefix(f"/@{username}")
    return moved(f"/@{row.username}{rest}")
