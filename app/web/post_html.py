"""The HTML of posts as lists and conversations show them, kept.

To render a post takes a hundred times longer than to look it up, and most readers are shown the
same. Kept is what was made of a row, of what the reader may do with the post, and of their language
and time zone; whatever changes, counts and edits too, makes another row. Nothing kept goes stale.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from flask import Flask, current_app
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from app.models import User
from app.services.pagination import Page
from app.services.timelines import PostRow
from app.web.cards import FeedPost, PageCard
from app.web.post_cards import Rights, card_with, rights_over
from app.web.viewer import viewer

# Of about 8 kB each, as bytes: text with a single emoji takes four for each letter.
KEPT = 2_000
_NAME = "post_html"

# Row, rights, language, time zone, threaded, context.
Render = Callable[[PostRow, Rights, str, str, bool, bool], bytes]


def init_app(app: Flask) -> None:
    # Of each application its own: what settings switch on is part of the HTML.
    app.extensions[_NAME] = lru_cache(KEPT)(_render)


def post_html(
    row: PostRow, actor: User | None, *, threaded: bool = False, context: bool = True
) -> Markup:
    """Return a post as `post_card` of macros/post.html writes it."""
    return next(_posts_html([row], actor, threaded=threaded, context=context))


def _posts_html(
    rows: Iterable[PostRow],
    actor: User | None,
    *,
    threaded: bool = False,
    context: bool = True,
    is_kept: bool = True,
) -> Iterator[Markup]:
    render: Render = current_app.extensions[_NAME] if is_kept else _render
    locale, zone = str(get_locale()), str(get_timezone())
    for row in rows:
        html = render(row, rights_over(row, actor), locale, zone, threaded, context)
        yield Markup(html.decode())  # noqa: S704 - that of a template


def post_page(page: Page[PostRow], path: str, *, is_kept: bool = True) -> PageCard:
    """Return a page of posts for the viewer; `path` is that of the first page of the list.

    :param is_kept: False if hardly anybody else is shown the same, as where hits are marked
    """
    actor = viewer()
    htmls = _posts_html(page.items, actor, is_kept=is_kept)
    items = [FeedPost(row.key, row.id, html) for row, html in zip(page.items, htmls, strict=True)]
    return PageCard(items, page.older, page.is_first, path)


def _render(
    row: PostRow,
    rights: Rights,
    _locale: str,
    _zone: str,
    threaded: bool,
    context: bool,
) -> bytes:
    macros = current_app.jinja_env.get_template("macros/post.html").module
    card = card_with(row, rights)
    # The macros ask of the viewer only whether there is one.
    html: Markup = macros.post_card(card, rights.is_member, threaded, context)  # type: ignore[attr-defined]
    return html.encode()
