"""Who is there, how much they write, and whom they follow."""

from array import array
from bisect import bisect
from itertools import accumulate, islice
from random import Random
from typing import NamedTuple

from bench.world.words import FIRST_NAMES, LANGUAGES

# Members whom measurements know by name; the first owns the site.
NAMED = ("keeper", "nobody", "famous", "follows5", "follows100", "follows1000")
NOBODY, FAMOUS = NAMED.index("nobody"), NAMED.index("famous")
FOLLOWING = {NAMED.index(f"follows{number}"): number for number in (5, 100, 1_000)}
MAX_FAMOUS = 10_000
# Of 100 members, so many never write; of 1,000, so many are suspended.
SILENT = 40
SUSPENDED = 2
# Nobody but the named follows more than this share of all.
MOST = 0.2


class Choice:
    """Picks people, some more often than others."""

    def __init__(self, dice: Random, weights: list[float]) -> None:
        self.random = dice.random
        self.sums = list(accumulate(weights))
        self.total = self.sums[-1]

    def __call__(self) -> int:
        return min(bisect(self.sums, self.random() * self.total), len(self.sums) - 1)


class Follows(NamedTuple):
    """Who (`followers`) follows whom (`followed`), pair by pair, and how many each has."""

    followers: "array[int]"
    followed: "array[int]"
    following_counts: "array[int]"
    followers_counts: "array[int]"


class People:
    """Members by number: first the named ones.

    :ivar zeal: how much each writes, by a power law; 0 for the silent
    :ivar languages: what each writes, by its place in `LANGUAGES`
    """

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        dice = Random(f"{seed} people")
        ranks = list(range(number))
        dice.shuffle(ranks)
        self.zeal = [_zeal(member, rank, dice) for member, rank in enumerate(ranks)]
        shares = [language.share for language in LANGUAGES]
        self.languages = array("b", dice.choices(range(len(LANGUAGES)), shares, k=number))
        self.suspended = [
            member >= len(NAMED) and dice.randrange(1_000) < SUSPENDED for member in range(number)
        ]

    def username(self, member: int) -> str:
        if member < len(NAMED):
            return NAMED[member]
        return f"{FIRST_NAMES[member % len(FIRST_NAMES)]}{member}"

    def choice_of_authors(self, dice: Random) -> Choice:
        return Choice(dice, self.zeal)

    def choice_of_popular(self, dice: Random) -> Choice:
        """Return a choice by how well known people are: who writes more is followed by more."""
        weights = [zeal**0.8 + 0.001 for zeal in self.zeal]
        weights[NOBODY] = weights[FAMOUS] = 0
        return Choice(dice, weights)


def _zeal(member: int, rank: int, dice: Random) -> float:
    if member == FAMOUS:
        return 0.05
    if member < len(NAMED):
        return 0.001
    return 0 if dice.randrange(100) < SILENT else 1 / (rank + 10)


def follows(people: People, number: int, seed: int) -> Follows:
    """Return about so many follows, those of the named members besides."""
    dice = Random(f"{seed} follows")
    known = people.choice_of_popular(dice)
    made = Follows(
        *(array("i") for _ in range(2)), *(array("i", [0]) * people.number for _ in "ab")
    )
    mean = number / people.number
    for member in range(people.number):
        wanted = FOLLOWING.get(member, int(dice.expovariate(1) * mean))
        most = people.number - 3 if member in FOLLOWING else int(people.number * MOST)
        followed = _picked(member, min(wanted, most), known)
        if member < MAX_FAMOUS + len(NAMED) and member not in (NOBODY, FAMOUS, *FOLLOWING):
            followed.add(FAMOUS)
        _note(made, member, followed)
    return made


def _picked(member: int, wanted: int, known: Choice) -> set[int]:
    followed: set[int] = set()
    for _ in range(2 * wanted):
        if len(followed) < wanted:
            followed.add(known())
            followed.discard(member)
    # Those who are left are hardly known; whoever follows nearly all follows some of them, too.
    others = (each for each in range(len(known.sums)) if each not in (member, NOBODY, *followed))
    followed.update(islice(others, wanted - len(followed)))
    return followed


def _note(made: Follows, member: int, followed: set[int]) -> None:
    made.followers.extend([member] * len(followed))
    made.followed.extend(sorted(followed))
    made.following_counts[member] = len(followed)
    for each in followed:
        made.followers_counts[each] += 1
