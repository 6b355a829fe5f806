"""What a provider of translations is: how it is asked, and how its answers are read."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.services import egress
from config import TranslationServer

Problem = Literal["unavailable", "timeout", "quota", "unsupported", "misconfigured"]

# As every server means them; nothing of the kind that is asked for is there.
_PROBLEMS: dict[int, Problem] = {
    401: "misconfigured",
    403: "misconfigured",
    404: "misconfigured",
    405: "misconfigured",
    429: "quota",
}


class Provider(NamedTuple):
    """One that translates.

    :ivar name: to be shown to readers
    :ivar request: from server, texts, source (None to find out) and target, both in our codes
    :ivar texts: from the JSON of a good answer, in the order of the request; may fail in any of the
        ways of JSON that is not as expected
    :ivar problem: from the status and the JSON (None for none) of any other answer
    """

    name: str
    request: Callable[[TranslationServer, Sequence[str], str | None, str], egress.Request]
    texts: Callable[[Any], list[Any]]
    problem: Callable[[int, Any], Problem]


def post(url: str, content: Any, headers: Mapping[str, str] | None = None) -> egress.Request:
    """Return a request that sends JSON."""
    kind = {"Content-Type": "application/json", "Accept": "application/json"}
    return egress.Request("POST", url, kind | dict(headers or {}), json.dumps(content).encode())


def usual_problem(status: int) -> Problem:
    if 300 <= status < 400:
        # None is followed: the address in the settings is not quite the right one.
        return "misconfigured"
    return _PROBLEMS.get(status, "unavailable")
