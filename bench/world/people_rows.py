"""What the database is given about people: accounts, whom and which hashtags they follow."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.services import names, search_words
from bench.world.people import FOLLOWING, NAMED, Follows, People
from bench.world.plan import YEAR
from bench.world.texts import TAG_TEXTS, tag_name
from bench.world.words import LAST_NAMES

Row = tuple[Any, ...]
# Puts words for the search down as the database at hand keeps them.
WriteWords = Callable[[Iterable[str]], str]

PASSWORD = "correct horse battery staple"
COLUMNS = {
    "users": "id username domain display_name bio bio_html role posts_count following_count"
    " followers_count suspended_at created_at uri",
    "credentials": "user_id email email_key email_claimed email_confirmed_at password_hash"
    " unwanted_mails",
    "usernames": "name_hash user_id created_at",
    "followers": "id follower_id followed_id state created_at",
    "tags": "id name created_at",
    "tag_follows": "user_id tag_id created_at",
    "user_words": "user_id words",
    "tag_words": "tag_id words",
}
# So long before the year began did people join.
BEFORE = 40 * 24 * 60 * 60 * 1000
# How many hashtags the named members follow; of the others, one in ten follows as many.
FOLLOWED_TAGS = 3
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as SQLite keeps it, and PostgreSQL in UTC reads it


def stamp(milliseconds: int) -> str:
    """Return a moment as both databases take it."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(" ", "microseconds")


class PeopleRows:
    """Rows of everybody, table by table."""

    def __init__(self, people: People, until: int, base_url: str, seed: int) -> None:
        """Begin.

        :param until: the end of the year that it all happened in, in Unix milliseconds
        """
        self.people = people
        self.until = until
        self.base_url = base_url
        self.seed = seed
        start = until - YEAR - BEFORE
        self.moments = [start + BEFORE * n // people.number for n in range(people.number)]
        self.ids = [moment << 16 | n % 65536 for n, moment in enumerate(self.moments)]
        self.tag_ids = [start << 16 | n for n in range(len(TAG_TEXTS))]

    def users(self, posts_counts: Sequence[int], follows: Follows) -> Iterator[Row]:
        for n, id_ in enumerate(self.ids):
            username = self.people.username(n)
            suspended_at = stamp(self.until - YEAR // 2) if self.people.suspended[n] else None
            yield (
                id_, username, "", _display_name(n, username), _bio(n), _html(_bio(n)),
                "member" if n else "owner", posts_counts[n], follows.following_counts[n],
                follows.followers_counts[n], suspended_at, stamp(self.moments[n]),
                f"{self.base_url}/users/{id_}",
            )  # fmt: skip

    def credentials(self, password_hash: str) -> Iterator[Row]:
        for n, id_ in enumerate(self.ids):
            email = f"{self.people.username(n)}@mail.example"
            yield id_, email, email, 1, stamp(self.moments[n]), password_hash, "[]"

    def usernames(self) -> Iterator[Row]:
        for n, id_ in enumerate(self.ids):
            yield names.hash_of(self.people.username(n)), id_, stamp(self.moments[n])

    def followers(self, follows: Follows) -> Iterator[Row]:
        first, step = (self.until - YEAR) << 16, (YEAR << 16) // (len(follows.followers) + 1)
        for n, (follower, followed) in enumerate(
            zip(follows.followers, follows.followed, strict=True)
        ):
            id_ = first + n * step
            yield id_, self.ids[follower], self.ids[followed], "accepted", stamp(id_ >> 16)

    def tags(self) -> Iterator[Row]:
        for n, id_ in enumerate(self.tag_ids):
            yield id_, tag_name(n), stamp(id_ >> 16)

    def user_words(self, write: WriteWords) -> Iterator[Row]:
        for n, id_ in enumerate(self.ids):
            username = self.people.username(n)
            words = search_words.person_words(username, _display_name(n, username), _bio(n))
            yield id_, write(words)

    def tag_words(self, write: WriteWords) -> Iterator[Row]:
        for n, id_ in enumerate(self.tag_ids):
            yield id_, write(search_words.tag_words(tag_name(n)))

    def tag_follows(self) -> Iterator[Row]:
        dice = Random(f"{self.seed} tags")
        for n, id_ in enumerate(self.ids):
            if n in FOLLOWING or dice.random() < 0.1:
                for tag in sorted(dice.sample(range(len(self.tag_ids)), FOLLOWED_TAGS)):
                    yield id_, self.tag_ids[tag], stamp(self.until - YEAR // 4)


def _display_name(member: int, username: str) -> str:
    last_name = LAST_NAMES[member % len(LAST_NAMES)]
    if member < len(NAMED) or not last_name:
        return ""
    return f"{username.rstrip('0123456789').title()} {last_name}"


def _bio(member: int) -> str:
    return "" if member % 3 else f"Number {member} of those who live here. Soup, maps, long walks."


def _html(bio: str) -> str:
    return f"<p>{bio}</p>" if bio else ""
