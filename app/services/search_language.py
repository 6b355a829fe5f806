"""What people type into the search: words, "phrases", -without, and a few operators.

Whatever is typed means something: what is no operator is a word, and what is neither says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import NamedTuple

from app.models.ids import MAX_ID
from app.services import search_words
from app.services.rendering import normalise_tag
from app.services.search_dates import span_of

MAX_LENGTH = 500
MAX_TERMS = 20
MAX_WORDS = 60

_ITEM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<item>\S+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02「」『』", '"'))
_OPERATOR = re.compile(r"(from|lang|has|before|after):(.*)", re.IGNORECASE)
_NAME = re.compile(r"@?([A-Za-z0-9_]{2,30})", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,8})?", re.ASCII)
_HAS = {
    "image": "image",
    "images": "image",
    "picture": "image",
    "pictures": "image",
    "media": "image",
    "link": "link",
    "links": "link",
}


class Hint(StrEnum):
    """What was typed, but not searched for."""

    LONG = "long"
    DATE = "date"


class Term(NamedTuple):
    """Words that follow each other.

    :ivar is_prefix: whether the last word is only the beginning of one
    :ivar is_text: whether it was looked for in what posts say, and is to be marked there
    """

    words: tuple[str, ...]
    is_wanted: bool = True
    is_prefix: bool = False
    is_text: bool = True


class Author(NamedTuple):
    username: str
    is_wanted: bool


@dataclass
class Search:
    """A search, understood.

    :ivar text: what was typed, tidied
    :ivar from_id: the lowest id of the time that is wanted
    :ivar below_id: the lowest id after that time
    """

    text: str
    terms: list[Term] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    from_id: int = 0
    below_id: int = MAX_ID
    hints: set[Hint] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        is_dated = self.from_id or self.below_id < MAX_ID
        return not (self.terms or self.authors or is_dated)

    def marked(self) -> list[Term]:
        """Return what is to be marked in what is found."""
        return [term for term in self.terms if term.is_text and term.is_wanted]


def parse(typed: str, zone: tzinfo = UTC) -> Search:
    """Understand a search for posts.

    :param zone: in which days begin where the reader is
    """
    search = _tidy(typed)
    for number, match in enumerate(_items(search.text)):
        if number == MAX_TERMS or sum(len(term.words) for term in search.terms) > MAX_WORDS:
            search.hints.add(Hint.LONG)
            break
        is_wanted = not match["minus"]
        if match["item"] and _operator(search, match["item"], is_wanted, zone):
            continue
        _add(search, term_of(match["phrase"] or match["item"] or "", is_wanted=is_wanted))
    return search


def parse_names(typed: str, sign: str) -> Search:
    """Understand a search for names: each word is the beginning of one; negations mean nothing.

    :param sign: "@" for people, "#" for hashtags: begins a name that is meant as a whole
    """
    search = _tidy(typed)
    for match in list(_items(search.text))[:MAX_TERMS]:
        item = match["phrase"] or match["item"] or ""
        operator = _OPERATOR.fullmatch(item)
        if match["minus"] or (operator and operator[1].lower() != "from"):
            continue
        name = operator[2] if operator else item
        if name.startswith(sign) and len(name) > 1:
            whole = search_words.tag_word(name[1:]) if sign == "#" else f"@{name[1:].lower()}"
            _add(search, Term((whole[: search_words.MAX_WORD],), is_prefix=True))
        else:
            _add(search, term_of(name, is_prefix=True))
    return search


def term_of(text: str, *, is_wanted: bool = True, is_prefix: bool = False) -> Term | None:
    """Return the words of a text as one term; None if there are none."""
    found = [*search_words.words_in(text)][:MAX_WORDS]
    words = tuple(each.word for each in found)
    if not words:
        return None
    # Of a pair script, the last character stands alone as well, and may go on in what is found.
    is_end_of_pair = len(found) > 1 and found[-2].end == found[-1].end
    if is_end_of_pair and search_words.is_paired(words[-1]):
        return Term(words[:-1], is_wanted, is_prefix)
    is_single = len(words[-1]) == 1 and search_words.is_paired(words[-1])
    return Term(words, is_wanted, is_prefix or is_single)


def _tidy(typed: str) -> Search:
    text = " ".join(typed.replace("\0", " ").split())
    search = Search(text[:MAX_LENGTH])
    if len(text) > MAX_LENGTH:
        search.hints.add(Hint.LONG)
    return search


def _items(text: str) -> Iterator["re.Match[str]"]:
    return _ITEM.finditer(text.translate(_QUOTES))


def _add(search: Search, term: Term | None) -> None:
    if term is not None and term not in search.terms:
        search.terms.append(term)


def _operator(search: Search, item: str, is_wanted: bool, zone: tzinfo) -> bool:
    """Take in an operator or a hashtag; return whether it is one."""
    if item[0] in "#\uff03" and normalise_tag(item[1:]):
        words = (search_words.tag_word(normalise_tag(item[1:]) or ""),)
        _add(search, Term(words, is_wanted))
        return True
    match = _OPERATOR.fullmatch(item)
    if match is None or not match[2]:
        return False
    name, value = match[1].lower(), match[2]
    if name in {"before", "after"}:
        _limit(search, name, value if is_wanted else "", zone)
        return True
    if name == "from":
        found = _NAME.fullmatch(value)
        if found:
            search.authors.append(Author(found[1], is_wanted))
        return found is not None
    word = _word_of(name, value)
    if word:
        _add(search, Term((word,), is_wanted, is_text=False))
    return word is not None


def _word_of(name: str, value: str) -> str | None:
    if name == "has":
        what = _HAS.get(value.lower())
        return search_words.has_word(what) if what else None
    return search_words.language_word(value) if _LANGUAGE.fullmatch(value) else None


def _limit(search: Search, name: str, value: str, zone: tzinfo) -> None:
    """Take in a day, a month or a year; what is none of them is only hinted at."""
    span = span_of(value, zone)
    if span is None:
        search.hints.add(Hint.DATE)
    elif name == "before":
        search.below_id = min(search.below_id, span.from_id)
    else:
        search.from_id = max(search.from_id, span.below_id)
