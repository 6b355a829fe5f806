"""Post text to HTML: paragraphs, links, @mentions and #hashtags. Done once, when a post is written.

All else in the text is text. What is built here is safe by itself; nh3 stands behind it as a second
wall and changes nothing (a test says so).
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

import nh3
import regex
from linkify_it import LinkifyIt

# Raise it when the same text gives other HTML, so that old posts can be rendered anew.
RENDERER_VERSION = 1

MAX_MENTIONS = 50
MAX_TAGS = 50
MAX_TAG_LENGTH = 60
MAX_LINK_LENGTH = 2048
SHOWN_LINK_LENGTH = 40

Resolve = Callable[[Collection[str]], Mapping[str, str]]

# Scripts written without spaces between words: names may touch them (@noor의).
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = rf"[\w--[{_UNSPACED}]]"
# Letters, digits, accents; the joiners that Persian and the scripts of India spell with.
_TAG = r"[[\p{L}\p{M}\p{Nd}_]--\p{Default_Ignorable_Code_Point}]"
_HAS_LETTER = rf"(?=[\p{{M}}\p{{Nd}}_\u200c\u200d]{{0,{MAX_TAG_LENGTH}}}\p{{L}})"
_TAG_NAME = rf"{_HAS_LETTER}{_TAG}(?:[\u200c\u200d]?{_TAG}){{0,{MAX_TAG_LENGTH - 1}}}"
_REFERENCE = regex.compile(
    rf"(?<!{_WORD}|[/@])@(?P<name>[A-Za-z0-9_]{{2,30}})(?!{_WORD}|@)"
    rf"|(?<![\w&/])[#＃](?P<tag>{_TAG_NAME})(?!{_TAG})",
    regex.V1,
)
_WHOLE_TAG = regex.compile(_TAG_NAME, regex.V1)
# Only after Arabic letters and the viramas of India does a joiner change what is read.
_IDLE_JOINER = regex.compile(r"(?<![\p{Arabic}\p{ccc=virama}])[\u200c\u200d]")
_BIDI_CONTROL = regex.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANK_LINES = regex.compile(r"\n(?:[^\S\n]*\n)+")
_TAG_OR_BREAK = regex.compile(r"<[^>]*>")

# Quotation marks, brackets but ASCII's, full-width punctuation: who writes them ends the address.
_LINK_END = regex.compile(
    r"[[\p{Pi}\p{Pf}\p{Ps}\p{Pe}]--[()\[\]{}]]|[\u3001\u3002\uff01\uff0c\uff1f]", regex.V1
)
_WORDS = re.compile(r"\S+")

# Bare domains are links under country codes, the old top-level domains, and these new ones; all
# 1,500 would turn many a typing slip or file name into a link.
_NEW_DOMAINS = ["app", "art", "blog", "cafe", "city", "club", "dev", "social", "town", "wiki"]
# What an address may not bring into an attribute, and the slash that only browsers take for one.
_UNSAFE = str.maketrans({c: quote(c) for c in "\"'<>`\\"})
_LINK_MARKUP = 'rel="ugc noopener" dir="ltr"'
_linkify = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": False})
_linkify.tlds(_NEW_DOMAINS, keep_old=True)
_cleaner = nh3.Cleaner(
    tags={"p", "br", "a"},
    attributes={"a": {"href", "title"}},
    allowed_classes={"a": {"mention", "hashtag"}},
    tag_attribute_values={"a": {"rel": {"ugc noopener"}, "dir": {"ltr"}}},
    url_schemes={"http", "https"},
    # Otherwise nh3 would write its own rel on our links within the site, too.
    link_rel=None,
)


@dataclass(frozen=True)
class Rendered:
    """The HTML of a post, and whom and what it names.

    :ivar html: sanitised `<p>…</p>`, empty for an empty text
    :ivar mentions: lower-case user names that exist, in order, each once
    :ivar tags: normalised hashtags without #, in order, each once
    """

    html: str
    mentions: tuple[str, ...]
    tags: tuple[str, ...]


class _Token(NamedTuple):
    kind: Literal["text", "link", "mention", "tag"]
    text: str
    # The address of a link, the lower-case name of a mention, the normalised name of a tag.
    target: str = ""


def render(source: str, resolve: Resolve) -> Rendered:
    """Render the text of a post or a bio.

    :param source: text that `text.clean_text` let pass
    :param resolve: is asked once, for at most 50 lower-case user names, and not at all when there
        are none; returns those that exist with the spelling of their owners
    """
    tokens = list(_tokens(source))
    names = _distinct(tokens, "mention")[:MAX_MENTIONS]
    tags = _distinct(tokens, "tag")[:MAX_TAGS]
    known = resolve(names) if names else {}
    inline = "".join(_inline(token, known, tags) for token in tokens)
    return Rendered(
        html=_cleaner.clean(_paragraphs(inline)),
        mentions=tuple(name for name in names if name in known),
        tags=tags,
    )


def normalise_tag(name: str) -> str | None:
    """Return the form under which a hashtag (without #) is kept; None if it is none."""
    plain = _IDLE_JOINER.sub("", unicodedata.normalize("NFKC", name))
    # Folding may undo the composition.
    tag = unicodedata.normalize("NFKC", plain.casefold())
    return tag if len(tag) <= MAX_TAG_LENGTH and _WHOLE_TAG.fullmatch(tag) else None


def tag_path(tag: str) -> str:
    """Return the path of a normalised hashtag's page."""
    return f"/tags/{quote(tag, safe='')}"


def plain_text(markup: str) -> str:
    """Return rendered HTML as one line of text, for titles and descriptions (not escaped)."""
    text = html.unescape(_TAG_OR_BREAK.sub(_space_between_blocks, markup))
    return " ".join(_BIDI_CONTROL.sub("", text).split())


def _tokens(source: str) -> Iterator[_Token]:
    """Cut the text into links, mentions, tags, and what is between them."""
    position = 0
    for link in _linkify.match(_without_traps(source)) or ():
        yield from _reference_tokens(source, position, link.index)
        yield _link_token(link.schema, link.raw)
        position = link.last_index
    yield from _reference_tokens(source, position, len(source))


def _without_traps(source: str) -> str:
    """Blank out, character for character, what no link contains.

    Marks that turn the direction of text could show an address as another one. In a very long word
    a link could start at every second character and each be followed to the end.
    """
    return _WORDS.sub(
        lambda word: word[0] if len(word[0]) <= MAX_LINK_LENGTH else " " * len(word[0]),
        _LINK_END.sub(" ", _BIDI_CONTROL.sub(" ", source)),
    )


def _link_token(schema: str, raw: str) -> _Token:
    """Return a link to http or https; e-mail addresses and all other schemes stay text."""
    address = (raw if schema else f"https://{raw}").translate(_UNSAFE)
    if schema in {"", "http:", "https:"} and _is_linkable(address):
        return _Token("link", raw, address)
    return _Token("text", raw)


def _is_linkable(address: str) -> bool:
    """Say whether browsers accept the address and its host is what it seems to be."""
    try:
        # https://bank.example@thief.example leads to the thief.
        if "@" in urlsplit(address).netloc:
            return False
    except ValueError:
        return False
    return "href" in _cleaner.clean(f'<a href="{_escape(address)}"></a>')


def _reference_tokens(source: str, start: int, end: int) -> Iterator[_Token]:
    """Cut a stretch without links into mentions, tags and text."""
    for match in _REFERENCE.finditer(source, start, end):
        target = _target(match)
        if target:
            yield _Token("text", source[start : match.start()])
            yield _Token("mention" if match["name"] else "tag", match[0], target)
            start = match.end()
    yield _Token("text", source[start:end])


def _target(match: "regex.Match[str]") -> str | None:
    return match["name"].lower() if match["name"] else normalise_tag(match["tag"])


def _distinct(tokens: list[_Token], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.target for token in tokens if token.kind == kind))


