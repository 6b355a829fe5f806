"""How relevant a post is to a search, where the database is not asked.

It says nothing of other posts: FTS5's bm25 counts how many have a word, hidden ones among them, so
that the order of what somebody sees would tell of what they do not see.
"""

import math
from collections.abc import Iterable

from app.services.search_language import Term

# So often a word counts half of what it could count at most.
HALF = 1


def relevance(kept: str, terms: Iterable[Term]) -> float:
    """Return how relevant a post is: often, in few words.

    :param kept: its words as `search_words.for_sqlite` wrote them
    """
    # Spaces on both sides of each word, so that one may follow upon itself.
    text = f" {kept.replace(' ', '  ')} "
    counts = [text.count(_written(term)) for term in terms if term.is_wanted and term.is_text]
    weight = sum(count / (count + HALF) for count in counts)
    return weight / (1 + math.log(1 + kept.count(" ")))


def _written(term: Term) -> str:
    words = "  ".join(term.words)
    return f" {words}" if term.is_prefix else f" {words} "
