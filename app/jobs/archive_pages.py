"""Pages of an export that a browser opens offline: posts by month, and private conversations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any, TypeVar
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import settings
from app.models import User, Visibility
from app.services import personal_data, personal_messages, personal_posts
from app.services.batches import BATCH
from app.services.personal_messages import ConversationRecord, MemberRecord, MessageRecord
from app.services.personal_posts import PostRecord
from app.web import times
from app.web.i18n import LANGUAGES, time_zones

Page = TypeVar("Page")
Batches = Iterable[Sequence[PostRecord]]


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom moments and words are written."""

    locale: str
    zone: str

    @classmethod
    def of(cls, user: User) -> "Reader":
        locale, zone = user.credential.locale, user.credential.time_zone
        return cls(
            locale if locale in LANGUAGES else settings.DEFAULT_LOCALE,
            zone if zone in time_zones() else settings.DEFAULT_TIME_ZONE,
        )

    def month_of(self, post: PostRecord) -> tuple[int, int]:
        local = post.created_at.astimezone(ZoneInfo(self.zone))
        return local.year, local.month


@dataclass(frozen=True, slots=True)
class PostsPage:
    """A page with posts of one month; a month of many posts has several."""

    name: str
    title: str
    number: int
    posts: Sequence[PostRecord]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the list of contents."""

    name: str
    title: str
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """A page with messages of one conversation, the newest first; a long one has several."""

    name: str
    title: str
    number: int
    messages: Sequence[MessageRecord]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in the list of contents, by its first page."""

    name: str
    title: str
    count: int


def write_posts(archive: ZipFile, user: User, batches: Batches, reader: Reader) -> Iterator[Entry]:
    """Write the pages with posts, each with links to its neighbours; yield their entries."""
    newer = None
    for page, older in _with_next(_pages(chain.from_iterable(batches), reader)):
        html = render("posts.html", reader, user=user, page=page, newer=newer, older=older)
        archive.writestr(page.name, html)
        yield Entry(page.name, page.title, page.number, len(page.posts))
        newer = page


def _pages(posts: Iterable[PostRecord], reader: Reader) -> Iterator[PostsPage]:
    for (year, month), written in groupby(posts, key=reader.month_of):
        number = 1
        while some := list(islice(written, BATCH)):
            suffix = "" if number == 1 else f"-{number}"
            title = times.month(some[0].created_at, reader.locale, reader.zone)
            yield PostsPage(f"posts/{year}-{month:02}{suffix}.html", title, number, some)
            number += 1


def write_conversations(
    archive: ZipFile, user: User, before: int, reader: Reader
) -> Iterator[Talk]:
    """Write the pages with messages, each with links to its neighbours; yield their entries."""
    for conversation in chain.from_iterable(personal_messages.conversations(user, before)):
        count, newer = 0, None
        for page, older in _with_next(_messages(user, conversation, before)):
            html = render("messages.html", reader, page=page, newer=newer, older=older)
            archive.writestr(page.name, html)
            count += len(page.messages)
            newer = page
        if count:
            yield Talk(_page_name(conversation, 1), _title(conversation), count)


def _messages(user: User, conversation: ConversationRecord, before: int) -> Iterator[MessagesPage]:
    found = personal_messages.messages(user, conversation, before)
    for number, some in enumerate(found, 1):
        yield MessagesPage(_page_name(conversation, number), _title(conversation), number, some)


def _title(conversation: ConversationRecord) -> str:
    return ", ".join(map(_name_of, conversation.members)) or _("Nobody else")


def _name_of(member: MemberRecord) -> str:
    return _("Deleted account") if member.is_erased else member.display_name or member.username


def _page_name(conversation: ConversationRecord, number: int) -> str:
    suffix = "" if number == 1 else f"-{number}"
    return f"messages/{conversation.id}{suffix}.html"


def _with_next(pages: Iterator[Page]) -> Iterator[tuple[Page, Page | None]]:
    page = next(pages, None)
    while page is not None:
        following = next(pages, None)
        yield page, following
        page = following


def render(name: str, reader: Reader, **values: Any) -> str:
    # Without what pages of the site get by themselves: that is about who is looking.
    template = current_app.jinja_env.get_template(f"exports/{name}")
    return template.render(
        site_name=settings.SITE_NAME,
        site_url=settings.base_url,
        locale=reader.locale,
        full=lambda moment: times.full(moment, reader.locale, reader.zone),
        month=lambda moment: times.month(moment, reader.locale, reader.zone),
        markup=_markup,
        file_of=personal_posts.file_of,
        name_of=_name_of,
        public=Visibility.PUBLIC,
        **values,
    )


def _markup(html: str) -> Markup:
    # Rendered and sanitised once, when it was written: see services.rendering.
    return Markup(personal_data.with_whole_links(html))  # noqa: S704
