"""What stands beside a page: people to follow, and the hashtags of the day."""

from typing import NamedTuple

from app.services import rendering, suggestions, trends
from app.web.cards import TagCard
from app.web.people_cards import PersonCard, person_card
from app.web.viewer import viewer

PEOPLE = 3
PEOPLE_OF_EMPTY_HOME = 6
TAGS = 5


class SuggestionCard(NamedTuple):
    """Somebody to follow; and by how many of those whom the viewer follows they are followed."""

    person: PersonCard
    common_count: int


class Aside(NamedTuple):
    people: tuple[SuggestionCard, ...]
    tags: tuple[TagCard, ...]


def aside(people: int = PEOPLE, *, besides: int | None = None) -> Aside:
    """Return what stands beside a page; to somebody who is not signed in, nobody is suggested.

    :param besides: the id of somebody the page is about already
    """
    reader = viewer()
    if reader is None:
        return Aside((), tags_today(TAGS))
    # One more than is shown, so that it is the same whoever the page is about.
    found = suggestions.kept(reader, people + 1)
    cards = [
        SuggestionCard(person_card(row.person, reader), row.common_count)
        for row in found
        if row.person.id != besides
    ]
    return Aside(tuple(cards[:people]), tags_today(TAGS))


def tags_today(limit: int = trends.MAX) -> tuple[TagCard, ...]:
    """Return the hashtags of the day."""
    return tuple(
        TagCard(row.name, rendering.tag_path(row.name), row.posts_count)
        for row in trends.today()[:limit]
    )
