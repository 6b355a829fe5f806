"""Text to words that can be searched: the same for what is kept and for what is looked for.

A word is a run of letters and digits, without case and accents. Scripts that put no spaces between
words, and Korean, which ties particles to them, are cut into pairs of characters that overlap
(富士山: 富士, 士山), so that any two or more of them are found wherever they stand. The last one
stands alone, too, so that each is the beginning of a word.

Pure: neither database has a say in what a word is.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

# Of a word; longer ones are cut, also those that are looked for. PostgreSQL has a limit of 2 kB.
MAX_WORD = 40
# Of a text, so that what PostgreSQL keeps of it stays under its limit of 1 MB.
MAX_WORDS = 6_000
# PostgreSQL counts no further, neither places nor how often a word stands in a text.
MAX_PLACE = 16_383
MAX_PLACES = 255

# Stands in every post: where all are wanted but those with some word, this one finds them.
ANY_POST = "is:post"
# Between two texts, so that no phrase reaches from one to the next.
BREAK = ""

_PAIRED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    "\u30fc\uff70"
)
_EMOJI = (
    r"\p{Extended_Pictographic}(?:[\p{Emoji_Modifier}\ufe0f]|\u200d\p{Extended_Pictographic})*"
    "|[\U0001f1e6-\U0001f1ff]{2}"
)
_LETTER = r"\p{L}\p{M}\p{N}"
_RUN = regex.compile(rf"[{_LETTER}\p{{Default_Ignorable_Code_Point}}]+|{_EMOJI}", regex.V1)
_PIECE = regex.compile(rf"(?P<paired>[{_PAIRED}]+)|[[{_LETTER}]--[{_PAIRED}]]+|{_EMOJI}", regex.V1)
_CHARACTER = regex.compile(r"\X")
# Accents, the vowel points of Hebrew and Arabic, and what changes how a letter or an emoji looks.
# Not the marks of kana and of the scripts of India, which make another letter of it.
_DROPPED = regex.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
    r"\ufe20-\ufe2f\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]"
)
# Letters that Unicode takes for whole, but people look for without their strokes.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


class Word(NamedTuple):
    """A word of a text, and from where to where it stands there."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text without case and accents, and in the usual form of its characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _DROPPED.sub("", plain).translate(_PLAIN))


def words_in(text: str) -> Iterator[Word]:
    """Cut a text into words, in their order."""
    for run in _RUN.finditer(text):
        found, start = run[0], run.start()
        if found.isascii():
            yield Word(found.lower()[:MAX_WORD], start, run.end())
            continue
        for piece in _pieces(found):
            yield Word(piece.word, start + piece.start, start + piece.end)


def is_paired(word: str) -> bool:
    """Say whether a word is of a script that is cut into pairs."""
    piece = _PIECE.match(word)
    return piece is not None and piece["paired"] is not None


def post_words(  # noqa: PLR0913 - all that a post is found by, by name
    text: str,
    *,
    author_id: int,
    warning: str = "",
    alts: Iterable[str] = (),
    tags: Iterable[str] = (),
    language: str | None = None,
    has_image: bool = False,
    has_link: bool = False,
) -> list[str]:
    """Return the words by which a post is found, in their places.

    :param tags: normalised, without #
    """
    found = list(_limited([text, warning, *alts]))
    found += [BREAK, ANY_POST, from_word(author_id), *(tag_word(tag) for tag in tags)]
    found += [language_word(language)] if language else []
    found += [has_word("image")] if has_image else []
    found += [has_word("link")] if has_link else []
    return found


def person_words(username: str, display_name: str, bio: str) -> list[str]:
    """Return the words by which a person is found; @ begins the user name as a whole."""
    return [*_limited([username, display_name, bio]), BREAK, name_word(username)]


def tag_words(name: str) -> list[str]:
    """Return the words by which a hashtag is found, given in its normal form without #."""
    return [*_limited([name]), BREAK, tag_word(name)]


def tag_word(name: str) -> str:
    return f"#{fold(name)[:MAX_WORD]}"


def name_word(username: str) -> str:
    return f"@{username.lower()[:MAX_WORD]}"


def from_word(author_id: int) -> str:
    return f"from:{author_id}"


def language_word(language: str) -> str:
    return f"lang:{language.lower()}"


def has_word(what: str) -> str:
    return f"has:{what}"


def for_sqlite(words: Iterable[str]) -> str:
    """Write words as FTS5 is given them: between spaces, where it cuts, and nowhere else."""
    return " ".join(word or ":" for word in words)


def for_postgresql(words: Iterable[str]) -> str:
    """Write words as a tsvector: each with its places."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, 1):
        found = places.setdefault(word, [])
        if len(found) < MAX_PLACES and place <= MAX_PLACE:
            found.append(place)
    places.pop(BREAK, None)
    return " ".join(_lexeme(word, found) for word, found in places.items())


def quoted(word: str) -> str:
    """Write a word so that PostgreSQL takes it for what it is."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _lexeme(word: str, places: Sequence[int]) -> str:
    return f"{quoted(word)}:{','.join(map(str, places))}" if places else quoted(word)


def _limited(texts: Iterable[str]) -> Iterator[str]:
    left = MAX_WORDS
    for number, text in enumerate(filter(None, texts)):
        if number:
            yield BREAK
        for found in words_in(text):
            if not left:
                return
            left -= 1
            yield found.word


@lru_cache(maxsize=20_000)
def _pieces(run: str) -> tuple[Word, ...]:
    """Cut a run of letters and digits that are not all ASCII."""
    places = [
        (folded, found.start(), found.end())
        for found in _CHARACTER.finditer(run)
        for folded in fold(found[0])
    ]
    text = "".join(character for character, _, _ in places)
    found: list[Word] = []
    for piece in _PIECE.finditer(text):
        size = 2 if piece["paired"] else piece.end() - piece.start()
        step = 1 if piece["paired"] else size
        for first in range(piece.start(), piece.end(), step):
            last = min(first + size, piece.end())
            word = text[first:last][:MAX_WORD]
            found.append(Word(word, places[first][1], places[last - 1][2]))
    return tuple(found)