def _inline(token: _Token, known: Mapping[str, str], tags: Collection[str]) -> str:
    text = _escape(token.text)
    if token.kind == "link":
        return _link(token)
    if token.kind == "mention" and token.target in known:
        return f'<a class="mention" href="/@{known[token.target]}" dir="ltr">{text}</a>'
    if token.kind == "tag" and token.target in tags:
        return f'<a class="hashtag" href="{tag_path(token.target)}">{text}</a>'
    return text


def _link(token: _Token) -> str:
    """Show the address without its scheme; the title has it whole if it was cut."""
    href = _escape(token.target)
    shown = token.text.partition("://")[2] or token.text
    host, slash, rest = shown.partition("/")
    if slash and not rest:
        shown = host
    # The host is never cut: it says where the link leads.
    room = max(len(host), SHOWN_LINK_LENGTH - 1)
    title = f' title="{href}"' if len(shown) > room + 1 else ""
    if title:
        shown = shown[:room] + "…"
    return f'<a href="{href}" {_LINK_MARKUP}{title}>{_escape(shown)}</a>'


def _paragraphs(inline: str) -> str:
    blocks = (block.strip("\n") for block in _BLANK_LINES.split(inline.strip()))
    return "".join("<p>" + block.replace("\n", "<br>") + "</p>" for block in blocks if block)


def _escape(text: str) -> str:
    """Escape exactly as nh3 writes it, so that the two can be compared."""
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")


def _space_between_blocks(tag: "regex.Match[str]") -> str:
    return " " if tag[0] in {"<br>", "</p>"} else ""
