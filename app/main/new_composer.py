"""The composer on top of home, which begins the same for everybody but for three values.

Making its form and rendering it takes longer than reading the posts below, so its HTML is kept for
each language, with marks where those values stand.
"""

from collections.abc import Mapping

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.extensions import settings
from app.main import composing
from app.services import avatars, form_keys
from app.web.people_cards import viewer_card
from app.web.viewer import member

_NAME = "new_composer"
TOKEN, KEY, PORTRAIT = "\0token\0", "\0key\0", "\0portrait\0"


def new_composer(*, is_first_post: bool) -> Markup:
    """Return the composer for a new post.

    :param is_first_post: whether to encourage somebody who has not begun yet
    """
    user = member()
    own = {
        TOKEN: generate_csrf(),
        KEY: form_keys.make(user.id),
        PORTRAIT: avatars.path(user.id, user.avatar_key),
    }
    # Languages times two: it need not be bounded.
    kept: dict[tuple[str, bool], str] = current_app.extensions.setdefault(_NAME, {})
    name = (str(get_locale()), is_first_post)
    if name not in kept:
        # Whole, before others see it.
        kept[name] = _with_marks(own, is_first_post=is_first_post)
    html = kept[name]
    for mark, value in own.items():
        html = html.replace(mark, value)
    # What is put in is made here of letters, digits and the like.
    return Markup(html)  # noqa: S704


def _with_marks(own: Mapping[str, str], *, is_first_post: bool) -> str:
    form = composing.new_form()
    form.key.data = own[KEY]
    macros = current_app.jinja_env.get_template("macros/composer.html").module
    placeholder = _("Say hello. One sentence is enough.") if is_first_post else None
    composer = macros.composer  # type: ignore[attr-defined]
    html = str(composer(form, viewer_card(), settings.MAX_POST_LENGTH, placeholder))
    for mark, value in own.items():
        if html.count(value) != 1:
            raise RuntimeError("the composer shows a value of its reader more than once, or never")
        html = html.replace(value, mark)
    return html
