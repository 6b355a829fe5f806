"""Services elsewhere that translate, behind one function."""

import json
from collections.abc import Sequence
from typing import Any

import structlog

from app.services import egress
from app.services.errors import TranslationFailed
from app.services.translators import deepl, libretranslate, microsoft
from app.services.translators.provider import Problem
from config import TranslationServer

log = structlog.get_logger("app")

# A reader has an answer within 5 seconds; the rest of them is ours.
SECONDS = 4.5
_PROVIDERS = {
    "deepl": deepl.PROVIDER,
    "libretranslate": libretranslate.PROVIDER,
    "microsoft": microsoft.PROVIDER,
}
# What comes of JSON that is none, or not as it was promised.
_NONSENSE = (ValueError, RecursionError, LookupError, TypeError, AttributeError)


def name_of(server: TranslationServer) -> str:
    """Return the name of a provider, to be shown beside what it translated."""
    return _PROVIDERS[server.kind].name


def translate(
    server: TranslationServer, texts: Sequence[str], source: str | None, target: str
) -> list[str]:
    """Return plain texts in another language, one for each.

    :param source: the language they are in, one of `languages.CODES`; None to find out
    :param target: the language to translate into
    :raises TranslationFailed: within 5 seconds
    """
    provider = _PROVIDERS[server.kind]
    answer = _send(server, provider.request(server, texts, source, target))
    if answer.status != 200:
        raise _failure(server, provider.problem(answer.status, _json(answer)), answer.status)
    try:
        translated = provider.texts(json.loads(answer.body))
    except _NONSENSE:
        translated = []
    if len(translated) != len(texts) or not all(isinstance(text, str) for text in translated):
        raise _failure(server, "unavailable", "nonsense")
    return translated


def _send(server: TranslationServer, request: egress.Request) -> egress.Answer:
    try:
        # The operator's own network is as good a place as any for the operator's own server.
        return egress.send(request, seconds=SECONDS, public_only=False)
    except egress.TimedOut:
        raise _failure(server, "timeout", f"{SECONDS} s") from None
    except egress.EgressFailed as failed:
        raise _failure(server, "unavailable", repr(failed)) from None


def _json(answer: egress.Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _failure(server: TranslationServer, code: Problem, reason: object) -> TranslationFailed:
    """Note for the operator what a reader is told in general."""
    log.warning("translation_failed", provider=server.kind, code=code, reason=str(reason))
    return TranslationFailed(code)
