"""Pages for readers who are not signed in, kept as they were made while nothing has changed.

A page is found again only by a request that gets the same one: for the same address, in the same
language and theme, without a session. And only as long as no transaction, of whatever process, was
committed since it was begun: see `version_of`. So nothing that is kept is ever out of date, and
what is deleted is gone at once.
"""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Event, Lock

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from app.database import version_of
from app.extensions import db
from app.web import compression, i18n
from app.web.redirects import is_htmx

# Whatever a page may say that depends on the clock is said anew after so many seconds.
MAX_AGE = 60
# How long a request waits for another one that is making the same page.
PATIENCE = 2.0
# What a page takes besides its bytes and those of its key.
OVERHEAD = 1024
# The one is answered as the other, less the body. Flask answers OPTIONS by itself: with no page.
METHODS = frozenset({"GET", "HEAD"})
# What pages read of their query. With anything else in it there are as many addresses of the same
# page as somebody cares to make up, and no two readers ask for the same one.
CURSORS = frozenset({"after", "before", "below"})
LONGEST_QUERY = 200
# An answer is kept with these of its headers; the others are said anew each time.
KEPT_HEADERS = ("Content-Type", "ETag", "Last-Modified", "Link")

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was made.

    :ivar made_at: on the clock that only goes forward
    :ivar encoded: the body compressed, by the name of the encoding, as soon as one was asked for
    """

    body: bytes
    headers: list[tuple[str, str]]
    made_at: float
    encoded: dict[str, bytes] = field(default_factory=dict)

    def body_in(self, encoding: str) -> bytes:
        """Return the body compressed: once, and not for each reader."""
        if encoding not in self.encoded:
            self.encoded[encoding] = compression.compressed(self.body, encoding)
        return self.encoded[encoding]


class PageCache:
    """A bounded number of bytes; what was not asked for the longest makes room.

    :ivar room: in bytes
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._used = 0
        self._lock = Lock()
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._in_work: dict[Key, Event] = {}

    def find(self, key: Key) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or time.monotonic() - page.made_at > MAX_AGE:
                return None
            self._pages.move_to_end(key)
            return page

    def find_or_begin(self, key: Key) -> KeptPage | None:
        """Return a page, also one that another thread is just making.

        :return: None for who is to make it, and to say `end` afterwards
        """
        page = self.find(key)
        if page is not None:
            return page
        with self._lock:
            others = self._in_work.get(key)
            if others is None:
                self._in_work[key] = Event()
                return None
        others.wait(PATIENCE)
        return self.find(key)

    def end(self, key: Key) -> None:
        with self._lock:
            done = self._in_work.pop(key, None)
        if done is not None:
            done.set()

    def keep(self, key: Key, page: KeptPage) -> None:
        size = _size(key, page)
        # One that is as large as many others would drive them all out.
        if size > self.room // 8:
            return
        with self._lock:
            if former := self._pages.pop(key, None):
                self._used -= _size(key, former)
            while self._used + size > self.room:
                self._used -= _size(*self._pages.popitem(last=False))
            self._pages[key] = page
            self._used += size


def init_app(app: Flask, megabytes: int) -> None:
    app.extensions["pages"] = PageCache(megabytes * 1024 * 1024)
    app.teardown_request(_end)


def kept_answer(*, varies: bool) -> Response | None:
    """Return the answer to this request, if the page is kept.

    :param varies: whether the page depends on who asks, so that it is kept for nobody in particular
    """
    pages: PageCache = current_app.extensions["pages"]
    if not pages.room or not _is_for_anybody(varies=varies) or not _is_asked_often():
        return None
    version = version_of(db)
    if version is None:
        return None
    key = _key(version, varies=varies)
    page = pages.find_or_begin(key)
    if page is None:
        g.page_in_work = key
        return None
    return _unless_known(_answer(page))


def keep(response: Response, *, varies: bool) -> Response:
    """Give an answer its mark (ETag), keep it, and shorten it to 304 if the browser has it."""
    if response.status_code != 200 or not _is_for_anybody(varies=varies):
        return response
    # What tells something to one reader only, such as that a post is sent.
    if "Set-Cookie" in response.headers or session.modified:
        return response
    if "ETag" not in response.headers:
        digest = hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
        # Weak: on the way it may be compressed, and is the same page still.
        response.set_etag(digest, weak=True)
    if key := g.get("page_in_work"):
        headers = [pair for pair in response.headers if pair[0] in KEPT_HEADERS]
        page = KeptPage(response.get_data(), headers, time.monotonic())
        current_app.extensions["pages"].keep(key, page)
    return _unless_known(response)


def is_known(etag: str, last_modified: str = "") -> bool:
    """Say whether the browser has what has these marks.

    A date is compared to the second it says, not by what is later: when the newest post of a list
    is deleted, the date goes back.
    """
    if request.if_none_match:
        return request.if_none_match.contains_weak(etag)
    return bool(last_modified) and request.headers.get("If-Modified-Since") == last_modified


def _answer(page: KeptPage) -> Response:
    response = Response(page.body, headers=page.headers)
    encoding = compression.choose(request.headers.get("Accept-Encoding", ""))
    is_worth_it = len(page.body) >= compression.SMALLEST and request.method != "HEAD"
    if encoding is not None and is_worth_it:
        response.data = page.body_in(encoding)
        response.headers["Content-Encoding"] = encoding
    return response


def _unless_known(response: Response) -> Response:
    if is_known(response.get_etag()[0] or "", response.headers.get("Last-Modified", "")):
        response.status_code = 304
        response.data = b""
        response.headers.pop("Content-Encoding", None)
    return response


def _is_for_anybody(*, varies: bool) -> bool:
    """Whether the answer is for anybody; with a session, valid or not, it is for somebody."""
    return not varies or current_app.config["SESSION_COOKIE_NAME"] not in request.cookies


def _is_asked_often() -> bool:
    """Whether others may come to this very address."""
    return len(request.query_string) <= LONGEST_QUERY and request.args.keys() <= CURSORS


def _key(version: str, *, varies: bool) -> Key:
    """Return all that an answer depends on."""
    asked = (version, request.host_url, request.path, request.query_string)
    if not varies:
        return asked
    return (*asked, i18n.locale_of_browser(), i18n.theme_of_browser(), is_htmx())


def _size(key: Key, page: KeptPage) -> int:
    # Compressed, it may be there twice more, each a fourth or less.
    return len(page.body) * 3 // 2 + len(repr(key).encode()) + OVERHEAD


def _end(_error: BaseException | None) -> None:
    if key := g.pop("page_in_work", None):
        current_app.extensions["pages"].end(key)
