"""What people type, made fit to be kept: one form of Unicode, no invisible traps, a fair length."""

import re
import unicodedata
from typing import Literal

import regex

from app.services.errors import DomainError

Problem = Literal["control", "unicode", "marks", "bidi", "invisible"]

# A reader's character may be several code points: a family emoji has 7, or 11 with skin tones.
CODE_POINTS_PER_CHARACTER = 8
# Of what is only pointed at, how much is shown. One more tells whether that is all.
EXCERPT = 200

# Lone surrogates and noncharacters: no UTF-8 text has the former, no text at all the latter.
_NOT_TEXT = regex.compile(r"[\p{Cs}\p{Noncharacter_Code_Point}]")
_CONTROL = regex.compile(r"[\p{Cc}--[\t\n]]", regex.V1)
_LINE_OR_TAB = regex.compile(r"[\t\n]")
_BIDI_CONTROL = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# UAX #15 knows no language that stacks more than 30. It also keeps NFC, which sorts such runs by
# insertion, from taking quadratic time.
_PILE_OF_MARKS = regex.compile(r"[\p{M}\p{Default_Ignorable_Code_Point}]{31}")
# Braille's empty cell is the one blank that Unicode counts among the symbols.
_VISIBLE = regex.compile(
    r"[^\s\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]|\p{Co}", regex.V1
)
_LINE_END = regex.compile("\r\n?|\u2028|\u2029")
_BLANK_LINES = re.compile(r"\n{3,}")
_FLAG = regex.compile("[\U0001f1e6-\U0001f1ff]{2}")
_CHARACTER = regex.compile(r"\X")


class InvalidText(DomainError):
    """The text holds something that is refused.

    :ivar code: `control` (NUL and its like), `unicode` (a surrogate or noncharacter), `marks` (more
        than 30 combining marks on one letter), `bidi` or `invisible` (both in names only)
    """

    def __init__(self, code: Problem) -> None:
        super().__init__(code)
        self.code = code


def clean_text(value: str, *, multiline: bool) -> str:
    """Return the text in NFC with tidy white space; "" when nothing in it can be seen.

    :raises InvalidText: for control characters (in a single line also tabs and line ends), lone
        surrogates, noncharacters, and piles of combining marks
    """
    text = _LINE_END.sub("\n", value)
    _refuse(text, _CONTROL, "control")
    _refuse(text, _NOT_TEXT, "unicode")
    _refuse(text, _PILE_OF_MARKS, "marks")
    text = unicodedata.normalize("NFC", text).strip()
    if is_blank(text):
        return ""
    if multiline:
        return _BLANK_LINES.sub("\n\n", "\n".join(map(str.rstrip, text.split("\n"))))
    _refuse(text, _LINE_OR_TAB, "control")
    return " ".join(text.split())


def clean_name(value: str) -> str:
    """Return a display name as one tidy line; "" when there is none.

    :raises InvalidText: as `clean_text`, for marks that turn the direction of the text, which would
        reach beyond the name, and for a name that cannot be seen
    """
    _refuse(value, _BIDI_CONTROL, "bidi")
    name = clean_text(value, multiline=False)
    if not name and value.strip():
        raise InvalidText("invisible")
    return name


def is_blank(value: str) -> bool:
    """Say whether nothing in the text leaves ink: white space, zero width, fillers, bare marks."""
    return _VISIBLE.search(value) is None


def length(value: str) -> int:
    """Count characters as a reader does: grapheme clusters, as browsers' `Intl.Segmenter`."""
    # The pattern looks back along a row of flags for each of them; paired first, it need not.
    return sum(1 for _ in _CHARACTER.finditer(_FLAG.sub("x", value)))


def is_bounded(value: str, max_length: int) -> bool:
    """Say whether the text has at most so many characters, and eight times as many code points."""
    return len(value) <= max_length * CODE_POINTS_PER_CHARACTER and length(value) <= max_length


def excerpt(value: str | None) -> str:
    """Return how a text begins, as one line that is cut at a word, with an ellipsis.

    :param value: the text, or at least its first EXCERPT + 1 code points
    """
    beginning = value or ""
    if len(beginning) <= EXCERPT:
        return " ".join(beginning.split())
    kept = beginning[:EXCERPT]
    if not beginning[EXCERPT].isspace():
        words = kept.rstrip().rpartition(" ")[0]
        # Many languages put no spaces; then the last character goes, which may be half of one.
        kept = words if len(words) > EXCERPT // 2 else "".join(_CHARACTER.findall(kept)[:-1])
    return " ".join(kept.split()) + "…"


def _refuse(text: str, pattern: "regex.Pattern[str]", code: Problem) -> None:
    if pattern.search(text):
        raise InvalidText(code)
