"""Feeds as Atom (RFC 4287, paged as in RFC 5005), RSS 2.0 and JSON Feed 1.1.

XML is made by the standard library. It escapes what people wrote, but lets characters pass that XML
cannot have in any form; they are dropped from what was made.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from app.extensions import settings
from app.web.feed_entries import Author, Entry
from app.web.feeds import Feed

# What XML 1.0 does not allow: control characters, halves of characters, two that are none.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
GENERATOR = "Microblog"
PICTURE_TYPE = "image/webp"


def atom(feed: Feed) -> str:
    source = feed.source
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": _language()})
    _add(root, "id", source.id)
    _add(root, "title", source.title)
    _add(root, "subtitle", source.description)
    _add(root, "updated", _iso(feed.updated_at))
    _add_author(root, source.author)
    _add(root, "icon", source.author.avatar_url or feed.icon_url)
    _add(root, "generator", GENERATOR)
    for relation, url, type_ in _links(feed, "atom"):
        _add(root, "link", rel=relation, type=type_, href=url)
    for entry in feed.entries:
        _add_atom_entry(root, entry)
    return _xml(root)


def rss(feed: Feed) -> str:
    source = feed.source
    root = Element(
        "rss",
        {
            "version": "2.0",
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        },
    )
    channel = SubElement(root, "channel")
    _add(channel, "title", source.title)
    _add(channel, "link", source.page_url)
    _add(channel, "description", source.description)
    _add(channel, "language", _language())
    _add(channel, "lastBuildDate", format_datetime(feed.updated_at, usegmt=True))
    _add(channel, "generator", GENERATOR)
    image = SubElement(channel, "image")
    _add(image, "url", feed.icon_url)
    # Both have to say what the channel says.
    _add(image, "title", source.title)
    _add(image, "link", source.page_url)
    for relation, url, type_ in _links(feed, "rss"):
        _add(channel, "atom:link", rel=relation, type=type_, href=url)
    for entry in feed.entries:
        _add_rss_item(channel, entry)
    return _xml(root)


def json_feed(feed: Feed) -> str:
    source = feed.source
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.title,
        "description": source.description,
        "home_page_url": source.page_url,
        "feed_url": source.url("json", feed.before),
        "next_url": source.url("json", feed.older) if feed.older else None,
        "icon": source.author.avatar_url or feed.icon_url,
        "favicon": feed.icon_url,
        "authors": [_json_author(source.author)],
        "language": _language(),
    }
    items = [_json_item(entry) for entry in feed.entries]
    return json.dumps({**_given(said), "items": items}, ensure_ascii=False)


# By the ending of the address: the media type, and what writes it.
FORMATS: Mapping[str, tuple[str, Callable[[Feed], str]]] = {
    "atom": ("application/atom+xml", atom),
    "rss": ("application/rss+xml", rss),
    "json": ("application/feed+json", json_feed),
}


def _add_atom_entry(root: Element, entry: Entry) -> None:
    element = SubElement(root, "entry", {"xml:lang": entry.language} if entry.language else {})
    _add(element, "id", entry.uri)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    for enclosure in entry.enclosures:
        given = {"title": enclosure.alt} if enclosure.alt else {}
        _add(element, "link", rel="enclosure", type=PICTURE_TYPE, href=enclosure.url, **given)
    _add(element, "published", _iso(entry.published_at))
    _add(element, "updated", _iso(entry.updated_at))
    _add_author(element, entry.author)
    for tag in entry.tags:
        _add(element, "category", term=tag, label=f"#{tag}")
    if entry.warning:
        _add(element, "summary", entry.warning)
    _add(element, "content", entry.html, type="html")


def _add_rss_item(channel: Element, entry: Entry) -> None:
    item = SubElement(channel, "item")
    if entry.has_title:
        _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "guid", entry.uri, isPermaLink="false")
    _add(item, "pubDate", format_datetime(entry.published_at.astimezone(UTC), usegmt=True))
    _add(item, "dc:creator", entry.author.name)
    if entry.language:
        _add(item, "dc:language", entry.language)
    for tag in entry.tags:
        _add(item, "category", tag)
    _add(item, "description", entry.html)
    for enclosure in entry.enclosures[:1]:
        # RSS has room for one, all are in the content. It wants a size: 0 says that it is unknown.
        _add(item, "enclosure", url=enclosure.url, type=PICTURE_TYPE, length="0")


def _json_item(entry: Entry) -> dict[str, Any]:
    attachments = [
        _given({"url": each.url, "mime_type": PICTURE_TYPE, "title": each.alt})
        for each in entry.enclosures
    ]
    item = {
        "id": entry.uri,
        "url": entry.url,
        "title": entry.title if entry.has_title else None,
        "summary": entry.warning,
        "content_html": entry.html,
        "image": entry.enclosures[0].url if entry.enclosures else None,
        "date_published": _iso(entry.published_at),
        "date_modified": _iso(entry.updated_at),
        "authors": [_json_author(entry.author)],
        "tags": [*entry.tags],
        "language": entry.language,
        "attachments": attachments,
    }
    # The content may be empty, but must be there.
    return {**_given(item), "content_html": entry.html}


def _json_author(author: Author) -> dict[str, str]:
    return _given({"name": author.name, "url": author.url, "avatar": author.avatar_url})


def _links(feed: Feed, kind: str) -> list[tuple[str, str, str]]:
    """Return (relation, address, media type) of what a feed leads to."""
    source, type_ = feed.source, FORMATS[kind][0]
    links = [
        ("self", source.url(kind, feed.before), type_),
        ("alternate", source.page_url, "text/html"),
    ]
    older = [("next", source.url(kind, feed.older), type_)] if feed.older else []
    return [*links, *older]


def _add_author(parent: Element, author: Author) -> None:
    element = SubElement(parent, "author")
    _add(element, "name", author.name)
    _add(element, "uri", author.url)


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _xml(root: Element) -> str:
    made = _ILLEGAL.sub("", tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{made}\n'


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _language() -> str:
    """Return the language of what the feed itself says; what people write has its own."""
    return settings.DEFAULT_LOCALE


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is known."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
