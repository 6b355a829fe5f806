"""What the page of notifications shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.models import NotificationKind, User
from app.services.notification_rows import NotificationRow
from app.services.pagination import Page
from app.services.users import PersonRow
from app.web.notification_words import path, sentence
from app.web.people_cards import PersonCard, person_card

PERSON = Markup('<a href="{}"><bdi>{}</bdi></a>')


@dataclass(frozen=True, slots=True)
class NotificationCard:
    """What is shown as one.

    :ivar people: the newest of those who did it, for their pictures
    :ivar path: of what it is about
    :ivar has_others: whether not all who did it are named
    :ivar newcomer: the one person who follows, if the viewer may want to follow them back
    """

    id: int
    kind: NotificationKind
    is_unread: bool
    people: Sequence[PersonCard]
    sentence: Markup
    excerpt: str
    language: str | None
    path: str
    has_others: bool
    at: datetime
    newcomer: PersonCard | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of them, with the addresses of the next older one and of the newest."""

    items: Sequence[NotificationCard]
    older: int | None
    is_first: bool
    newest_url: str

    @property
    def older_url(self) -> str:
        return f"{self.newest_url}?before={self.older}"


def notice_page(page: Page[NotificationRow], actor: User, newest_url: str) -> NoticePage:
    cards = [notice_card(row, actor) for row in page.items]
    return NoticePage(cards, page.older, page.is_first, newest_url)


def notice_card(row: NotificationRow, actor: User) -> NotificationCard:
    people = [person_card(person, actor) for person in row.people]
    is_follow = row.kind is NotificationKind.FOLLOW
    return NotificationCard(
        id=row.id,
        kind=row.kind,
        # Whether messages are read, their own badge says; here they are not counted.
        is_unread=row.is_unread and row.kind is not NotificationKind.MESSAGE,
        people=people,
        sentence=sentence(row, _link),
        excerpt=row.excerpt,
        language=row.language,
        path=path(row, actor),
        has_others=row.people_count > 2,
        at=row.at,
        newcomer=people[0] if is_follow and row.people_count == 1 else None,
    )


def _link(person: PersonRow) -> Markup:
    return PERSON.format(f"/@{person.username}", person.display_name or person.username)
