"""What the history of a post shows of its versions."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from app.services.edits import Version, VersionRow
from app.services.pagination import Page
from app.services.timelines import PostRow
from app.web.cards import PageCard, VersionCard


def current_card(post: Version) -> VersionCard:
    """Return a post as its author is shown it beside what they typed."""
    alts = [picture.alt for picture in post.pictures]
    return _card(post, post.number, post.warning, alts, post.written_at)


def history_card(post: PostRow, page: Page[VersionRow], path: str) -> PageCard:
    """Return a page of versions; the first begins with the post as it stands."""
    versions = [_card(row, row.number, row.warning, row.alts, row.written_at) for row in page.items]
    if page.is_first:
        alts = [picture.alt for picture in post.pictures]
        written_at = post.edited_at or post.created_at
        versions.insert(0, _card(post, post.edits_count, post.spoiler_text, alts, written_at))
    return PageCard(versions, page.older, page.is_first, path)


def _card(
    source: Version | VersionRow | PostRow,
    number: int,
    warning: str,
    alts: Sequence[str],
    written_at: datetime,
) -> VersionCard:
    return VersionCard(
        number=number,
        # Rendered and sanitised once, when it was written: see services.rendering.
        html=Markup(source.html),  # noqa: S704
        warning=warning,
        language=source.language,
        alts=alts,
        written_at=written_at,
    )
