"""Pages that members have left open: they ask what static/js/live.js and news.js would ask."""

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from app.models.ids import new_id

# Seconds between two questions of a page that nobody uses, as in live.js and news.js.
PERIOD = 60
BETWEEN_NEWS = 300
HEADERS = """Host: localhost:{port}
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
Accept: */*
Accept-Language: en-GB,en;q=0.8,ko;q=0.5
Accept-Encoding: gzip, deflate, br, zstd
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: cors
Sec-Fetch-Site: same-origin
Cookie: {cookie}
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Tally:
    """What was asked since it was made: how often each answer came, and after how long."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.ms: list[float] = []


class OpenPage:
    """A home that somebody has left open.

    Its connection is kept until the server closes it, as browsers do.
    """

    def __init__(self, port: int, cookie: str, period: float) -> None:
        self.port = port
        self.headers = HEADERS.format(port=port, cookie=cookie).replace("\n", "\r\n")
        self.period = period
        self.tally = Tally()
        self.etag = ""
        self.newest = ""
        # Above which its list looks for posts: those of before it was opened.
        self.opened_at = new_id()
        self.asked_news_at = 0.0
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    def has_asked_for_news(self) -> None:
        """Be a page that has asked lately, as on a site where somebody posts now and then."""
        self.asked_news_at = time.monotonic() - random.random() * BETWEEN_NEWS

    async def stay_open(self) -> None:
        """Ask until somebody closes the page."""
        await asyncio.sleep(random.random() * self.period)
        try:
            while True:
                await self._look()
                await asyncio.sleep(self.period * random.uniform(0.9, 1.1))
        finally:
            self._hang_up()

    async def _look(self) -> None:
        answer = await self._get("/live", self.etag)
        if answer.status != 200:
            return
        self.etag = answer.headers["etag"]
        newest, self.newest = self.newest, json.loads(answer.body)["post"]
        is_late = time.monotonic() - self.asked_news_at > BETWEEN_NEWS
        # The first answer tells of nothing new: these pages were opened just before.
        if newest and newest != self.newest and is_late:
            self.asked_news_at = time.monotonic()
            await self._get(f"/home/news?after={self.opened_at}")

    async def _get(self, path: str, etag: str = "") -> Answer:
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        request = f"GET {path} HTTP/1.1\r\n{self.headers}{condition}\r\n".encode()
        began = time.perf_counter()
        try:
            answer = await self._send(request)
        except (ConnectionError, asyncio.IncompleteReadError):
            # Closed by the server while we were asking.
            self._hang_up()
            answer = await self._send(request)
        self.tally.ms.append((time.perf_counter() - began) * 1000)
        self.tally.answers[path.partition("?")[0], answer.status] += 1
        return answer

    async def _send(self, request: bytes) -> Answer:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self._hang_up()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(head[0].split()[1]), headers, body)

    def _hang_up(self) -> None:
        if self.writer is not None:
            with suppress(OSError):
                self.writer.close()
        self.reader = self.writer = None
