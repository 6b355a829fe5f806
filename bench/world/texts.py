"""What posts say: sentences put together, with a rare word, hashtags and a name here and there.

Each sentence is rendered once. They stand apart by spaces, so that what they give together is what
the whole would give.
"""

from functools import cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from app.services import rendering, search_index
from app.services.search_words import words_in
from bench.world.words import LANGUAGES, RARE_WORDS, TAG_SEASONS, TAGS, rare_word

TAG_TEXTS = (*TAGS, *(f"{tag}{season}" for season in TAG_SEASONS for tag in TAGS))
# The second is used half as often as the first, the third a third as often, and so on.
_TAG_WEIGHTS = list(accumulate(1 / (rank + 1) for rank in range(len(TAG_TEXTS))))
TAGGED = 0.25
PARAGRAPHS = 0.15
RARE = 0.7


class Part(NamedTuple):
    """A piece of a post, what it gives within a paragraph, and its words for the search."""

    text: str
    html: str
    words: tuple[str, ...]


class Text(NamedTuple):
    """What a post says.

    :ivar parts: with a space between them, but where `break_after` says so
    :ivar break_after: how many of them are the first of two paragraphs; 0 if there is only one
    :ivar tags: by their places in `TAG_TEXTS`
    """

    parts: list[Part]
    break_after: int
    language: str
    tags: tuple[int, ...]

    @property
    def text(self) -> str:
        return self._joined([part.text for part in self.parts], "\n\n")

    @property
    def html(self) -> str:
        return f"<p>{self._joined([part.html for part in self.parts], '</p><p>')}</p>"

    @property
    def words(self) -> list[str]:
        return [word for part in self.parts for word in part.words]

    @property
    def has_link(self) -> bool:
        return any(search_index.has_link(part.html) for part in self.parts)

    def _joined(self, pieces: list[str], paragraph: str) -> str:
        if not self.break_after:
            return " ".join(pieces)
        first, second = pieces[: self.break_after], pieces[self.break_after :]
        return f"{' '.join(first)}{paragraph}{' '.join(second)}"


def compose(dice: Random, language: int, mention: str = "") -> Text:
    """Make up a text.

    :param language: by its place in `LANGUAGES`
    :param mention: the user name of whom it names
    """
    number = 1 + int(dice.random() * 3)
    sentences = [_sentence(language, int(dice.random() * 1728)) for _ in range(number)]
    parts = [naming(mention), *sentences] if mention else sentences
    if dice.random() < RARE:
        parts.append(rare(language, int(dice.random() * RARE_WORDS)))
    tags = _tags(dice)
    parts.extend(tagging(tag) for tag in tags)
    break_after = 1 if len(parts) > 1 and dice.random() < PARAGRAPHS else 0
    return Text(parts, break_after, LANGUAGES[language].code, tags)


def tag_name(tag: int) -> str:
    """Return the name of a tag as the database keeps it."""
    return rendering.normalise_tag(TAG_TEXTS[tag]) or ""


@cache
def naming(username: str) -> Part:
    return _rendered(f"@{username}")


@cache
def tagging(tag: int) -> Part:
    return _rendered(f"#{TAG_TEXTS[tag]}")


def rare(language: int, number: int) -> Part:
    # Letters and quotation marks only, which give themselves.
    word = f"“{rare_word(LANGUAGES[language], number)}”"
    return Part(word, word, _words(word))


@cache
def _sentence(language: int, number: int) -> Part:
    """Return one of the sentences of a language, whatever the number."""
    chosen = []
    for column in LANGUAGES[language].columns:
        number, place = divmod(number, len(column))
        chosen.append(column[place])
    return _rendered(LANGUAGES[language].joiner.join(chosen))


def _rendered(text: str) -> Part:
    html = rendering.render(text, lambda names: {name: name for name in names}).html
    return Part(text, html.removeprefix("<p>").removesuffix("</p>"), _words(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple(found.word for found in words_in(text))


def _tags(dice: Random) -> tuple[int, ...]:
    chance = dice.random()
    if chance > TAGGED:
        return ()
    number = 2 if chance < TAGGED / 4 else 1
    found = dice.choices(range(len(TAG_TEXTS)), cum_weights=_TAG_WEIGHTS, k=number)
    return tuple(dict.fromkeys(found))
