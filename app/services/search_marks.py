"""Marking what a search found in the HTML of a post: in its text only, never within a tag."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from app.services.rendering import normalise_tag
from app.services.search_language import Term
from app.services.search_words import Word, tag_word, words_in

_MARKUP = re.compile(
    r'(?P<tag><(?:[^>"]|"[^"]*")*>)|(?P<entity>&(?:#\d+|#x[0-9a-f]+|\w+);)', re.IGNORECASE
)
_ENDS_LINE = ("<br", "</p")
_HASHTAG = regex.compile(r"[#\uff03]([\p{L}\p{M}\p{Nd}_\u200c\u200d]+)")


class _Place(NamedTuple):
    """A character of the text, and where it stands in the HTML."""

    character: str
    start: int
    end: int


def mark(markup: str, terms: Sequence[Term]) -> str:
    """Put <mark> around the terms in sanitised HTML."""
    places = list(_places(markup))
    text = "".join(place.character for place in places)
    found = sorted({*_matches(text, terms)})
    if not found:
        return markup
    made, done = [], 0
    for start, end in _spans(places, found):
        made += [markup[done:start], "<mark>", markup[start:end], "</mark>"]
        done = end
    return "".join([*made, markup[done:]])


def _places(markup: str) -> Iterator[_Place]:
    done = 0
    for match in _MARKUP.finditer(markup):
        yield from _letters(markup, done, match.start())
        done = match.end()
        if match["entity"]:
            for character in html.unescape(match["entity"]):
                yield _Place(character, match.start(), done)
        elif match["tag"].startswith(_ENDS_LINE):
            yield _Place("\n", done, done)
    yield from _letters(markup, done, len(markup))


def _letters(markup: str, start: int, end: int) -> Iterator[_Place]:
    for index in range(start, end):
        yield _Place(markup[index], index, index + 1)


def _matches(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Yield from where to where the terms stand in the text."""
    words = list(words_in(text))
    for term in terms:
        for first in range(len(words) - len(term.words) + 1):
            some = words[first : first + len(term.words)]
            if _is_met(some, term):
                # Only the beginning of a pair, where that is all that was looked for.
                is_part = term.is_prefix and len(some[-1].word) > len(term.words[-1])
                yield some[0].start, some[-1].start + 1 if is_part else some[-1].end
    tags = {term.words[0] for term in terms if term.words[0].startswith("#")}
    for match in _HASHTAG.finditer(text) if tags else ():
        if tag_word(normalise_tag(match[1]) or "") in tags:
            yield match.span()


def _is_met(words: Sequence[Word], term: Term) -> bool:
    *first, last = (word.word for word in words)
    is_end = last.startswith(term.words[-1]) if term.is_prefix else last == term.words[-1]
    return is_end and tuple(first) == term.words[:-1]


def _spans(places: Sequence[_Place], found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield from where to where the HTML is to be marked: not over tags, and nothing twice."""
    marked = sorted({index for start, end in found for index in range(start, end)})
    start = end = -1
    for place in (places[index] for index in marked):
        if place.start == place.end or place.start < end:
            continue
        if place.start != end:
            if end > 0:
                yield start, end
            start = place.start
        end = place.end
    if end > 0:
        yield start, end
