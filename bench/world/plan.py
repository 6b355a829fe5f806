"""Who wrote when, in answer to what, and how many reacted. Some 35 bytes for each post."""

from array import array
from random import Random

from app.models import Visibility
from bench.world.people import FAMOUS, Choice, People

YEAR = 365 * 24 * 60 * 60 * 1000
POST, REPLY, REPOST = range(3)
REPLIES = 0.35
REPOSTS = 0.1
# Of visibility, in percent; the rest is public. Replies are public.
SHARES = ((Visibility.UNLISTED, 4), (Visibility.MEMBERS, 3), (Visibility.FOLLOWERS, 2),
          (Visibility.DIRECT, 1))  # fmt: skip
VISIBILITIES = tuple(Visibility)
_DRAWN = [VISIBILITIES.index(kind) for kind, share in SHARES for _ in range(share)]
PUBLIC, UNLISTED = map(VISIBILITIES.index, (Visibility.PUBLIC, Visibility.UNLISTED))
# People answer and repost what is among so many newest.
REACH = 2_000
# The long conversation: how many replies at most.
LONG = 500


class Plan:
    """Posts by number, the oldest first.

    :ivar kinds: POST, REPLY or REPOST
    :ivar targets: what a reply is to, what a repost repeats; else -1
    :ivar roots: with what a conversation began
    """

    def __init__(self, people: People, number: int, seed: int, until: int) -> None:
        """Make it all up.

        :param until: the end of the year that it all happened in, in Unix milliseconds
        """
        self.number = number
        self.people = people
        self.until = until
        self.dice = Random(f"{seed} plan")
        self.ids = array("q")
        self.authors = array("i")
        self.kinds = array("b")
        self.targets = array("i")
        self.roots = array("i")
        self.visibilities = array("b")
        self.likes = array("h")
        self.replies = array("i", [0]) * number
        self.reposts = array("i", [0]) * number
        self.posts_counts = array("i", [0]) * people.number
        self._reposted: set[tuple[int, int]] = set()
        # The first of the long conversation, and how often somebody joins it from there on.
        self.long = number - number // 10
        self._joining = min(LONG, number // 50) / max(1, number // 10)

    def grow(self, first: int, last: int) -> None:
        """Make up the posts from one number to before another."""
        author = self.people.choice_of_authors(self.dice)
        step = YEAR / self.number
        for number in range(first, last):
            moment = self.until - YEAR + int((number + self.dice.random()) * step)
            # A millisecond apart at least, so that no two are the same.
            moment = max(moment, self.moment(number - 1) + 1 if number else 0)
            self.ids.append(moment << 16 | self.dice.getrandbits(16))
            self._add(number, author)

    def moment(self, number: int) -> int:
        """Return when a post was written, in Unix milliseconds."""
        return self.ids[number] >> 16

    def _add(self, number: int, choice: Choice) -> None:
        chance, author = self.dice.random(), choice()
        if number == self.long:
            self._note(number, FAMOUS, POST, -1, PUBLIC)
        elif number > self.long and self.dice.random() < self._joining:
            self._join(number, author)
        elif chance < REPLIES and (target := self._answered(number)) >= 0:
            self._note(number, author, REPLY, target, PUBLIC)
        elif chance > 1 - REPOSTS and (target := self._repeated(number, author)) >= 0:
            self._reposted.add((target, author))
            self._note(number, author, REPOST, target, self.visibilities[target])
        else:
            self._note(number, author, POST, -1, self._visibility())

    def _note(self, number: int, author: int, kind: int, target: int, visibility: int) -> None:
        self.authors.append(author)
        self.kinds.append(kind)
        self.targets.append(target)
        self.roots.append(self.roots[target] if kind == REPLY else number)
        self.visibilities.append(visibility)
        self.likes.append(0 if kind == REPOST else self._likes())
        if kind == REPLY:
            self.replies[target] += 1
        if kind == REPOST:
            self.reposts[target] += 1
        elif visibility in {PUBLIC, UNLISTED}:
            self.posts_counts[author] += 1

    def _join(self, number: int, author: int) -> None:
        """Answer in the long conversation: half to its first post, half to somebody there."""
        target = self.long
        near = self._near(number)
        if self.dice.random() < 0.5 and near > target and self.roots[near] == target:
            target = near
        self._note(number, author, REPLY, target, PUBLIC)

    def _near(self, number: int) -> int:
        """Return a post from shortly before; of a repost, what it repeats; -1 if there is none."""
        if not number:
            return -1
        near = number - 1 - int(self.dice.random() ** 2 * min(number, REACH))
        return self.targets[near] if self.kinds[near] == REPOST else near

    def _answered(self, number: int) -> int:
        """Return what to reply to: what has many replies gets more."""
        near = self._near(number)
        if near >= 0 and self.kinds[near] == REPLY and self.dice.random() < 0.5:
            near = self.targets[near]
        return near if near >= 0 and self.visibilities[near] in {PUBLIC, UNLISTED} else -1

    def _repeated(self, number: int, author: int) -> int:
        """Return what to repost: nobody reposts a post twice."""
        near = self._near(number)
        is_open = near >= 0 and self.visibilities[near] in {PUBLIC, UNLISTED}
        return near if is_open and (near, author) not in self._reposted else -1

    def _visibility(self) -> int:
        drawn = int(self.dice.random() * 100)
        return _DRAWN[drawn] if drawn < len(_DRAWN) else PUBLIC

    def _likes(self) -> int:
        """Return how many like a post: most one or none, a few dozens."""
        likes = int(max(0, (self.dice.random() + 0.02) ** -0.8 - 1))
        if self.dice.random() < 0.001:
            likes *= 20
        return min(likes, self.people.number // 4)
